"""Who reads which language, and how they write numbers and dates."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from satispy.locales import formats
from satispy.locales.messages import N_, Names, _, ngettext
from satispy.locales.reader import Reader, answer_to, answering, preferred, reader

FRENCH, ENGLISH = Reader("fr"), Reader("en")


@pytest.mark.parametrize(
    ("chosen", "remembered", "accepted", "language"),
    [
        ("", "", "", "fr"),
        ("", "", "en-US,en;q=0.9,fr;q=0.8", "en"),
        ("", "", "fr;q=0.5, en-GB", "en"),
        ("", "", "de,nl;q=0.9", "fr"),
        ("", "", "de, en;q=0.1", "en"),
        ("", "", "en;q=0, *;q=0.5", "fr"),
        ("", "", "en;q=often", "fr"),
        ("", "fr", "en", "fr"),
        ("en", "fr", "fr", "en"),
        ("xx", "<script>", "en", "en"),
    ],
)
def test_what_was_chosen_goes_before_what_the_browser_prefers_and_french_is_the_default(
    chosen: str, remembered: str, accepted: str, language: str
) -> None:
    assert preferred(chosen, remembered, accepted) == language


def test_two_who_read_at_once_are_each_answered_in_their_language() -> None:
    async def visit(who: Reader) -> list[str]:
        answer_to(who)
        said = []
        for _turn in range(3):
            await asyncio.sleep(0)  # the other one's turn
            said.append(_("Pourquoi"))
            said.append(await asyncio.to_thread(formats.percent, 0.5))
        return said

    async def both() -> tuple[list[str], list[str]]:
        return await asyncio.gather(visit(ENGLISH), visit(FRENCH))

    english, french = asyncio.run(both())
    assert english == ["Why", "50.0%"] * 3
    assert french == ["Pourquoi", "50,0\xa0%"] * 3
    assert reader() == FRENCH


def test_names_that_were_written_before_anybody_read_are_said_in_the_readers_language() -> None:
    names = Names({"negative": N_("Négatif")})
    assert names["negative"] == "Négatif"
    with answering(ENGLISH):
        assert names["negative"] == "Negative"
        assert names.get("other", "?") == "?"


@pytest.mark.parametrize(
    ("number", "in_french", "in_english"),
    [
        (0, "0 plainte", "0 complaints"),
        (1, "1 plainte", "1 complaint"),
        (2, "2 plaintes", "2 complaints"),
        (1500, "1\u202f500 plaintes", "1,500 complaints"),
    ],
)
def test_zero_is_singular_in_french_and_plural_in_english(
    number: int, in_french: str, in_english: str
) -> None:
    assert ngettext("%(num)s plainte", "%(num)s plaintes", number) == in_french
    with answering(ENGLISH):
        assert ngettext("%(num)s plainte", "%(num)s plaintes", number) == in_english


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (formats.percent(0.8984), "89,8\xa0%"),
        (formats.percent(1.0), "100,0\xa0%"),
        (formats.decimal(0.8984), "0,898"),
        (formats.points(0.0042), "+0,4\u202fpt"),
        (formats.points(-0.0149), "−1,5\u202fpt"),
        (formats.points(-0.00004), "±0,0\u202fpt"),
        (formats.count(15703), "15\u202f703"),
        (formats.count(7), "7"),
        (formats.duration(7.42), "7,4\u202fs"),
        (formats.duration(59.97), "1\u202fmin 00\u202fs"),
        (formats.duration(135.2), "2\u202fmin 15\u202fs"),
    ],
)
def test_numbers_are_written_the_french_way(shown: str, expected: str) -> None:
    assert shown == expected


def test_numbers_and_dates_are_written_as_the_reader_writes_them() -> None:
    assert formats.decimal(1234.5, 1) == "1\u202f234,5"
    assert formats.day(date(2026, 8, 5)) == "5 août 2026"
    assert formats.month(date(2026, 8, 5)) == "août 2026"
    assert formats.percent_sign() == "\xa0%"
    assert formats.list_separator() == ";"
    with answering(ENGLISH):
        assert formats.decimal(1234.5, 1) == "1,234.5"
        assert formats.day(date(2026, 8, 5)) == "5 Aug 2026"
        assert formats.month(date(2026, 8, 5)) == "Aug 2026"
        assert formats.points(-0.0149) == "−1.5\u202fpt"
        assert formats.percent_sign() == "%"
        assert formats.list_separator() == ","


def test_a_moment_is_told_in_the_settings_time_zone() -> None:
    when = datetime(2026, 8, 5, 22, 4, tzinfo=UTC)
    assert formats.moment(when) == "6 août 2026, 00:04"
    with answering(Reader("en", "America/Montreal")):
        assert formats.moment(when) == "5 Aug 2026, 18:04"
