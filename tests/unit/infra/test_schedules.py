"""What template.yaml has done by schedule, in AWS and by the local stack."""

import json
import re
from typing import Any

import pytest

from infra.parts import ROOT, template_parameters
from infra.template import package
from satispy.settings import Settings
from tests.cloudformation import Deployed
from tests.policies import PARAMETERS

SYSTEM = Deployed(ROOT / "template.yaml", PARAMETERS)
SCHEDULES = SYSTEM.of_type("AWS::Scheduler::Schedule")


def test_retrains_posts_and_the_table_are_looked_after() -> None:
    called = {name: each["Target"]["Arn"] for name, each in SCHEDULES.items()}
    assert called == {
        "Due": "(MergeUpload.Alias)",
        "Sweep": "(UploadQueue.Arn)",
        "Tidy": "(Vacuum.Alias)",
        "LookForAlerts": "(TellAlerts.Alias)",
    }
    told = {name: json.loads(each["Target"]["Input"]) for name, each in SCHEDULES.items()}
    assert told == {
        "Due": {"due": True},
        "Sweep": {"inbox": True},
        "Tidy": {"days": 14},
        "LookForAlerts": {},
    }


def test_the_role_of_schedules_may_do_what_they_do_and_no_more() -> None:
    (policy,) = SYSTEM.resources["ScheduleRole"]["Properties"]["Policies"]
    allowed: set[tuple[str, str]] = set()
    for each in policy["PolicyDocument"]["Statement"]:
        places = each["Resource"]
        allowed |= {
            (each["Action"], place) for place in (places if isinstance(places, list) else [places])
        }
    assert allowed == {
        ("lambda:InvokeFunction", "(MergeUpload.Alias)"),
        ("lambda:InvokeFunction", "(Vacuum.Alias)"),
        ("lambda:InvokeFunction", "(TellAlerts.Alias)"),
        ("sqs:SendMessage", "(UploadQueue.Arn)"),
    }


@pytest.mark.parametrize("name", ["Due", "Sweep", "Vacuum", "Alerts"])
def test_a_schedule_that_is_empty_is_none(name: str) -> None:
    without = Deployed(ROOT / "template.yaml", PARAMETERS | {f"{name}Schedule": ""})
    assert len(without.of_type("AWS::Scheduler::Schedule")) == len(SCHEDULES) - 1


def test_the_local_stack_has_the_same_as_rules_since_its_schedules_start_nothing() -> None:
    deployed = json.loads(package(ROOT, "artefacts")[0])["Resources"]
    rules: dict[str, dict[str, Any]] = {
        name: each["Properties"]
        for name, each in deployed.items()
        if each["Type"] == "AWS::Events::Rule"
    }
    assert rules.keys() == SCHEDULES.keys()
    for name, rule in rules.items():
        (target,) = rule["Targets"]
        assert SYSTEM.value(target["Input"]) == SCHEDULES[name]["Target"]["Input"]
        expected = SCHEDULES[name]["Target"]["Arn"].replace(".Alias", ".Arn")
        assert SYSTEM.value(target["Arn"]) == expected
    assert "Scheduler" not in json.dumps(deployed)


@pytest.mark.parametrize("least_minutes", [0, 30])
def test_the_schedules_of_a_laptop_come_round_while_it_is_awake(least_minutes: int) -> None:
    given = template_parameters(Settings(min_minutes=least_minutes), "/models")
    assert given.keys() <= SYSTEM.template["Parameters"].keys()
    schedules = {name: each for name, each in given.items() if name.endswith("Schedule")}
    assert len(schedules) == len(SCHEDULES)
    for each in schedules.values():
        # LocalStack reads days as midnight in UTC, and takes an empty one for the template's own.
        assert re.fullmatch(r"rate\((1 (minute|hour)|\d+ (minutes|hours))\)", each)
