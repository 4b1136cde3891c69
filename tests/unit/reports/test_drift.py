"""What raises an alarm about an upload, and what is only how samples differ."""

import numpy as np
import pytest

from satispy.language.corpus import Corpus
from satispy.reports.drift import drift, shift, unknown_words
from satispy.reports.schema import Drift, Shift

WORDS = np.array([[10, 0]] * 50)


def judged(
    *shifts: Shift,
    right: dict[str, tuple[int, int]] | None = None,
    before: np.ndarray = WORDS,
    after: np.ndarray = WORDS,
    rows: int = 100,
) -> Drift:
    return drift("new.csv", rows, shifts, before, after, right or {})


def drawn(values: int, rows: int, seed: int) -> list[str]:
    return [str(each) for each in np.random.default_rng(seed).integers(values, size=rows)]


def test_the_same_distribution_does_not_drift_and_another_does() -> None:
    same = shift("stars", ["5", "1"] * 50, ["5", "1"] * 10)
    moved = shift("source", ["5"] * 90 + ["1"] * 10, ["1"] * 60 + ["5"] * 40)
    found = judged(same, moved)
    assert found.alarming == ["source"]
    assert [each.drifted for each in found.shifts] == [False, True]
    assert moved.moved == pytest.approx(0.5)
    assert 0 < moved.js < 1


def test_few_rows_of_many_companies_look_different_without_being_so() -> None:
    few = [shift("company", drawn(20, 5_000, 0), drawn(20, 50, seed)) for seed in range(1, 41)]
    assert min(each.psi for each in few) > 0.1, "the old limit of .25 was noise here"
    assert sum(bool(judged(each).alarming) for each in few) <= 3


def test_what_is_significant_only_because_the_rows_are_many_is_no_alarm() -> None:
    slight = shift("stars", ["5"] * 52_000 + ["1"] * 48_000, ["5"] * 50_000 + ["1"] * 50_000)
    assert slight.p_value is not None
    assert slight.p_value < 1e-6
    assert judged(slight).alarming == []


def test_a_company_never_seen_before_is_drift_but_not_infinite() -> None:
    new = shift("company", ["ShowRoom"] * 100, ["VeePee"] * 100)
    assert judged(new).alarming == ["company"]
    assert np.isfinite(new.psi)


def test_a_handful_of_rows_that_name_no_source_is_no_drift() -> None:
    mended = shift("source", ["AvisLibre"] * 5_000, [""] * 3)
    assert judged(mended, rows=3).alarming == []
    assert judged(mended, rows=20).alarming == ["source"]


def test_an_accuracy_below_the_requirement_counts_when_the_rows_can_tell() -> None:
    found = judged(right={"gbc": (140, 200), "svm": (180, 200), "ann": (6, 10)})
    assert found.alarming == ["gbc accuracy"]
    assert found.production_accuracy == {"gbc": 0.7, "svm": 0.9, "ann": 0.6}


def test_many_more_unknown_words_are_an_alarm_and_one_odd_text_is_not() -> None:
    assert judged(after=np.array([[10, 3]] * 50)).alarming == ["unknown words"]
    assert judged(after=np.array([[10, 0]] * 19 + [[30, 29]])).alarming == []


def test_words_that_no_review_had_are_unknown() -> None:
    found = unknown_words(Corpus.of([["colis", "reçu"]]), Corpus.of([["colis", "perdu"], ["reçu"]]))
    assert found.tolist() == [[2, 1], [1, 0]]
