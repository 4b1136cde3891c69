"""The command line: quick, complete, and in one line when something is wrong."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Annotated

import pytest
import typer

from infra import environment
from satispy import cli
from satispy.cli import _changes
from satispy.errors import UploadRefused
from satispy.reviews.layout import lines_of
from satispy.reviews.said import Said

Argument = Annotated[str, typer.Argument()]


def satispy(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "satispy.cli", *arguments],
        capture_output=True,
        text=True,
        env={"SATISPY_HOME": str(home), "PATH": "/usr/bin:/bin", "COLUMNS": "120"},
        timeout=60,
    )


def test_help_names_the_commands_of_the_stack_and_imports_nothing_heavy(tmp_path: Path) -> None:
    answer = satispy("--help", home=tmp_path)
    assert answer.returncode == 0
    for command in ("up", "down", "status", "logs"):
        assert f" {command} " in answer.stdout
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; import satispy.cli as c; sys.argv = ['satispy', '--help']\n"
            "try: c.main()\nexcept SystemExit: pass\n"
            "print({'boto3', 'numpy', 'bentoml', 'panel', 'httpx'} & set(sys.modules))",
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert loaded.stdout.splitlines()[-1] == "set()"


def test_status_of_a_stack_that_is_down_says_so_by_its_exit_code(tmp_path: Path) -> None:
    answer = satispy("status", home=tmp_path)
    assert answer.returncode == 1
    assert "LocalStack" in answer.stdout


def test_down_of_a_stack_that_is_down_is_harmless(tmp_path: Path) -> None:
    answer = satispy("down", home=tmp_path)
    assert (answer.returncode, answer.stdout) == (0, "Nothing was running\n")


def test_an_error_is_one_line_without_a_traceback(tmp_path: Path) -> None:
    answer = satispy("logs", "nobody", home=tmp_path)
    assert answer.returncode == 1
    assert answer.stderr == "✗ There is no log of nobody. There are: none yet\n"


def test_logs_prints_the_last_lines_of_each_part(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_text("one\ntwo\nthree\n")
    answer = satispy("logs", "app", "-n", "2", home=tmp_path)
    assert answer.stdout == "two\nthree\n"


def test_the_environment_of_a_stack_is_only_for_its_user_and_replaces_a_foreign_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    environment.write(tmp_path, {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600

    monkeypatch.setenv("AWS_ENDPOINT_URL", "")  # so that it is put back after the test
    environment.enter(tmp_path)

    assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert "AWS_PROFILE" not in os.environ
    assert json.loads((tmp_path / "env").read_text()) == environment.read(tmp_path)


def test_env_gives_a_shell_what_aws_and_boto3_need_and_nothing_foreign(tmp_path: Path) -> None:
    assert satispy("env", home=tmp_path).returncode == 2
    environment.write(
        tmp_path,
        environment.credentials(tmp_path)
        | {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "SATISPY_BUCKET": "b"},
    )
    script = satispy("env", home=tmp_path).stdout
    shell = subprocess.run(
        ["sh", "-c", f"{script}\nenv"],
        env={"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "theirs"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(line.split("=", 1) for line in shell.stdout.splitlines())
    expected = environment.credentials(tmp_path) | {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
    assert {name: value for name, value in found.items() if name.startswith("AWS_")} == expected


def test_a_setting_made_by_hand_wins_over_the_running_stacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.write(tmp_path, {"SATISPY_APP_PORT": "5006", "AWS_REGION": "eu-west-3"})
    monkeypatch.setenv("SATISPY_APP_PORT", "5007")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    environment.enter(tmp_path, prefer_own_settings=True)
    assert (os.environ["SATISPY_APP_PORT"], os.environ["AWS_REGION"]) == ("5007", "eu-west-3")


def test_a_file_is_explained_without_a_stack(tmp_path: Path) -> None:
    (tmp_path / "known.csv").write_bytes("sep=;\nAvis;Note\nreçu;4/5\nbof;7/10\n".encode("cp1252"))
    (tmp_path / "unknown.csv").write_text("Dit;Ressenti\nTrès bien reçu;5\nPas du tout;1\n")
    known = satispy("upload", "--explain", str(tmp_path / "known.csv"), home=tmp_path)
    assert known.returncode == 0, known.stderr
    for words in ("nothing is sent", "usual column names", "cp1252", "2 rows: 1 review", "7/10"):
        assert words in known.stdout
    unknown = satispy("upload", "--explain", str(tmp_path / "unknown.csv"), home=tmp_path)
    assert unknown.returncode == 1
    assert "--column comment=Dit --column star=Ressenti" in unknown.stdout
    sent = satispy("upload", str(tmp_path / "known.csv"), home=tmp_path)
    assert sent.returncode == 2


@pytest.mark.parametrize(
    "typed",
    [
        ("upload", "--explain", "folder.csv"),
        ("upload", "--explain", "missing.csv"),
        ("predict", "--file", "folder.csv"),
        ("predict", "--file", "missing.csv"),
        ("predict", "--file=./missing.txt"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_words(
    tmp_path: Path, typed: tuple[str, ...]
) -> None:
    (tmp_path / "folder.csv").mkdir()
    said = subprocess.run(
        [sys.executable, "-m", "satispy.cli", *typed],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={
            "SATISPY_HOME": str(tmp_path),
            "SATISPY_SERVICE_URL": "http://127.0.0.1:9",
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "PATH": "/usr/bin:/bin",
            "SATISPY_LANG": "fr",
            "COLUMNS": "120",
        },
        timeout=60,
    )
    assert said.returncode in (1, 2)
    assert "Traceback" not in said.stderr
    missing = ("n’existe pas", "ni fichier ni dossier")
    expected = ("est un dossier",) if "folder" in typed[-1] else missing
    assert any(words in said.stderr for words in expected)


def test_texts_to_judge_may_come_by_standard_input(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "satispy.cli", "predict", "--file", "-"],
        capture_output=True,
        text=True,
        input="parfait\n",
        env={
            "SATISPY_HOME": str(tmp_path),
            "SATISPY_SERVICE_URL": "http://127.0.0.1:9",
            "PATH": "/usr/bin:/bin",
        },
        timeout=60,
    )
    assert "http://127.0.0.1:9/ does not answer" in said.stderr


@pytest.mark.parametrize("typed", ["{}", "--to={}"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere/out.csv", ": there is no such file, or no such folder"),
        (".", " is a folder, not a file"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch, capsys, typed: str, name: str, words: str
) -> None:
    target = tmp_path / name

    def write(argument: Argument = "", to: str = "") -> None:
        (tmp_path / name).write_text("avis")

    assert _said_by(write, [typed.format(target)], monkeypatch, capsys) == f"✗ {target}{words}\n"


def test_a_file_that_nobody_typed_is_a_fault_of_ours(tmp_path: Path, monkeypatch, capsys) -> None:
    def read(argument: Argument = "") -> None:
        (tmp_path / "ours").read_text()

    with pytest.raises(FileNotFoundError):
        _said_by(read, ["theirs"], monkeypatch, capsys)


def _said_by(command, words: list[str], monkeypatch, capsys) -> str:
    """What stands on stderr after a command line of this command alone."""
    app = typer.Typer()
    app.callback()(cli.cloud_or_local)
    app.command("do")(command)
    monkeypatch.setattr(cli, "assembled", lambda: app)
    monkeypatch.setattr(cli.place, "choose", lambda cloud: None)
    monkeypatch.setattr(sys, "argv", ["satispy", "do", *words, "--lang", "en"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    return capsys.readouterr().err


def test_a_workbook_is_not_judged_line_by_line(tmp_path: Path) -> None:
    workbook = tmp_path / "avis.xlsx"
    with zipfile.ZipFile(workbook, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(UploadRefused, match="Excel workbook"):
        lines_of(workbook.read_bytes(), Said())


def test_a_file_without_stars_is_proposed_no_command_that_is_refused_again(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("Commentaire\nparfait\nnul\n")
    said = satispy("upload", "--explain", str(tmp_path / "one.csv"), home=tmp_path)
    assert "satispy upload --column comment=Commentaire --column star=… " in said.stdout


def test_a_change_without_a_why_is_refused_before_anything_is_read() -> None:
    with pytest.raises(typer.BadParameter, match="say why"):
        _changes.delete("0123", "  ")
