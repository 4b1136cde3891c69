"""The zips hold every library that their handlers import, and what these read."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import babel
import pytest

from infra.image import trim
from infra.parts import ROOT
from tests.unit.alerts.receivers import web

LIST = """
import sys
import functions.alerts, functions.api, functions.merge_upload, functions.take_turn
from importlib.metadata import packages_distributions
known = packages_distributions()
for name in {module.partition(".")[0] for module in sys.modules}:
    for distribution in known.get(name, ()):
        print(distribution.lower().replace("_", "-"))
"""


def test_the_lock_of_the_zips_names_every_library_that_their_handlers_import() -> None:
    imported = subprocess.run(
        [sys.executable, "-c", LIST], capture_output=True, text=True, check=True, cwd=ROOT
    )
    lock = (ROOT / "requirements" / "functions.txt").read_text()
    locked = set(re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE))
    assert "deltalake" in locked
    # setuptools' .pth is imported everywhere here; botocore brings certificates of its own
    # and takes certifi's only where it happens to be installed.
    not_needed = {"satispy", "setuptools", "certifi"}
    assert set(imported.stdout.split()) - not_needed <= locked


TELL = """
import sys
from datetime import UTC, datetime
import babel, functions.alerts, satispy
from satispy.alerts.channels import channels
from satispy.alerts.facts import Alert, Code
from satispy.settings import Settings
now, facts = datetime(2026, 11, 26, tzinfo=UTC), {"complaints": 30, "reviews": 50, "usual": 0.2}
alert = Alert(
    code=Code.INCIDENT, subject="a", since=now, raised=now, seen=now, facts=facts
)
for channel in channels(Settings()):
    channel.tell(alert, now)
print(babel.__file__, satispy.__file__)
"""


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "30 plaintes sur 50 avis depuis le 26 nov. 2026 : 60\xa0% au lieu de 20\xa0%"),
        ("en", "30 complaints in 50 reviews since 26 Nov 2026: 60% instead of the usual 20%"),
    ],
)
def test_an_alert_is_told_in_each_language_from_what_the_zip_holds_alone(
    tmp_path: Path, language: str, said: str
) -> None:
    zip, home = tmp_path / "zip", tmp_path / "home"
    library = Path(babel.__file__).parent
    shutil.copytree(library, zip / "babel", copy_function=os.symlink)
    trim.trim("functions", zip)
    subprocess.run([sys.executable, "-m", "infra.bundle", zip], check=True, cwd=ROOT)
    home.mkdir()
    with web() as received:
        channel = f'[[webhook]]\nname = "a"\nurl = "http://127.0.0.1:{received.port}"\ninner = true'
        (home / "alerts.toml").touch(mode=0o600)
        (home / "alerts.toml").write_text(channel)
        given = {"PYTHONPATH": str(zip), "SATISPY_HOME": str(home)}
        told = subprocess.run(
            [sys.executable, "-c", TELL],
            capture_output=True,
            text=True,
            check=True,
            cwd=home,
            env={**os.environ, **given, "SATISPY_ALERT_LANGUAGE": language},
        )
    assert all(file.startswith(str(zip)) for file in told.stdout.split())
    assert said in json.loads(received.bodies[0])["cause"]
