"""How template.yaml comes to AWS: bit by bit, back if an alarm rings, encrypted with whose key."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from infra.parts import ROOT
from tests.cloudformation import Deployed
from tests.policies import FUNCTIONS, PARAMETERS, statements
from tests.unit.infra.test_containers import GIVEN

KEY = "arn:aws:kms:eu-west-3:000000000000:key/1"
SYSTEM = Deployed(ROOT / "template.yaml", PARAMETERS)
WITH_KEY = Deployed(ROOT / "template.yaml", GIVEN | {"KmsKeyArn": KEY})


def everything(of: Deployed) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from of.resources.items()
    for part in of.parts().values():
        yield from part.resources.items()


def test_a_new_version_takes_over_bit_by_bit_and_an_alarm_of_ours_rolls_it_back() -> None:
    alarms = SYSTEM.parts()["Watch"].template["Outputs"]
    for name, function in SYSTEM.of_type("AWS::Serverless::Function").items():
        preference = function["DeploymentPreference"]
        assert preference["Type"] == "Canary10Percent5Minutes", name
        (alarm,) = preference["Alarms"]
        assert alarm.startswith("(Watch.Outputs.")
        assert alarm.strip("()").rpartition(".")[2] in alarms
        assert function["AutoPublishAliasAllProperties"]
    assert SYSTEM.template["Globals"]["Function"]["AutoPublishAlias"] == "live"


def test_everything_calls_the_alias_of_a_function_and_nothing_the_newest_code() -> None:
    text = json.dumps(SYSTEM.template["Resources"])
    for name in FUNCTIONS:
        assert f'{{"Fn::GetAtt": ["{name}", "Arn"]}}' not in text
        assert f'{{"Ref": "{name}"}}' not in text
    (machine,) = SYSTEM.of_type("AWS::Serverless::StateMachine").values()
    called = {each for each in machine["DefinitionSubstitutions"].values() if "Alias" in str(each)}
    steps = ("TakeTurn", "Prepare", "Train", "Publish", "TellAlerts")
    assert called == {f"({name}.Alias)" for name in steps}
    invoked = [each for each in statements("Retrain") if "lambda:InvokeFunction" in each.actions]
    assert {place for each in invoked for place in each.resources} == called


def test_a_bucket_outlives_its_stack_but_not_a_first_deployment_that_failed() -> None:
    bucket = SYSTEM.resources["Bucket"]
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    assert bucket["UpdateReplacePolicy"] == "Retain"


#: type → where it names the key
ENCRYPTED = {
    "AWS::S3::Bucket": "BucketEncryption",
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::Logs::LogGroup": "KmsKeyId",
}


def test_what_is_stored_is_encrypted_with_your_key_if_you_have_one() -> None:
    seen = set()
    for name, resource in everything(WITH_KEY):
        if where := ENCRYPTED.get(resource["Type"]):
            seen.add(resource["Type"])
            assert KEY in json.dumps(resource["Properties"][where]), name
            assert "SqsManagedSseEnabled" not in resource["Properties"]
    assert seen == set(ENCRYPTED)
    assert WITH_KEY.value(WITH_KEY.template["Globals"]["Function"]["KmsKeyArn"]) == KEY


def test_without_a_key_of_yours_it_is_aws_s() -> None:
    for name, resource in everything(SYSTEM):
        assert "KmsKey" not in json.dumps(resource.get("Properties", {})), name
        if resource["Type"] == "AWS::SQS::Queue":
            assert resource["Properties"]["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("name", [*FUNCTIONS, "Retrain"])
def test_who_may_read_and_write_may_use_the_key_that_it_takes(name: str) -> None:
    def with_key(parameters: dict[str, str]) -> list[str]:
        found = statements(name, PARAMETERS | parameters)
        return [
            place for each in found if "kms:Decrypt" in each.actions for place in each.resources
        ]

    assert with_key({"KmsKeyArn": KEY}) == [KEY]
    assert with_key({}) == []


def configured() -> dict[str, dict[str, Any]]:
    return tomllib.loads((ROOT / "samconfig.toml").read_text())


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_an_environment_names_parameters_that_the_template_has(environment: str) -> None:
    deploy = configured()[environment]["deploy"]["parameters"]
    given = dict(each.split("=", 1) for each in deploy["parameter_overrides"])
    assert given.keys() <= SYSTEM.template["Parameters"].keys()
    needed = {name for name, each in SYSTEM.template["Parameters"].items() if "Default" not in each}
    assert needed <= given.keys()
    for name, value in given.items():
        allowed = SYSTEM.template["Parameters"][name].get("AllowedValues")
        assert not allowed or value in allowed
    assert "CAPABILITY_AUTO_EXPAND" in deploy["capabilities"]


def test_dev_and_prod_share_no_stack_and_no_bucket() -> None:
    dev, prod = (configured()[each]["deploy"]["parameters"] for each in ("dev", "prod"))
    assert dev["stack_name"] != prod["stack_name"]
    assert not set(dev["parameter_overrides"]) & set(prod["parameter_overrides"])


def test_every_parameter_is_explained_where_one_deploys() -> None:
    text = (ROOT / "docs/deploy.md").read_text()
    assert not [name for name in SYSTEM.template["Parameters"] if f"`{name}`" not in text]


def test_what_a_new_stack_imports_is_the_bucket_that_an_old_one_leaves() -> None:
    (said,) = re.findall(r"--template-body '(.*?)' \\\n", (ROOT / "docs/deploy.md").read_text())
    (wanted,) = re.findall(
        r"--resources-to-import '(.*?)'\n", (ROOT / "docs/deploy.md").read_text()
    )
    (name, imported), *others = json.loads(said)["Resources"].items()
    ours = SYSTEM.resources[name]
    assert (imported["Type"], others) == (ours["Type"], [])
    assert ours["DeletionPolicy"] == "RetainExceptOnCreate"
    assert ours["UpdateReplacePolicy"] == imported["DeletionPolicy"] == "Retain"
    assert imported["Properties"] == {"BucketName": "'$SATISPY_BUCKET'"}
    (resource,) = json.loads(wanted)
    assert (resource["LogicalResourceId"], resource["ResourceType"]) == (name, ours["Type"])
    assert resource["ResourceIdentifier"] == imported["Properties"]
