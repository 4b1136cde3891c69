"""Retrains beyond one machine as template.yaml deploys them: tasks of ECS while they are needed."""

import json
from typing import Any

import pytest

from infra.parts import ROOT
from tests.cloudformation import Deployed

GIVEN = {
    "BucketName": "reviews",
    "ScaleImage": "000000000000.dkr.ecr.eu-west-3.amazonaws.com/satispy-scale@sha256:0",
    "VpcId": "vpc-1",
    "PrivateSubnets": ["subnet-1", "subnet-2"],
    "ScaleWorkers": 3,
}
MAIN = Deployed(ROOT / "template.yaml", GIVEN)
SCALE = MAIN.parts()["Scale"]


def definition(scale: Deployed = SCALE) -> dict[str, Any]:
    (machine,) = scale.of_type("AWS::StepFunctions::StateMachine").values()
    return dict(machine["Definition"])


def container(name: str) -> dict[str, Any]:
    tasks = SCALE.of_type("AWS::ECS::TaskDefinition").values()
    (found,) = (
        each for task in tasks for each in task["ContainerDefinitions"] if each["Name"] == name
    )
    return dict(found)


def environment(of: dict[str, Any]) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in of["Environment"]}


def test_without_an_image_functions_retrain_whatever_the_rows() -> None:
    alone = Deployed(ROOT / "template.yaml", {"BucketName": "reviews"})
    assert "Scale" not in alone.parts()
    turn = alone.resources["TakeTurn"]["Properties"]["Environment"]["Variables"]
    assert int(turn["SATISPY_SCALE_FROM_ROWS"]) == 0


def test_who_takes_turns_knows_from_how_many_rows_on() -> None:
    turn = MAIN.resources["TakeTurn"]["Properties"]["Environment"]["Variables"]
    assert int(turn["SATISPY_SCALE_FROM_ROWS"]) == 250_000


def test_no_worker_is_paid_for_before_a_retrain_asks() -> None:
    (workers,) = SCALE.of_type("AWS::ECS::Service").values()
    assert workers["DesiredCount"] == 0
    assert workers["CapacityProviderStrategy"] == [
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 1}
    ]


def test_workers_are_gone_whatever_became_of_the_retrain() -> None:
    states = definition()["States"]
    assert states["Lead"]["Next"] == "Shrink"
    assert [each["Next"] for each in states["Lead"]["Catch"]] == ["ShrinkAfterFailure"]
    for name in ("Shrink", "ShrinkAfterFailure"):
        assert states[name]["Parameters"]["DesiredCount"] == 0
        assert states[name]["Retry"]


def test_who_leads_is_told_the_run_and_never_taken_away() -> None:
    lead = definition()["States"]["Lead"]
    assert lead["Resource"] == "arn:aws:states:::ecs:runTask.sync"
    assert lead["Parameters"]["LaunchType"] == "FARGATE"
    [override] = lead["Parameters"]["Overrides"]["ContainerOverrides"]
    assert override["Command.$"].startswith("States.Array($.run")
    assert container("leader")["EntryPoint"][-1] == "satispy.retraining.at_scale"


def test_the_machine_that_has_tasks_gives_up_before_the_one_that_waits_for_it() -> None:
    waits = json.loads((ROOT / "infra/retrain.asl.json").read_text())["TimeoutSeconds"]
    assert definition()["TimeoutSeconds"] < waits


def test_the_retrain_starts_the_machine_of_that_name() -> None:
    (machine,) = SCALE.of_type("AWS::StepFunctions::StateMachine").values()
    named = MAIN.resources["Retrain"]["Properties"]["DefinitionSubstitutions"]["AtScale"]
    assert str(named).endswith(f":stateMachine:{machine['StateMachineName']}")


@pytest.mark.parametrize("name", ["leader", "worker"])
def test_both_find_the_same_bucket_and_write_to_their_scratch_alone(name: str) -> None:
    of = container(name)
    assert environment(of)["SATISPY_DASK_SCHEDULER"] == "tcp://:8786"
    assert of["ReadonlyRootFilesystem"] is True
    assert [each["ContainerPath"] for each in of["MountPoints"]] == ["/tmp"]  # noqa: S108


def test_nobody_but_the_tasks_reaches_a_scheduler() -> None:
    (network,) = SCALE.of_type("AWS::EC2::SecurityGroup").values()
    assert "SecurityGroupIngress" not in network
    (ingress,) = SCALE.of_type("AWS::EC2::SecurityGroupIngress").values()
    assert ingress["SourceSecurityGroupId"] == ingress["GroupId"]
