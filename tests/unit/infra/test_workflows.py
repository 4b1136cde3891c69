"""The workflows of GitHub: what they run is pinned, and prod waits for people."""

import re
from typing import Any

import pytest
import yaml

from infra.parts import ROOT

WORKFLOWS: dict[str, dict[str, Any]] = {
    path.name: yaml.safe_load(path.read_text())
    for path in sorted((ROOT / ".github/workflows").glob("*.yml"))
}


def steps(workflow: str) -> list[dict[str, Any]]:
    jobs = WORKFLOWS[workflow]["jobs"].values()
    return [step for job in jobs for step in job.get("steps", ())]


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_every_action_is_pinned_by_what_a_tag_cannot_move(workflow: str) -> None:
    for line in (ROOT / ".github/workflows" / workflow).read_text().splitlines():
        if "uses:" in line and "./" not in line:
            assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d", line), line


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_no_workflow_leaves_credentials_lying_or_may_do_more_than_read(workflow: str) -> None:
    for step in steps(workflow):
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False
    assert WORKFLOWS[workflow]["permissions"] in ({}, {"contents": "read"})


def test_prod_comes_after_dev_and_dev_after_the_tests_each_in_its_environment() -> None:
    jobs = WORKFLOWS["ci.yml"]["jobs"]
    assert jobs["dev"]["needs"] == "test"
    assert jobs["prod"]["needs"] == "dev"
    for name in ("dev", "prod"):
        assert jobs[name]["with"] == {"environment": name}
        assert jobs[name]["permissions"]["id-token"] == "write"
    (deploy,) = WORKFLOWS["deploy.yml"]["jobs"].values()
    assert deploy["environment"] == "${{ inputs.environment }}"  # whose reviewers GitHub asks


def test_an_image_is_scanned_before_anything_may_deploy_and_no_key_is_kept() -> None:
    order = [step.get("uses", step.get("run", "")) for step in steps("deploy.yml")]
    built, scanned, allowed, deployed = (
        next(at for at, each in enumerate(order) if what in each)
        for what in ("sam build", "trivy-action", "configure-aws-credentials", "sam deploy")
    )
    assert built < scanned < allowed < deployed
    assert "secrets." not in (ROOT / ".github/workflows/deploy.yml").read_text()


def test_sam_lints_with_what_make_check_lints_with() -> None:
    """`sam validate --lint` is cfn-lint and nothing else."""

    def version(lock: str) -> str:
        found = re.search(r"^cfn-lint==(\S+)", (ROOT / "requirements" / lock).read_text(), re.M)
        assert found
        return found[1]

    assert version("sam.txt") == version("dev.txt")
