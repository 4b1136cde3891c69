"""The app's environment in its image: small, and whole for all that the app imports and says."""

import ast
import os
import re
import subprocess
import sys
from importlib.metadata import distribution
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from infra.image import trim
from infra.parts import ROOT

#: The image may take 450 MB: its base takes 145, and byte code an eighth of what is here.
MOST_MEGABYTES = 265
#: Installs satispy, and goes.
BUILDS = "setuptools"
USED = """
import importlib, pkgutil, sys
from datetime import UTC, datetime
import satispy.dashboard
for module in pkgutil.walk_packages(satispy.dashboard.__path__, "satispy.dashboard."):
    importlib.import_module(module.name)  # of `app` this makes a session
import satispy.reviews.replay
from satispy import cloud
from satispy.locales import formats
from satispy.locales.reader import LANGUAGES, Reader, answering
from satispy.settings import Settings
for language in LANGUAGES:
    with answering(Reader(language)):
        print(formats.count(15703), formats.moment(datetime(2026, 3, 1, 12, tzinfo=UTC)))
for service in sys.argv[1:]:
    cloud.client(service, Settings())
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the app's lock installs, as links to what is installed here, trimmed."""
    folder = tmp_path_factory.mktemp("site-packages")
    lock = (ROOT / "requirements" / "dashboard.txt").read_text()
    for name in re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE):
        for file in distribution(name).files or ():
            if ".." not in file.parts and file.suffix != ".pyc" and name != BUILDS:
                link(Path(str(file.locate())), folder / file)
    trim.trim("app", folder)
    return folder


def link(file: Path, at: Path) -> None:
    """With its byte code, if there is any: to make it anew would take longer than the tests."""
    at.parent.mkdir(parents=True, exist_ok=True)
    at.symlink_to(file)
    if file.suffix == ".py" and (code := Path(cache_from_source(str(file)))).is_file():
        (at.parent / code.parent.name).mkdir(exist_ok=True)
        (at.parent / code.parent.name / code.name).symlink_to(code)


def test_what_is_left_fits_the_image(packages: Path) -> None:
    files = (path for path in packages.rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert sum(path.stat().st_size for path in files) / 1e6 < MOST_MEGABYTES


def test_what_is_left_is_all_that_the_app_imports_says_and_calls(packages: Path) -> None:
    services = called(ROOT / "satispy" / "cloud.py") | called(ROOT / "satispy" / "storage.py")
    assert "stepfunctions" in services
    paths = {"PYTHONPATH": os.pathsep.join(map(str, (packages, ROOT)))}
    done = subprocess.run(
        [sys.executable, "-S", "-c", USED, *sorted(services)],  # -S: without what is installed
        env={**os.environ, **paths, "AWS_REGION": "eu-west-3"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    french, english = done.stdout.splitlines()
    assert french == "15\u202f703 1 mars 2026, 13:00"
    assert english == "15,703 1 Mar 2026, 13:00"


def test_what_a_library_has_moved_is_told(tmp_path: Path) -> None:
    part = trim.Part("services of AWS", ("botocore/data/*/",), but=("s3",))
    with pytest.raises(LookupError, match=r"services of AWS: nothing is at botocore/data/"):
        list(part.found(tmp_path))


def called(module: Path) -> set[str]:
    """The services that a module asks boto3 for, by `client("…", …)`."""
    calls = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) == "client"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
