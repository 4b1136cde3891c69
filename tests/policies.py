"""What each function of template.yaml may do, as IAM would judge it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from infra.parts import ROOT
from infra.template import load

BUCKET = "reviews-of-a-company"
PARAMETERS = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-3",
    "AWS::AccountId": "000000000000",
    "AWS::StackName": "satispy",
    "BucketName": BUCKET,
    "Embeddings": "",
}
RESOURCES: dict[str, dict[str, Any]] = load(ROOT / "template.yaml")["Resources"]
FUNCTIONS = sorted(
    name for name, each in RESOURCES.items() if each["Type"] == "AWS::Serverless::Function"
)


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
    properties = RESOURCES[name]["Properties"]
    documents = properties.get("Policies", [])
    if role := properties.get("Role"):
        (role_name, _) = role["Fn::GetAtt"]
        policies = RESOURCES[role_name]["Properties"]["Policies"]
        documents = [each["PolicyDocument"] for each in policies]
    found = []
    for statement in (each for document in documents for each in document["Statement"]):
        assert statement["Effect"] == "Allow"
        assert not {"NotAction", "NotResource"} & statement.keys()
        resources = (_value(each, parameters) for each in _list(statement["Resource"]))
        found.append(Statement(tuple(_list(statement["Action"])), tuple(resources)))
    return found


def may(name: str, action: str, key: str, parameters: Mapping[str, str] = PARAMETERS) -> bool:
    """Whether a function may do this to an object of the bucket, or with "" to the bucket."""
    place = f"arn:aws:s3:::{parameters['BucketName']}" + (f"/{key}" if key else "")
    return any(each.allows(action, place) for each in statements(name, parameters))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _value(node: Any, parameters: Mapping[str, str]) -> str:
    """Of what CloudFormation would make a text."""
    if isinstance(node, str):
        return node
    ((function, argument),) = node.items()
    match function:
        case "Ref":
            return parameters.get(argument, f"({argument})")
        case "Fn::GetAtt":
            return f"({'.'.join(argument)})"
        case "Fn::Sub":
            text, named = argument if isinstance(argument, list) else (argument, {})
            values = {name: _value(value, parameters) for name, value in named.items()}
            for name, value in {**parameters, **values}.items():
                text = text.replace(f"${{{name}}}", value)
            assert "${" not in text
            return str(text)
        case "Fn::Select":
            at, parts = argument
            return list(_parts(parts, parameters))[int(at)]
    raise AssertionError(f"{function} is not known here")


def _parts(node: Any, parameters: Mapping[str, str]) -> Iterator[str]:
    separator, text = node["Fn::Split"]
    yield from _value(text, parameters).split(separator)
