"""What each function of template.yaml may do, as IAM would judge it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from infra.parts import ROOT
from tests.cloudformation import Deployed

BUCKET = "reviews-of-a-company"
PARAMETERS = {"BucketName": BUCKET}
SYSTEM = Deployed(ROOT / "template.yaml", PARAMETERS)
FUNCTIONS = sorted(SYSTEM.of_type("AWS::Serverless::Function"))


@dataclass(frozen=True)
class Statement:
    """One that allows: nothing else is in a role of ours."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def allows(self, action: str, resource: str) -> bool:
        return any(fnmatchcase(action, each) for each in self.actions) and any(
            fnmatchcase(resource, each) for each in self.resources
        )


def statements(name: str, parameters: Mapping[str, str] = PARAMETERS) -> list[Statement]:
    """Of a function's role, or of the state machine's."""
    system = SYSTEM if parameters == PARAMETERS else Deployed(ROOT / "template.yaml", parameters)
    properties = system.resources[name]["Properties"]
    documents = properties.get("Policies", [])
    if role := properties.get("Role"):
        policies = system.resources[role.strip("()").removesuffix(".Arn")]["Properties"]["Policies"]
        documents = [each["PolicyDocument"] for each in policies]
    found = []
    for statement in (each for document in documents for each in document["Statement"]):
        assert statement["Effect"] == "Allow"
        assert not {"NotAction", "NotResource"} & statement.keys()
        actions, resources = _list(statement["Action"]), _list(statement["Resource"])
        found.append(Statement(tuple(actions), tuple(resources)))
    return found


def may(name: str, action: str, key: str, parameters: Mapping[str, str] = PARAMETERS) -> bool:
    """Whether a function may do this to an object of the bucket, or with "" to the bucket."""
    place = f"arn:aws:s3:::{parameters['BucketName']}" + (f"/{key}" if key else "")
    return any(each.allows(action, place) for each in statements(name, parameters))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
