"""template.yaml made ready to deploy."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.parts import ROOT
from infra.template import CLOUD_TYPES, code_zip, load, package
from satispy.models import FAMILIES


def test_short_forms_become_the_functions_they_stand_for(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text("a: !Ref X\nb: !GetAtt Q.Arn\nc: !Sub '${A}-b'\nd: !If [C, !Ref X, 1]\n")
    assert load(path) == {
        "a": {"Ref": "X"},
        "b": {"Fn::GetAtt": ["Q", "Arn"]},
        "c": {"Fn::Sub": "${A}-b"},
        "d": {"Fn::If": ["C", {"Ref": "X"}, 1]},
    }


def test_the_same_source_gives_the_same_bytes() -> None:
    assert code_zip(ROOT).key == code_zip(ROOT).key


def test_the_zip_holds_what_functions_need_and_leaves_the_app_at_home() -> None:
    names = zipfile.ZipFile(io.BytesIO(code_zip(ROOT).data)).namelist()
    assert "functions/merge_upload.py" in names
    assert "satispy/storage.py" in names
    left_out = ("satispy/dashboard/", "satispy/cli/", "satispy/demo/", "satispy/client/")
    assert not [name for name in names if name.startswith(left_out) or "__pycache__" in name]


def test_no_local_path_is_left_in_what_is_deployed() -> None:
    template, assets = package(ROOT, "artefacts")
    resources = json.loads(template)["Resources"].values()
    places = {
        resource["Properties"][name]
        for resource in resources
        for name in ("CodeUri", "DefinitionUri")
        if name in resource.get("Properties", {})
    }
    assert places == {f"s3://artefacts/{asset.key}" for asset in assets}


def test_what_is_an_image_in_the_cloud_is_the_same_handler_as_a_zip_here() -> None:
    described = load(ROOT / "template.yaml")["Resources"]
    deployed = json.loads(package(ROOT, "artefacts")[0])["Resources"]
    images = {
        name: resource["Properties"]["ImageConfig"]["Command"]
        for name, resource in described.items()
        if resource["Properties"].get("PackageType") == "Image"
    }
    assert sorted(images) == ["Prepare", "Publish", "Train"]
    for name, command in images.items():
        properties = deployed[name]["Properties"]
        assert [properties["Handler"]] == command
        assert properties["CodeUri"] == deployed["MergeUpload"]["Properties"]["CodeUri"]
        assert not {"PackageType", "ImageConfig"} & properties.keys()


def named(node: Any) -> Iterator[str]:
    """What a template refers to by name."""
    if isinstance(node, list):
        for each in node:
            yield from named(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref":
                yield value
            elif key == "Fn::GetAtt":
                yield value[0]
            elif key == "Fn::Sub":
                text = value if isinstance(value, str) else value[0]
                inner = () if isinstance(value, str) else value[1]
                yield from {n.split(".")[0] for n in re.findall(r"\$\{([\w.:]+)\}", text)} - {
                    *inner
                }
                yield from named(list(inner.values()) if inner else [])
            elif key == "DependsOn":
                yield from [value] if isinstance(value, str) else value
            else:
                yield from named(value)


def test_nothing_local_refers_to_what_is_left_to_the_cloud() -> None:
    described = load(ROOT / "template.yaml")["Resources"]
    deployed = json.loads(package(ROOT, "artefacts")[0])
    left_out = described.keys() - deployed["Resources"].keys()
    assert "Watch" in left_out
    assert not left_out & set(named(deployed))
    assert left_out & set(named(described)), "else this test sees nothing"


def test_a_condition_is_called_by_no_parameters_name() -> None:
    # LocalStack looks for a condition first: one that refers to the parameter of its own name
    # refers to itself, for ever, and the stack can be made but not brought up to date.
    template = load(ROOT / "template.yaml")
    assert not template["Conditions"].keys() & template["Parameters"].keys()


def test_what_runs_here_and_there_is_left_out_nowhere() -> None:
    described = load(ROOT / "template.yaml")["Resources"]
    deployed = json.loads(package(ROOT, "artefacts")[0])["Resources"]
    left_out = {described[name]["Type"] for name in described.keys() - deployed.keys()}
    assert left_out == set(CLOUD_TYPES)


def test_every_task_of_the_state_machine_retries_and_tells_somebody_when_it_fails() -> None:
    states = json.loads((ROOT / "infra/retrain.asl.json").read_text())["States"]
    steps = [states[name] for name in ("TakeTurn", "Prepare", "KeepTurn", "Publish")]
    assert all(step["Retry"] and step["Catch"][0]["Next"] == "Alert" for step in steps)
    assert states["Families"]["Catch"][0]["Next"] == "Alert"
    assert all(step["Retry"] for step in states["Families"]["ItemProcessor"]["States"].values())


def test_a_version_that_nothing_calls_any_more_goes_and_here_there_are_none() -> None:
    assert load(ROOT / "template.yaml")["Globals"]["Function"]["VersionDeletionPolicy"] == "Delete"
    described, _ = package(ROOT, "artefacts")
    assert "VersionDeletionPolicy" not in described


def test_every_family_is_trained() -> None:
    states = json.loads((ROOT / "infra/retrain.asl.json").read_text())["States"]
    families = states["Prepare"]["ResultSelector"]["families.$"]
    assert sorted(re.findall(r"'(\w+)'", families)) == sorted(FAMILIES)


def test_what_starts_retrains_comes_after_the_state_machine() -> None:
    resources = load(ROOT / "template.yaml")["Resources"]
    starting = {
        name: resource.get("DependsOn")
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
        and "states:StartExecution" in json.dumps(resource)
    }
    assert starting == {"MergeUpload": "Retrain", "AnswerApi": "Retrain"}
