"""The system in AWS seen from outside: alarms, dashboard, logs, traces, the budget."""

import json
import re
from typing import Any

import pytest

from infra.parts import ROOT
from satispy.models.family import FAMILIES
from satispy.observed import METRICS
from tests.cloudformation import Deployed

SYSTEM = Deployed(ROOT / "template.yaml", {"BucketName": "reviews", "MonthlyBudget": 200})
PARTS = SYSTEM.parts()
ALARMS: dict[str, dict[str, Any]] = {
    name: alarm
    for part in PARTS.values()
    for name, alarm in part.of_type("AWS::CloudWatch::Alarm").items()
}
#: name in the template → what AWS calls it
NAMES = {
    (kind, resource["Properties"].get(prop))
    for kind, prop in (
        ("FunctionName", "FunctionName"),
        ("QueueName", "QueueName"),
        ("TopicName", "TopicName"),
        ("ApiName", "Name"),
        ("Stage", "StageName"),
        ("ScheduleGroup", "Name"),
    )
    for resource in SYSTEM.resources.values()
} | {("service", "reviews"), *(("family", each) for each in FAMILIES)}
NAMES |= {
    ("StateMachineArn", f"arn:aws:states:eu-west-3:000000000000:stateMachine:{each['Name']}")
    for each in SYSTEM.of_type("AWS::Serverless::StateMachine").values()
}


#: Where one of them is, all are.
COUNTED_TOGETHER = (
    "IF(failed > 5, 100 * failed / asked, 0)",
    "IF(rejected > 20, 100 * rejected / (added + duplicate + rejected), 0)",
)


def metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    if "MetricName" in alarm:
        return [alarm]
    return [each["MetricStat"]["Metric"] for each in alarm["Metrics"] if "MetricStat" in each]


def test_there_is_an_alarm_for_each_way_to_fail() -> None:
    assert len(ALARMS) >= 12


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_tells_somebody_and_says_what_happened(name: str) -> None:
    assert ALARMS[name]["AlarmActions"] == ["(Alerts)"]
    assert ALARMS[name]["AlarmName"] == f"satispy-{name}"
    assert len(ALARMS[name]["AlarmDescription"]) > 20


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_has_a_line_in_the_docs_that_says_what_to_do(name: str) -> None:
    lines = (ROOT / "docs/deploy.md").read_text().splitlines()
    (line,) = (each for each in lines if each.startswith(f"| *{name}*"))
    _, _, means, look, then, _ = (each.strip() for each in line.split("|"))
    assert means
    assert look
    assert then


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_watches_something_that_the_template_makes(name: str) -> None:
    for metric in metrics(ALARMS[name]):
        assert metric["Dimensions"]
        for dimension in metric["Dimensions"]:
            assert (dimension["Name"], dimension["Value"]) in NAMES


@pytest.mark.parametrize("name", ALARMS)
def test_silence_of_one_metric_does_not_hide_the_others(name: str) -> None:
    """A function that was not called counts no errors, not even none; and a sum with a gap in it
    is a gap: an alarm on `failed + timedout` never rings."""
    for each in ALARMS[name].get("Metrics", ()):
        if "Expression" in each and each["Expression"] not in COUNTED_TOGETHER:
            assert re.fullmatch(
                r"(SUM|MAX)\(FILL\(METRICS\(\), 0\)\)|MIN\(FILL\(METRICS\(\), 1\)\)"
                r"|IF\(FILL\(\w+, 0\) > 0 AND FILL\(\w+, 0\) < 1, 1, 0\)",
                each["Expression"],
            )


@pytest.mark.parametrize("name", ALARMS)
def test_what_functions_count_is_watched_as_they_count_it(name: str) -> None:
    for metric in metrics(ALARMS[name]):
        if metric["Namespace"] == "satispy":
            by = {each["Name"] for each in metric["Dimensions"]}
            assert by == {"service", *METRICS[metric["MetricName"]].by}


def test_the_dashboard_shows_every_alarm_and_what_the_template_makes() -> None:
    (dashboard,) = PARTS["Watch"].of_type("AWS::CloudWatch::Dashboard").values()
    widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    (shown,) = (each["properties"]["alarms"] for each in widgets if each["type"] == "alarm")
    watched = PARTS["Watch"].of_type("AWS::CloudWatch::Alarm").values()
    assert [each.partition(":alarm:")[2] for each in shown] == [
        each["AlarmName"] for each in watched
    ]
    for widget in widgets:
        for _, _, *dimensions, style in widget["properties"].get("metrics", ()):
            assert style["label"]
            pairs = list(zip(dimensions[::2], dimensions[1::2], strict=True))
            assert pairs
            assert set(pairs) <= NAMES
    (log,) = (each["properties"]["query"] for each in widgets if each["type"] == "log")
    assert "SOURCE '(FunctionLogs)'" in log


def test_widgets_of_the_dashboard_do_not_cover_each_other() -> None:
    (dashboard,) = PARTS["Watch"].of_type("AWS::CloudWatch::Dashboard").values()
    taken: set[tuple[int, int]] = set()
    for each in json.loads(dashboard["DashboardBody"])["widgets"]:
        area = {
            (x, y)
            for x in range(each["x"], each["x"] + each["width"])
            for y in range(each["y"], each["y"] + each["height"])
        }
        assert not taken & area
        assert max(x for x, _ in area) < 24
        taken |= area


def test_every_log_group_is_kept_for_so_many_days_and_everything_that_runs_has_one() -> None:
    groups = SYSTEM.of_type("AWS::Logs::LogGroup")
    for each in groups.values():
        assert each["RetentionInDays"] == 30
    everywhere = SYSTEM.template["Globals"]["Function"]["LoggingConfig"]["LogGroup"]
    assert SYSTEM.value(everywhere) == "(FunctionLogs)"
    for function in SYSTEM.of_type("AWS::Serverless::Function").values():
        assert "LoggingConfig" not in function
    for machine in SYSTEM.of_type("AWS::Serverless::StateMachine").values():
        (to,) = machine["Logging"]["Destinations"]
        assert to["CloudWatchLogsLogGroup"]["LogGroupArn"] == "(RetrainLogs.Arn)"
    for api in SYSTEM.of_type("AWS::Serverless::Api").values():
        assert api["AccessLogSetting"]["DestinationArn"] == "(ApiLogs.Arn)"


def test_a_line_of_the_access_log_is_json_without_anything_that_the_caller_sent_in_secret() -> None:
    (api,) = SYSTEM.of_type("AWS::Serverless::Api").values()
    written = api["AccessLogSetting"]["Format"]
    line = json.loads(re.sub(r"\$context\.[\w.]+", "1", written))
    assert {"id", "trace", "ip", "status", "ms"} <= line.keys()
    assert not re.search(r"authori|header|body|user", written, re.IGNORECASE)


def test_everything_that_runs_is_traced() -> None:
    assert SYSTEM.template["Globals"]["Function"]["Tracing"] == "Active"
    for machine in SYSTEM.of_type("AWS::Serverless::StateMachine").values():
        assert machine["Tracing"] == {"Enabled": True}
    for api in SYSTEM.of_type("AWS::Serverless::Api").values():
        assert api["TracingEnabled"]
    # SAM lets a function write traces where it makes the role itself.
    for role in {
        f["Role"] for f in SYSTEM.of_type("AWS::Serverless::Function").values() if "Role" in f
    }:
        managed = SYSTEM.resources[role.strip("()").removesuffix(".Arn")]["Properties"]
        assert "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess" in managed["ManagedPolicyArns"]


def test_the_budget_tells_before_it_is_spent_and_there_is_none_unless_asked_for() -> None:
    (budget,) = PARTS["Watch"].of_type("AWS::Budgets::Budget").values()
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 200, "Unit": "USD"}
    for told in budget["NotificationsWithSubscribers"]:
        assert told["Subscribers"] == [{"SubscriptionType": "SNS", "Address": "(Alerts)"}]
    without = Deployed(ROOT / "template.yaml", {"BucketName": "reviews"}).parts()["Watch"]
    assert not without.of_type("AWS::Budgets::Budget")


def test_alarms_and_the_budget_may_speak_to_the_topic() -> None:
    (policy,) = SYSTEM.of_type("AWS::SNS::TopicPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert set(statement["Principal"]["Service"]) == {
        "cloudwatch.amazonaws.com",
        "budgets.amazonaws.com",
    }
