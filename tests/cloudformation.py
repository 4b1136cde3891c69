"""What CloudFormation would make of a template of ours: conditions decided, values put in."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.parts import ROOT
from infra.template import load

ACCOUNT: dict[str, Any] = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-3",
    "AWS::AccountId": "000000000000",
    "AWS::StackName": "satispy",
    "AWS::URLSuffix": "amazonaws.com",
}
#: Stands for nothing at all; what has it is left out of its list or mapping.
_NO_VALUE = object()


class Deployed:
    """A template with parameters. What only AWS knows is written "(Name)" or "(Name.Attribute)"."""

    def __init__(self, path: Path, parameters: Mapping[str, Any]) -> None:
        self.template = load(path)
        defaults = {
            name: each["Default"]
            for name, each in self.template["Parameters"].items()
            if "Default" in each
        }
        self.parameters = ACCOUNT | defaults | dict(parameters)
        self._conditions = self.template.get("Conditions", {})
        self.resources: dict[str, dict[str, Any]] = {
            name: self.value(resource)
            for name, resource in self.template["Resources"].items()
            if "Condition" not in resource or self.holds(resource["Condition"])
        }

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        return {
            name: each["Properties"]
            for name, each in self.resources.items()
            if each["Type"] == kind
        }

    def parts(self) -> dict[str, "Deployed"]:
        """The nested templates, each with what this one gives it."""
        return {
            name: Deployed(ROOT / each["TemplateURL"], each["Parameters"])
            for name, each in self.of_type("AWS::CloudFormation::Stack").items()
        }

    def holds(self, condition: str) -> bool:
        return bool(self.value(self._conditions[condition]))

    def value(self, node: Any) -> Any:
        if isinstance(node, list):
            return [each for each in map(self.value, node) if each is not _NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._called(name.removeprefix("Fn::"), argument)
            if name == "Condition" and isinstance(argument, str):
                return self.holds(argument)
        found = {name: self.value(each) for name, each in node.items() if name != "Condition"}
        if "Condition" in node:  # of a resource: its name; of a statement: what it asks for
            found["Condition"] = node["Condition"]
        return {name: each for name, each in found.items() if each is not _NO_VALUE}

    def _called(self, function: str, argument: Any) -> Any:
        match function:
            case "Ref" if argument == "AWS::NoValue":
                return _NO_VALUE
            case "Ref":
                return self.parameters.get(argument, f"({argument})")
            case "GetAtt":
                return f"({'.'.join(argument)})"
            case "Sub":
                text, named = argument if isinstance(argument, list) else (argument, {})
                return self._filled(text, {name: self.value(each) for name, each in named.items()})
            case "If":
                condition, there, otherwise = argument
                return self.value(there if self.holds(condition) else otherwise)
            case "Select":
                at, parts = argument
                return self.value(parts)[int(at)]
            case "Split":
                separator, text = argument
                return self.value(text).split(separator)
            case "Join":
                separator, parts = argument
                return separator.join(map(str, self.value(parts)))
            case "Equals":
                one, other = self.value(argument)
                return str(one) == str(other)
            case "Not":
                return not self.value(argument)[0]
            case "And":
                return all(self.value(argument))
            case "Or":
                return any(self.value(argument))
        raise AssertionError(f"{function} is not known here")

    def _filled(self, text: str, named: Mapping[str, Any]) -> str:
        for name, value in {**self.parameters, **named}.items():
            text = text.replace(f"${{{name}}}", str(value))
        for name in self.template["Resources"]:
            text = text.replace(f"${{{name}}}", f"({name})")
            text = re.sub(rf"\$\{{({name}\.[\w.]+)\}}", r"(\1)", text)
        assert "${" not in text, text
        return text
