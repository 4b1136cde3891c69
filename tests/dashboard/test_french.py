"""Numbers, dates and plurals as French readers write them."""

import inspect
import re
from datetime import UTC, datetime

import pytest

from satispy.dashboard import french
from satispy.reviews import quarantine, reading, schema, stars
from satispy.reviews.reasons import FRENCH


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (french.percent(0.8984), "89,8\xa0%"),
        (french.percent(1.0), "100,0\xa0%"),
        (french.decimal(0.8984), "0,898"),
        (french.points(0.0042), "+0,4\u202fpt"),
        (french.points(-0.0149), "−1,5\u202fpt"),
        (french.points(-0.00004), "±0,0\u202fpt"),
        (french.count(15703), "15\u202f703"),
        (french.count(7), "7"),
        (french.plural(0, "ligne"), "0 ligne"),
        (french.plural(1, "ligne"), "1 ligne"),
        (french.plural(2, "ligne"), "2 lignes"),
        (french.plural(1500, "avis", "avis"), "1\u202f500 avis"),
        (french.duration(7.42), "7,4\u202fs"),
        (french.duration(59.97), "1\u202fmin 00\u202fs"),
        (french.duration(135.2), "2\u202fmin 15\u202fs"),
    ],
)
def test_numbers_are_written_the_french_way(shown: str, expected: str) -> None:
    assert shown == expected


def test_a_moment_has_a_french_month() -> None:
    when = datetime(2026, 8, 5, 12, 4, tzinfo=UTC)
    assert french.moment(when).split()[1:3] == ["août", "2026,"]


def test_an_unknown_family_is_shown_by_its_name() -> None:
    assert french.family("gbc") == "Gradient boosting"
    assert french.family("bert") == "BERT"


def test_parts_of_reports_are_named_in_french_and_names_of_shops_stay() -> None:
    assert french.part_value("16-50 words") == "16-50 mots"
    assert french.part_value("151 words and more") == "151 mots et plus"
    assert french.part_value("negative") == "négatif"
    assert french.part_value("Wordsworth") == "Wordsworth"
    assert french.slice_name("svm predictions") == "Réponses de SVM"
    assert french.slice_name("gbc accuracy") == "Exactitude de GBC"


def test_each_reason_to_reject_a_row_is_named_in_french() -> None:
    code = "".join(inspect.getsource(module) for module in (schema, reading, stars, quarantine))
    codes = set(re.findall(r'"((?:comment|star|date|row|not)_\w+)"', code))
    assert {"comment_empty", "row_malformed"} <= codes
    assert codes <= set(FRENCH)
