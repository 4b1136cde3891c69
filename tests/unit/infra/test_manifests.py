"""What infra/ gives to Kubernetes and to ECS, against the schemas of those who read it."""

import json
from pathlib import Path
from typing import Any

import botocore.session
import kubernetes_validate
import pytest
import yaml
from botocore.validate import ParamValidator

INFRA = Path(__file__).parents[3] / "infra"


def kubernetes() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((INFRA / "kubernetes.yaml").read_text()))


@pytest.mark.parametrize("manifest", kubernetes(), ids=lambda each: each["kind"])
@pytest.mark.parametrize("version", ["1.31", "1.37"])
def test_kubernetes_takes_each_manifest_and_knows_all_its_fields(
    manifest: dict[str, Any], version: str
) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


def test_a_field_that_kubernetes_does_not_know_is_found() -> None:
    deployment = kubernetes()[0]
    deployment["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="readynessProbe"):
        kubernetes_validate.validate(deployment, "1.37", strict=True)


def faults_of_task(task: dict[str, Any]) -> str:
    ecs = botocore.session.get_session().get_service_model("ecs")
    shape = ecs.operation_model("RegisterTaskDefinition").input_shape
    return str(ParamValidator().validate(task, shape).generate_report())


def test_ecs_can_register_the_task_definition() -> None:
    task = json.loads((INFRA / "ecs-task.json").read_text())
    assert faults_of_task(task) == ""
    assert "Unknown parameter" in faults_of_task({**task, "memoryLimit": "512"})
