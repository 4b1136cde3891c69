"""Two models on the same test rows: is one better beyond noise? Asked by a person."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from satispy.errors import SatispyError
from satispy.reports.evaluation import paired_difference
from satispy.reports.metrics import POSITIVE_STARS, measure
from satispy.reports.schema import METRICS, Interval, Metric, Metrics
from satispy.reviews import ReviewTable
from satispy.runs.split import learned_from, on_test_side
from satispy.storage import Store

#: P(positive) that the model of a tag gives each text.
Says = Callable[[str, Sequence[str]], np.ndarray]
#: What the service takes for a broken export.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Compared:
    """What both score, and the second's gain with its 95 % interval."""

    rows: int
    scores: tuple[Metrics, Metrics]
    gains: Mapping[Metric, Interval]


@dataclass(frozen=True)
class Model:
    """A tag, and what the model was saved with."""

    tag: str
    about: Mapping[str, Any]


def compare(store: Store, first: Model, second: Model, says: Says) -> Compared:
    """On the test rows of the second's run that the first never saw.

    Raises SatispyError where one of them judges no review, and where no row is left; NotFound where
    the version of the dataset is no longer kept.
    """
    for each in (first, second):
        if "origin" not in each.about:
            raise SatispyError(
                "%(tag)s judges no review: only gbc, svm and ann can be compared", tag=each.tag
            )
    about = second.about
    reviews = ReviewTable(store).read(about["dataset_version"], about.get("max_rows", 0))
    new_to_second = on_test_side(about.get("split", "published"), reviews.ids)
    before = first.about.get("split", "published"), reviews.ids, first.about["rows"]
    fair = np.flatnonzero(new_to_second & ~learned_from(*before, reviews.numbers))
    if not len(fair):
        raise SatispyError(
            "%(tag)s has learned from every test row of %(other)s", tag=first.tag, other=second.tag
        )
    found = reviews.texts.of(fair.tolist())
    texts = [_CONTROL.sub(" ", found[at]) for at in fair.tolist()]
    labels = np.array([reviews.stars[at] >= POSITIVE_STARS for at in fair], dtype=int)
    old, new = (says(each.tag, texts) for each in (first, second))
    gains = paired_difference(labels, new, old)
    return Compared(
        rows=len(fair),
        scores=(measure(labels, old), measure(labels, new)),
        gains={metric: gains[metric] for metric in METRICS},
    )
