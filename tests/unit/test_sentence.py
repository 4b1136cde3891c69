"""What somebody found out is a message and its values, in English until it is told."""

import pickle
from datetime import UTC, datetime

import pytest

from satispy.errors import Conflict, NotYet
from satispy.reviews.receipts import Refusal
from satispy.sentence import Count, Sentence


def test_a_sentence_is_english_where_nobody_reads_it() -> None:
    when = datetime(2026, 8, 5, 22, 4, tzinfo=UTC)
    said = Sentence(
        "%(rows)s rows of %(name)r since %(when)s", rows=Count(12345), name="é", when=when
    )
    assert str(said) == "12,345 rows of 'é' since 2026-08-05 22:04 UTC"


@pytest.mark.parametrize("words", ["100 % sure", "%(name)s", "%"])
def test_what_comes_without_values_is_taken_as_it_is(words: str) -> None:
    assert str(Sentence(words)) == str(Conflict(words)) == words


def test_an_error_keeps_its_facts_on_its_way_to_another_process() -> None:
    sent = Conflict("%(key)s has changed", key="a")
    arrived = pickle.loads(pickle.dumps(sent))  # noqa: S301  our own
    assert (str(arrived), arrived.sentence) == ("a has changed", sent.sentence)


def test_a_retrain_that_is_too_soon_says_when_it_may_start() -> None:
    soon = datetime(2026, 8, 5, 22, 4, tzinfo=UTC)
    assert str(NotYet(3, 10, None)) == "3 of at least 10 new reviews"
    assert "3 of at least 10 new reviews; the next may start at 2026" in str(NotYet(3, 10, soon))
    assert str(NotYet(12, 10, soon)) == "the next may start at 2026-08-05 22:04 UTC"


def test_a_refusal_is_stored_with_its_facts_and_hides_what_they_quote() -> None:
    inner = Conflict("of %(who)s", who="anna@example.org")
    why = Sentence(
        "%(cells)s cells %(inner)s at %(name)r", cells=Count(1200), inner=inner, name="x"
    )
    kept = Refusal.of(why, lambda text: text.replace("anna@example.org", "[email]"))
    read = Refusal.model_validate_json(kept.model_dump_json())
    assert str(read.sentence) == "1200 cells of [email] at 'x'"
