"""What infra/ gives to Kubernetes and to ECS, against the schemas of those who read it."""

import json
from pathlib import Path
from typing import Any

import botocore.session
import kubernetes_validate
import pytest
import yaml
from botocore.validate import ParamValidator

from satispy.settings import Settings

INFRA = Path(__file__).parents[3] / "infra"
TMP = "/tmp"  # noqa: S108  a container's own


def kubernetes() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((INFRA / "kubernetes.yaml").read_text()))


def deployed() -> dict[str, Any]:
    (deployment,) = (each for each in kubernetes() if each["kind"] == "Deployment")
    return deployment


def task() -> dict[str, Any]:
    task: dict[str, Any] = json.loads((INFRA / "ecs-task.json").read_text())
    return task


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


def faults_of_task(task: dict[str, Any]) -> str:
    ecs = botocore.session.get_session().get_service_model("ecs")
    shape = ecs.operation_model("RegisterTaskDefinition").input_shape
    return str(ParamValidator().validate(task, shape).generate_report())


def test_ecs_can_register_the_task_definition() -> None:
    assert faults_of_task(task()) == ""
    assert "Unknown parameter" in faults_of_task({**task(), "memoryLimit": "512"})


def environments() -> dict[str, dict[str, str]]:
    (pod,) = deployed()["spec"]["template"]["spec"]["containers"]
    (container,) = task()["containerDefinitions"]
    return {
        "kubernetes": {each["name"]: each["value"] for each in pod["env"]},
        "ecs": {each["name"]: each["value"] for each in container["environment"]},
    }


@pytest.mark.parametrize("place", ["kubernetes", "ecs"])
def test_promotions_reach_the_service_where_it_is_deployed(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environments()[place].items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.follow
    assert (settings.bucket, settings.region) == ("BUCKET", "REGION")
    assert settings.tokens


def test_the_task_can_write_to_tmp_though_its_root_is_read_only_and_it_is_nobody() -> None:
    """A volume of Fargate's belongs to root, whoever the container is; a tmpfs says its mode."""
    (container,) = task()["containerDefinitions"]
    assert container["readonlyRootFilesystem"]
    assert container["user"] == "1034"
    (tmp,) = container["linuxParameters"]["tmpfs"]
    assert tmp["containerPath"] == TMP
    assert "mode=1777" in tmp["mountOptions"]
    assert not [each for each in container.get("mountPoints", ()) if TMP in str(each)]
    # It counts as memory: the service needs half of it for itself.
    assert tmp["size"] <= int(task()["memory"]) / 2


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
