"""What codes are called."""

import inspect
import re

from satispy.locales import names
from satispy.reviews import quarantine, reading, schema, stars
from satispy.reviews.reasons import FRENCH


def test_an_unknown_family_is_shown_by_its_name() -> None:
    assert names.family("gbc") == "Gradient boosting"
    assert names.family("bert") == "BERT"


def test_parts_of_reports_are_named_in_french_and_names_of_shops_stay() -> None:
    assert names.part_value("16-50 words") == "16-50 mots"
    assert names.part_value("151 words and more") == "151 mots et plus"
    assert names.part_value("negative") == "négatif"
    assert names.part_value("Wordsworth") == "Wordsworth"
    assert names.slice_name("svm predictions") == "Réponses de SVM"
    assert names.slice_name("gbc accuracy") == "Exactitude de GBC"


def test_each_reason_to_reject_a_row_is_named_in_french() -> None:
    code = "".join(inspect.getsource(module) for module in (schema, reading, stars, quarantine))
    codes = set(re.findall(r'"((?:comment|star|date|row|not)_\w+)"', code))
    assert {"comment_empty", "row_malformed"} <= codes
    assert codes <= set(FRENCH)
