"""What infra/ gives to Kubernetes, against the schemas of those who read it."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from satispy.settings import Settings

INFRA = Path(__file__).parents[3] / "infra"
TMP = "/tmp"  # noqa: S108  a container's own


def kubernetes() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((INFRA / "kubernetes.yaml").read_text()))


def deployed() -> dict[str, Any]:
    (deployment,) = (each for each in kubernetes() if each["kind"] == "Deployment")
    return deployment


@pytest.mark.parametrize("manifest", kubernetes(), ids=lambda each: each["kind"])
@pytest.mark.parametrize("version", ["1.31", "1.37"])
def test_kubernetes_takes_each_manifest_and_knows_all_its_fields(
    manifest: dict[str, Any], version: str
) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


def test_a_field_that_kubernetes_does_not_know_is_found() -> None:
    deployment = deployed()
    deployment["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="readynessProbe"):
        kubernetes_validate.validate(deployment, "1.37", strict=True)


def test_promotions_reach_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    (pod,) = deployed()["spec"]["template"]["spec"]["containers"]
    for each in pod["env"]:
        monkeypatch.setenv(each["name"], each["value"])
    settings = Settings()
    assert settings.follow
    assert (settings.bucket, settings.region) == ("BUCKET", "REGION")
    assert settings.tokens


def test_the_pod_can_write_to_tmp_though_its_root_is_read_only() -> None:
    pod = deployed()["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    (name,) = (each["name"] for each in container["volumeMounts"] if each["mountPath"] == TMP)
    (volume,) = (each for each in pod["volumes"] if each["name"] == name)
    assert volume["emptyDir"] == {}  # which anybody may write to


def test_the_pod_has_the_role_by_which_it_reads_the_bucket() -> None:
    (account,) = (each for each in kubernetes() if each["kind"] == "ServiceAccount")
    assert (
        account["metadata"]["name"] == deployed()["spec"]["template"]["spec"]["serviceAccountName"]
    )
    assert account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
