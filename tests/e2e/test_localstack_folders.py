"""Where LocalStack writes: an ordinary user may run it in a container, where it would not ask."""

import subprocess
from pathlib import Path

import pytest

from infra import parts
from satispy.settings import Settings

pytestmark = pytest.mark.e2e
FOLDERS = "from localstack import config; print(*vars(config.dirs).values(), sep='\\n')"
IN_A_CONTAINER = """
import os
known = os.path.exists
os.path.exists = lambda path: path == "/.dockerenv" or known(path)
"""


def test_all_that_localstack_writes_is_in_the_home_also_in_a_container(tmp_path: Path) -> None:
    environment = parts.localstack_environment(Settings(home=tmp_path), tmp_path)
    done = subprocess.run(
        [str(parts.LOCALSTACK_PYTHON), "-c", IN_A_CONTAINER + FOLDERS],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    outside = [path for path in done.stdout.split("\n") if path and str(tmp_path) not in path]
    assert outside == []
