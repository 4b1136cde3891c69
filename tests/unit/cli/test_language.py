"""The command line in two languages."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import satispy.cli
from infra.translations import current
from satispy.cli import _language, models
from satispy.locales.reader import Reader, answering
from satispy.reports.schema import FirstOfFamily, NotWorse, Unloadable
from satispy.sentence import paragraphs

ROOT = Path(__file__).parents[3]


def satispy_says(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "satispy.cli", *words],
        capture_output=True,
        text=True,
        env={"SATISPY_HOME": str(home), "PATH": "/usr/bin:/bin", "COLUMNS": "80", **environment},
        timeout=60,
    )


@pytest.mark.parametrize(
    ("environment", "words", "answer"),
    [
        ({"LANG": "fr_FR.UTF-8"}, (), "Rien ne tournait\n"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, (), "Nothing was running\n"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": ""}, (), "Rien ne tournait\n"),
        ({"LANG": "C", "LC_MESSAGES": "fr_FR"}, (), "Rien ne tournait\n"),
        ({"LC_ALL": "fr_FR", "SATISPY_LANG": "en"}, (), "Nothing was running\n"),
        ({"LANG": "fr_FR.UTF-8"}, ("--lang", "en"), "Nothing was running\n"),
        ({}, ("--lang=fr",), "Rien ne tournait\n"),
        ({}, (), "Nothing was running\n"),
    ],
)
def test_it_speaks_as_the_option_says_or_else_the_environment(
    tmp_path: Path, environment: dict[str, str], words: tuple[str, ...], answer: str
) -> None:
    assert satispy_says(tmp_path, "down", *words, **environment).stdout == answer
    if environment == {}:
        assert satispy_says(tmp_path, *words, "down").stdout == answer


def test_what_was_typed_wrongly_is_said_in_french(tmp_path: Path) -> None:
    missing = satispy_says(tmp_path, "upload", "--lang", "fr")
    assert missing.returncode == 2
    assert "Il manque l’argument 'files'." in missing.stderr
    nobody = satispy_says(tmp_path, "logs", "nobody", "--lang", "fr")
    assert nobody.returncode == 1
    assert nobody.stderr == "✗ Il n’y a pas de journal de nobody. Il y a : aucun encore\n"
    assert satispy_says(tmp_path, "why", "--lang", "fr").returncode == 2


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Invalid value for '--last': Input should be greater than or equal to 1",
         "Valeur incorrecte de '--last' : il faut au moins 1"),
        ("No such option: --foo (Possible options: --for)",
         "L’option --foo n’existe pas (options possibles : --for)"),
        ("Invalid value for 'files': file 'a.csv' does not exist.",
         "Valeur incorrecte de 'files' : le fichier 'a.csv' n’existe pas."),
        ("Invalid value: nothing", "Valeur incorrecte : nothing"),
        ("what no catalogue knows", "what no catalogue knows"),
    ],
)  # fmt: skip
def test_sentences_of_libraries_are_known_with_what_they_hold(english: str, french: str) -> None:
    assert _language.what_a_library_says(english) == english
    with answering(Reader("fr")):
        assert _language.what_a_library_says(english) == french


@pytest.mark.parametrize("why", [FirstOfFamily, Unloadable, NotWorse])
def test_why_a_retrain_let_a_model_serve_is_said_in_the_readers_words(why: Any) -> None:
    code = why.model_fields["code"].default
    with answering(Reader("fr")):
        said = models._REASONS.get(code, "")
    assert said
    assert "le précédent" in said or said == "le premier de sa famille"


def test_every_help_is_translated() -> None:
    french = {each.id: each.string for each in current("fr")}
    command = get_command(satispy.cli.assembled())
    assert [said for said in helps(command) if not french.get(said)] == []
    with answering(Reader("fr")):
        spoken = {*helps(_language.in_words(command))}
    assert {*helps(command)} & spoken <= {said for said, there in french.items() if said == there}


def helps(command: Any) -> Iterator[str]:
    for said in (command.help, *(option.help for option in command.params)):
        if said:
            yield paragraphs(said)
    for each in getattr(command, "commands", {}).values():
        yield from helps(each)


def test_a_file_is_explained_in_french_with_french_figures(tmp_path: Path) -> None:
    known, odd = tmp_path / "known.csv", tmp_path / "odd.csv"
    known.write_bytes("sep=;\nAvis;Note\nreçu;4/5\nbof;7/10\n".encode("cp1252"))
    odd.write_bytes(b"%PDF-1.4")
    said = satispy_says(tmp_path, "upload", "--explain", str(known), str(odd), "--lang", "fr")
    assert said.returncode == 1
    for words in ("rien n’est envoyé", "Codage : cp1252", "2 lignes : 1 avis", "1 écartée",
                  "note sur une autre échelle que 5", "le fichier est un PDF"):  # fmt: skip
        assert words in said.stdout
    assert "1,02" in satispy_says(tmp_path, "cost", "--lang", "fr").stdout


def test_what_programs_read_is_the_same_in_both(tmp_path: Path) -> None:
    english, french = (satispy_says(tmp_path, "reviews", "schema", "--lang", each).stdout
                       for each in ("en", "fr"))  # fmt: skip
    assert english == french != ""
