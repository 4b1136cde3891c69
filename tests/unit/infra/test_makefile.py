"""`make` from any folder, in folders of any name."""

import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(params=["plain", "l'été à Paris", "deux  blancs"])
def clone(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The files that make's set-up stands on, and everything set up already."""
    folder = tmp_path / request.param
    for name in ("Makefile", "pyproject.toml", "requirements", "infra"):
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
        folder.mkdir(exist_ok=True)
        copy(REPOSITORY / name, folder / name)
    for stamp in (
        ".venv/.app",
        ".venv/.dev",
        ".venv-localstack/.installed",
        ".venv-lint/.installed",
    ):
        (folder / stamp).parent.mkdir(exist_ok=True)
        (folder / stamp).touch()
    return folder


def make(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(["make", *arguments], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_commands_are_listed_from_any_folder(clone: Path, tmp_path: Path) -> None:
    said = make("-f", str(clone / "Makefile"), cwd=tmp_path)
    assert "demo" in said
    assert said == make(cwd=clone)
    assert said == make("--no-print-directory", "-C", str(clone), cwd=tmp_path)


def test_what_is_set_up_is_not_set_up_again(clone: Path, tmp_path: Path) -> None:
    said = make("-n", "test", "-f", str(clone / "Makefile"), cwd=tmp_path)
    assert ".venv/bin/python -m pytest" in said
    assert "install.sh" not in said


def test_data_is_looked_for_where_it_was_typed(clone: Path, tmp_path: Path) -> None:
    said = make("-n", "demo", "-f", str(clone / "Makefile"), "DATA=mes avis", cwd=tmp_path)
    assert f'--data "{tmp_path}/mes avis"' in said
    assert '--data "mes avis"' in make("-n", "demo", "DATA=mes avis", cwd=clone)


def test_arguments_reach_pytest_as_they_were_typed(clone: Path, tmp_path: Path) -> None:
    arguments = 'ARGS=-m "not e2e"'
    said = make("-n", "test", "-f", str(clone / "Makefile"), arguments, cwd=tmp_path)
    assert ' -m "not e2e"' in said
