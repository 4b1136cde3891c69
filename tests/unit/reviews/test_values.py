"""Stars, dates and empty cells in the ways that exports and people write them."""

import pytest
from pydantic import ValidationError

from satispy.reviews.dates import Census, NoSuchDay, canonical_date, count
from satispy.reviews.schema import Review
from satispy.reviews.stars import Scale, foreign_scale, read_star


@pytest.mark.parametrize(
    ("cell", "star"),
    [
        ("3/5", 3),
        ("2 / 5", 2),
        ("1 sur 5", 1),
        ("Noté 3 sur 5 étoiles", 3),
        ("Note : 2/5", 2),
        ("3,0 sur 5 étoiles", 3),
        ("2.0 out of 5 stars", 2),
        ("4 étoiles sur 5", 4),
        ("1 étoile", 1),
        ("3 stars", 3),
        ("4★", 4),
        ("★★★", 3),
        ("★★★★☆", 4),
        ("⭐⭐", 2),
        ("⭐️⭐️⭐️⭐️", 4),
        ("***", 3),
        ("ONE", 1),
        ("STAR_RATING_THREE", 3),
        ("Four stars", 4),
        ("quatre", 4),
        ("deux étoiles", 2),
        ("5\u00a0", 5),
        ("\u202f4", 4),
        ("3,00", 3),
    ],
)
def test_a_star_may_be_written_as_a_word_a_fraction_or_signs(cell, star):
    assert read_star(cell) == star


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("3,5", "star_half"),
        ("0.5", "star_half"),
        ("★★½", "star_half"),
        ("2½", "star_half"),
        ("4.2", "star_invalid"),
        ("5/10", "star_scale"),
        ("3 sur 10", "star_scale"),
        ("4/20", "star_scale"),
        ("60 %", "star_scale"),
        ("★★★★★★★☆☆☆", "star_scale"),
        ("0/5", "star_out_of_range"),
        ("zéro", "star_out_of_range"),
        ("12", "star_out_of_range"),
        ("bien", "star_invalid"),
        ("3 4", "star_invalid"),
        ("4/5/2024", "star_invalid"),
        ("N/A", "star_missing"),
        ("nan", "star_missing"),
    ],
)
def test_what_is_no_whole_star_of_five_is_never_cut_to_one(cell, code):
    with pytest.raises(ValidationError) as refused:
        Review(comment="bien", star=cell)
    assert refused.value.errors()[0]["type"] == code


def test_a_mapping_may_say_what_marks_are_out_of():
    ten = {"scale": Scale(10)}
    marks = [
        Review.model_validate({"comment": "x", "star": str(n)}, context=ten) for n in range(11)
    ]
    assert [review.star for review in marks] == [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert read_star("7/10", Scale(10)) == 4
    assert read_star("35", Scale(100)) == 2
    assert read_star("13", Scale(20)) == 4
    assert [read_star(cell, Scale(5)) for cell in ("0,5", "3.5", "4,0", "4.5")] == [1, 4, 4, 5]


@pytest.mark.parametrize(
    ("name", "cells", "scale"),
    [
        ("note", {"1": 3, "4": 5, "5": 9}, None),
        ("note", {"1": 3, "4": 50, "6": 2, "5": 9}, None),  # typing errors
        ("note", {"2": 1, "5": 1, "7": 1, "9": 2}, 10),
        ("note", {"1": 2, "3": 2, "10": 6}, 10),
        ("note", {"12": 4, "5": 1, "17": 2}, 20),
        ("score", {"20": 3, "80": 5, "100": 9}, 100),
        ("note", {"4/10": 3, "5/10": 1}, 10),
        ("note sur 10", {"4": 3, "5": 1}, 10),
        ("Note (/20)", {"4": 3}, 20),
        ("NPS", {"4": 3, "9": 1}, 10),
        ("star", {"4,5": 3, "0,5": 1}, None),
        ("star", {"x": 3, "": 1}, None),
    ],
)
def test_another_scale_is_seen_by_its_name_or_by_its_marks(name, cells, scale):
    assert foreign_scale(name, cells) == scale


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("14/07/2023", "2023-07-14"),
        ("14-07-2023", "2023-07-14"),
        ("14.7.23", "2023-07-14"),
        ("2023/07/14", "2023-07-14"),
        ("14/07/2023 18:05", "2023-07-14T18:05:00"),
        ("14/07/2023 à 18h05", "2023-07-14T18:05:00"),
        ("2023-07-14 18:05:00 UTC", "2023-07-14T18:05:00"),
        ("2023-07-14T18:05:00+0200", "2023-07-14T16:05:00"),
        ("14 juillet 2023", "2023-07-14"),
        ("1er août 2023", "2023-08-01"),
        ("Avis déposé le 14 juil. 2023", "2023-07-14"),
        ("Reviewed in France on July 14, 2023", "2023-07-14"),
        ("Fri, 14 Jul 2023 18:05:00 +0000", "2023-07-14T18:05:00"),
        ("45121", "2023-07-14"),
        ("45121,25", "2023-07-14T06:00:00"),
        ("1689357900", "2023-07-14T18:05:00"),
        ("1689357900123", "2023-07-14T18:05:00"),
        ("00/01/1900", None),
        ("0", None),
        ("0000-00-00 00:00:00", None),
        ("30/12/1899", None),
    ],
)
def test_a_date_may_be_written_in_words_as_a_day_number_or_as_an_epoch(cell, day):
    assert canonical_date(cell) == day


@pytest.mark.parametrize("cell", ["13/13/2023", "07/14/2023", "il y a 3 jours", "2", "99999", "-1"])
def test_what_names_no_day_is_refused(cell):
    with pytest.raises(NoSuchDay):
        canonical_date(cell)


def test_the_column_decides_which_number_is_the_day():
    def order(*cells: str) -> str:
        return count((cell, 1) for cell in cells).order

    assert order("03/04/2023", "05/06/2023") == "day-first"
    assert order("03/04/2023", "25/06/2023") == "day-first"
    assert order("03/04/2023", "06/25/2023") == "month-first"
    assert order("03/04/2023", "06/25/2023", "25/06/2023") == "mixed"
    assert order("06/25/2023", *["25/06/2023"] * 30) == "day-first"
    assert count([("03/04/2023", 2), ("05/05/2023", 1)]) == Census(either=2)
    # Read day first, it would still be to come.
    assert count([("03/12/2023", 2)], today="2023-11-30").order == "month-first"


def test_in_a_column_written_both_ways_only_what_has_one_reading_is_read():
    def read(cell: str) -> str | None:
        said = {"order": "mixed"}
        return Review.model_validate({"comment": "x", "star": 5, "date": cell}, context=said).date

    assert read("25/06/2023") == read("06/25/2023") == "2023-06-25"
    assert read("05/05/2023") == "2023-05-05"
    with pytest.raises(ValidationError, match="day first or month first"):
        read("03/04/2023")


@pytest.mark.parametrize(
    "cell",
    ["NaN", "null", "<NA>", "#N/A", "#VALEUR!", "--", "\u200b\u200b", "\ufeff", "\u00ad \u2060"],
)
def test_a_placeholder_is_no_comment(cell):
    with pytest.raises(ValidationError, match="comment is empty"):
        Review(comment=cell, star=5)


@pytest.mark.parametrize("text", ["rien à redire", "R.A.S.", "ok", "😀", "!", "nul", "annulé"])
def test_a_short_comment_is_one(text):
    assert Review(comment=f"{text}\u200b", star=5).comment == text


def test_placeholders_in_other_columns_are_no_value():
    review = Review(comment="x", star=5, source="NULL", company="nan", number="N/A", date="NaT")
    assert (review.source, review.company, review.number, review.date) == (None,) * 4


def test_a_number_that_a_spreadsheet_rounded_identifies_nothing():
    assert Review(comment="x", star=5, number="1,23457E+11").number is None
    assert Review(comment="x", star=5, number="E42").number == "E42"
