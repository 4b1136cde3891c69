"""What the embedded LocalStack deploys, of template.yaml.

Local paths become the places their contents went to, and functions that are images in AWS become
zips: LocalStack runs every function in the application's own environment. What only a cloud has
(alarms, containers, the account's own settings, traces, logs of what is no function) is left out.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.bundle import source_files

RUNTIME = "python3.11"
#: Nothing local is seen from outside, and LocalStack has no containers.
CLOUD_TYPES = (
    "AWS::CloudFormation::Stack",
    "AWS::ApiGateway::Account",
    "AWS::Scheduler::ScheduleGroup",
    *("AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation", "AWS::WAFv2::LoggingConfiguration"),
)
CLOUD_PROPERTIES = (
    *("Tracing", "TracingEnabled", "Logging", "AccessLogSetting", "Variables", "GatewayResponses"),
    *("AutoPublishAlias", "AutoPublishAliasAllProperties", "DeploymentPreference"),
    "VersionDeletionPolicy",
)


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: !Ref, !Sub, !GetAtt …"""


def _short_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _short_form)


@dataclass(frozen=True)
class Asset:
    """Something that a template refers to, under a name that its contents decide."""

    name: str
    data: bytes

    @property
    def key(self) -> str:
        stem, _, suffix = self.name.partition(".")
        return f"{stem}-{hashlib.sha256(self.data).hexdigest()[:16]}.{suffix}"


def fingerprint(root: Path, parameters: Mapping[str, str]) -> str:
    """Of all that a deployment depends on."""
    described, assets = package(root, "")
    total = hashlib.sha256(described.encode() + json.dumps(dict(parameters)).encode())
    for asset in assets:
        total.update(asset.key.encode())
    return total.hexdigest()


def load(path: Path) -> dict[str, Any]:
    template: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506  # a SafeLoader
    return template


def code_zip(root: Path) -> Asset:
    """The source of the functions. The same source gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in source_files(root):
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return Asset("functions.zip", buffer.getvalue())


def package(root: Path, bucket: str) -> tuple[str, list[Asset]]:
    """The template with `bucket` in the place of local paths, and what to upload there."""
    template = load(root / "template.yaml")
    code = code_zip(root)
    assets = [code]
    leave_to_the_cloud(template)
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            if properties.pop("PackageType", "Zip") == "Image":
                (properties["Handler"],) = properties.pop("ImageConfig")["Command"]
                properties["Runtime"] = RUNTIME
            properties["CodeUri"] = f"s3://{bucket}/{code.key}"
        if isinstance(path := properties.get("DefinitionUri"), str):
            definition = Asset(Path(path).name, (root / path).read_bytes())
            properties["DefinitionUri"] = f"s3://{bucket}/{definition.key}"
            assets.append(definition)
    return json.dumps(template), assets


def leave_to_the_cloud(template: dict[str, Any]) -> None:
    """Take out what LocalStack is not to have."""
    resources = template["Resources"]
    gone = {name for name, resource in resources.items() if resource["Type"] in CLOUD_TYPES}
    for name in gone:
        del resources[name]
    for described in (*resources.values(), {"Properties": template["Globals"]["Function"]}):
        for name in CLOUD_PROPERTIES:
            described.get("Properties", {}).pop(name, None)
    template["Resources"] = _without_aliases(
        {name: _rule(name, resource) for name, resource in resources.items()}
    )
    template.pop("Rules", None)


def _rule(name: str, resource: dict[str, Any]) -> dict[str, Any]:
    """A schedule as a rule of events: LocalStack takes schedules, and starts nothing."""
    if resource["Type"] != "AWS::Scheduler::Schedule":
        return resource
    schedule = resource["Properties"]
    target = {"Id": name, **{key: schedule["Target"][key] for key in ("Arn", "Input")}}
    return {
        "Type": "AWS::Events::Rule",
        "Condition": resource["Condition"],
        "Properties": {
            "Name": schedule["Name"],
            "ScheduleExpression": schedule["ScheduleExpression"],
            "Targets": [target],
        },
    }


def _without_aliases(node: Any) -> Any:
    """Functions themselves in the place of their aliases, which move from version to version."""
    if isinstance(node, list):
        return [_without_aliases(each) for each in node]
    if not isinstance(node, dict):
        return node
    match node:
        case {"Ref": str(name)} if name.endswith(".Alias"):
            return {"Fn::GetAtt": [name.removesuffix(".Alias"), "Arn"]}
    return {key: _without_aliases(each) for key, each in node.items()}
