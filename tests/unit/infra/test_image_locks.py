"""Every pin of what runs in AWS is a wheel for the C library that is there: nothing is compiled.

Asks the package index; skipped where none answers.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.parts import ROOT

UV = Path(sys.executable).with_name("uv")
#: Of Lambda's python3.11, which is Amazon Linux 2 with glibc 2.26: the newest wheels it can load.
LAMBDA = "x86_64-manylinux2014"
GRAVITON = "aarch64-manylinux2014"
DEBIAN_ON_GRAVITON = "aarch64-manylinux_2_36"
#: Debian 12, which the images are made from, has glibc 2.36.
DEBIAN = "x86_64-manylinux_2_36"


def resolved(requirements: Path, platform: str, target: Path) -> subprocess.CompletedProcess[str]:
    command = [str(UV), "pip", "install", "--dry-run", "--only-binary", ":all:", "--no-deps"]
    command += ["--python-version", "3.11", "--python-platform", platform]
    command += ["--target", str(target / "nowhere"), "-r", str(requirements)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder; skips unless an index knows a package that everything here needs."""
    folder = tmp_path_factory.mktemp("index")
    wanted = folder / "wanted.txt"
    wanted.write_text("typing-extensions\n")
    found = resolved(wanted, DEBIAN, folder)
    if found.returncode:
        pytest.skip(f"no package index answers: {found.stderr.strip()[-200:]}")
    return folder


@pytest.mark.parametrize(
    ("lock", "platform"),
    [
        ("functions", LAMBDA),
        ("training", DEBIAN),
        ("service", DEBIAN),
        ("dashboard", DEBIAN),
    ],
)
def test_every_pin_is_a_wheel_that_loads_where_it_runs(
    lock: str, platform: str, index: Path
) -> None:
    found = resolved(ROOT / "requirements" / f"{lock}.txt", platform, index)
    assert found.returncode == 0, found.stderr
    assert "Would install" in found.stderr


@pytest.mark.parametrize(
    ("lock", "platform"),
    [("training", LAMBDA), ("functions", GRAVITON), ("training", DEBIAN_ON_GRAVITON)],
)
def test_a_pin_without_such_a_wheel_is_found(lock: str, platform: str, index: Path) -> None:
    """Why the training image is not made from Lambda's own base, and nothing is for Graviton."""
    found = resolved(ROOT / "requirements" / f"{lock}.txt", platform, index)
    assert found.returncode
    assert "has no usable wheels" in found.stderr or "no wheels with a matching" in found.stderr
