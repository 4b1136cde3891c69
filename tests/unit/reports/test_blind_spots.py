"""Parts of the test rows in which most of a label is missed."""

import numpy as np

from satispy.reports.blind_spots import blind_spots
from satispy.reports.evaluation import slices
from satispy.reports.metrics import measure
from satispy.reports.schema import ModelReport, Slice


def model(family: str, parts: list[Slice]) -> ModelReport:
    scores = measure(np.array([0, 1]), np.array([0.1, 0.9]))
    return ModelReport(
        family=family,
        tag=f"satispy-{family}:1",
        origin=scores,
        unseen=scores,
        requirement_met=True,
        promoted=True,
        seconds=0,
        peak_memory_mb=0,
        slices=parts,
    )


def part(by: str, value: str, found: tuple[float | None, float | None], rows: int = 40) -> Slice:
    return Slice(
        by=by, value=value, rows=rows, accuracy=0.9, f1_0=0.5, f1_1=0.9,
        rows_0=rows // 4, rows_1=rows - rows // 4, recall_0=found[0], recall_1=found[1],
    )  # fmt: skip


def test_each_part_tells_how_many_of_each_label_are_found() -> None:
    labels = np.array([0] * 10 + [1] * 30)
    said = np.array([0.1] * 4 + [0.9] * 36)
    (found,) = slices(labels, said, {"length": ["1-5 words"] * 40})
    assert (found.rows_0, found.rows_1) == (10, 30)
    assert (found.recall_0, found.recall_1) == (0.4, 1.0)


def test_a_label_that_a_part_has_not_has_no_recall() -> None:
    (found,) = slices(np.ones(40, dtype=int), np.ones(40), {"source": ["A"] * 40})
    assert (found.rows_0, found.recall_0, found.recall_1) == (0, None, 1.0)


def test_a_part_in_which_less_than_half_of_a_label_is_found_is_named_with_who_misses_it() -> None:
    spots = blind_spots(
        [
            model("gbc", [part("source", "A", (0.49, 1.0)), part("length", "1-5 words", (0, 1.0))]),
            model(
                "svm", [part("source", "A", (0.5, 1.0)), part("length", "1-5 words", (0.2, 0.4))]
            ),
        ]
    )
    assert [(spot.by, spot.label, dict(spot.found)) for spot in spots] == [
        ("length", "positive", {"svm": 0.4}),
        ("length", "negative", {"gbc": 0, "svm": 0.2}),
        ("source", "negative", {"gbc": 0.49}),
    ]
    assert [spot.rows for spot in spots] == [30, 10, 10]


def test_stars_are_no_part_and_older_reports_have_no_blind_spot() -> None:
    older = Slice(by="source", value="A", rows=40, accuracy=0.9, f1_0=0.1, f1_1=0.9)
    assert blind_spots([model("gbc", [older, part("stars", "3", (None, 0.1))])]) == []
