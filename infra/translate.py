"""What SAM makes of template.yaml: python -m infra.translate | cfn-lint

Runs in `.venv-lint`, which has SAM's translator. Nothing is packaged: the places of local paths are
made up, and no AWS is asked.
"""

import json
import logging
import sys
from typing import Any

from infra.bundle import ROOT
from infra.template import load

IMAGE = "000000000000.dkr.ecr.eu-west-3.amazonaws.com/training@sha256:" + "0" * 64
PLACES = {
    "CodeUri": "s3://packaged/code.zip",
    "DefinitionUri": "s3://packaged/definition.json",
    "TemplateURL": "https://packaged.s3.eu-west-3.amazonaws.com/part.yaml",
}


def translated() -> dict[str, Any]:
    import boto3
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    template = load(ROOT / "template.yaml")
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        properties.update({name: at for name, at in PLACES.items() if name in properties})
        if properties.get("PackageType") == "Image":
            properties["ImageUri"] = IMAGE
    session = boto3.Session(region_name="eu-west-3")
    found: dict[str, Any] = Translator({}, Parser(), boto_session=session).translate(
        template, {"BucketName": "reviews"}
    )
    return found


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # toggles that it would ask its makers for
    json.dump(translated(), sys.stdout)
