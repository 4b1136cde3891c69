"""The zips hold every library that their handlers import."""

import re
import subprocess
import sys

from infra.parts import ROOT

LIST = """
import sys
import functions.merge_upload, functions.api, functions.take_turn
from importlib.metadata import packages_distributions
known = packages_distributions()
for name in {module.partition(".")[0] for module in sys.modules}:
    for distribution in known.get(name, ()):
        print(distribution.lower().replace("_", "-"))
"""


def test_the_lock_of_the_zips_names_every_library_that_merging_and_the_api_import() -> None:
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
