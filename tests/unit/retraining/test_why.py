"""`satispy why` on a real retrain."""

import json
from collections.abc import Callable

import pytest
from test_whole_retrain import Ran
from typer import Typer
from typer.testing import CliRunner

from satispy.cli import why as commands
from satispy.errors import SatispyError
from satispy.locales.reader import Reader, answering

Type = Callable[..., str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return Ran(tmp_path_factory.mktemp("why"))


@pytest.fixture
def type_in(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> Type:
    monkeypatch.setattr(commands, "bucket_and_models", lambda: (ran.store, ran.models))
    app = Typer()
    app.command()(commands.why)

    def type_in(*words: str) -> str:
        answer = CliRunner().invoke(app, words)
        if answer.exception and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        return answer.output

    return type_in


def test_it_names_what_unhappy_customers_complain_of_first(type_in: Type) -> None:
    figures = json.loads(type_in("--json"))
    assert figures["reviews"] == 300
    assert figures["negative"] == 100
    causes = {each["name"]: each for each in figures["aspects"]}
    assert causes["delivery"]["complaints"] > 0  # « jamais reçu »
    assert causes["packaging"]["mentions"] == 0
    points = [each["impact"]["points"] for each in figures["aspects"]]
    assert points == sorted(points, reverse=True)
    assert points[0] > 1


def test_it_shows_the_clauses_that_say_it(type_in: Type) -> None:
    shown = type_in()
    assert "100 of 300 reviews are negative" in shown
    assert "Delivery" in shown
    assert "jamais reçu" in shown


def test_it_answers_a_french_reader_in_french(type_in: Type) -> None:
    with answering(Reader("fr")):
        shown = type_in()
    assert "100 avis sur 300 sont négatifs : 33,3\xa0%" in shown
    assert "Livraison" in shown
    assert "Delivery" not in shown


def test_what_no_cause_names_is_asked_for_by_itself(type_in: Type) -> None:
    assert json.loads(type_in("--proposals", "--json")) == []
    assert "Nothing is said often" in type_in("--proposals")


def test_reviews_are_chosen_by_day_company_and_source(type_in: Type) -> None:
    assert json.loads(type_in("--json", "--company", "showroom"))["reviews"] == 300
    for nothing in (["--company", "nobody"], ["--since", "2021-03-03"], ["--until", "2021-03-01"]):
        with pytest.raises(SatispyError, match="No review is of these days"):
            type_in(*nothing)
    with pytest.raises(SatispyError, match="written 2026-10-01"):
        type_in("--since", "yesterday")
