"""How much template.yaml lets callers ask, together and each."""

import json

from infra.parts import ROOT
from tests.cloudformation import Deployed
from tests.unit.infra.test_containers import GIVEN

GUARDED = Deployed(ROOT / "template.yaml", GIVEN | {"RequestsPerAddress": 2000})


def test_who_asks_too_often_is_refused_at_the_rest_api_and_at_the_load_balancer() -> None:
    (guard,) = GUARDED.of_type("AWS::WAFv2::WebACL").values()
    (rate,) = (each for each in guard["Rules"] if "RateBasedStatement" in each["Statement"])
    assert rate["Statement"]["RateBasedStatement"]["Limit"] == 2000
    assert rate["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
    answer = rate["Action"]["Block"]["CustomResponse"]
    assert answer["ResponseCode"] == 429
    wait = rate["Statement"]["RateBasedStatement"]["EvaluationWindowSec"]
    assert answer["ResponseHeaders"] == [{"Name": "Retry-After", "Value": str(wait)}]
    body = json.loads(guard["CustomResponseBodies"][answer["CustomResponseBodyKey"]]["Content"])
    assert (body["status"], "wait" in body["detail"]) == (429, True)
    assert len({each["Priority"] for each in guard["Rules"]}) == len(guard["Rules"])
    (api,) = GUARDED.of_type("AWS::WAFv2::WebACLAssociation").values()
    assert api["ResourceArn"].endswith("/restapis/(Api)/stages/(Api.Stage)")
    containers = GUARDED.parts()["Containers"]
    (balancer,) = containers.of_type("AWS::WAFv2::WebACLAssociation").values()
    assert balancer == {"ResourceArn": "(Balancer)", "WebACLArn": "(Guard.Arn)"}


def test_what_is_logged_of_a_refused_request_holds_no_password() -> None:
    (logging,) = GUARDED.of_type("AWS::WAFv2::LoggingConfiguration").values()
    hidden = {each["SingleHeader"]["Name"] for each in logging["RedactedFields"]}
    assert hidden == {"authorization", "cookie"}
    assert GUARDED.resources["GuardLogs"]["Properties"]["LogGroupName"] == "aws-waf-logs-satispy"


def test_there_is_no_waf_unless_asked_for() -> None:
    without = Deployed(ROOT / "template.yaml", GIVEN)
    assert "WAFv2" not in json.dumps([*without.resources.values()])
    assert not without.parts()["Containers"].of_type("AWS::WAFv2::WebACLAssociation")


def test_all_callers_together_are_bounded_as_the_parameters_say() -> None:
    (api,) = (
        Deployed(ROOT / "template.yaml", GIVEN | {"ApiRate": 7})
        .of_type("AWS::Serverless::Api")
        .values()
    )
    (setting,) = api["MethodSettings"]
    assert setting["ThrottlingRateLimit"] == 7
    assert setting["ThrottlingBurstLimit"] == 100
    assert (setting["ResourcePath"], setting["HttpMethod"]) == ("/*", "*")


def test_what_api_gateway_refuses_by_itself_says_what_to_do() -> None:
    (api,) = Deployed(ROOT / "template.yaml", GIVEN).of_type("AWS::Serverless::Api").values()
    for answer in api["GatewayResponses"].values():
        problem = json.loads(answer["ResponseTemplates"]["application/json"])
        assert "wait" in problem["detail"]
        assert problem.get("status") == answer.get("StatusCode")
        assert answer["ResponseParameters"]["Headers"]["Retry-After"].strip("'").isdigit()
    assert set(api["GatewayResponses"]) == {"THROTTLED", "DEFAULT_5XX"}
