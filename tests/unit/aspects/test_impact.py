"""Impact against causes that are known."""

import numpy as np

from satispy.aspects.impact import impacts


def generated(reviews: int, seed: int) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """Reviews whose causes are known: (negative, complains, true points of each aspect)."""
    draw = np.random.default_rng(seed)
    says = (0.15, 0.1, 0.05, 0.2, 0.12, 0.08, 0.04, 0.02, 0.06)
    makes = (0.8, 0.6, 0.9, 0.0, 0.5, 0.7, 0.3, 0.95, 0.4)
    other = 0.05
    complains = draw.random((reviews, len(says))) < says
    # Who waits for a parcel writes to the service, too.
    complains[:, 1] |= complains[:, 0] & (draw.random(reviews) < 0.4)
    works = complains & (draw.random((reviews, len(says))) < makes)
    by_itself = draw.random(reviews) < other
    negative = by_itself | works.any(axis=1)
    true = []
    for aspect in range(len(says)):
        without = by_itself | np.delete(works, aspect, axis=1).any(axis=1)
        true.append(100 * float(negative.mean() - without.mean()))
    return negative, complains, true


def test_the_impact_of_known_causes_is_found_within_two_points() -> None:
    for seed in range(5):
        negative, complains, true = generated(4_000, seed)
        for found, expected in zip(impacts(negative, complains), true, strict=True):
            assert abs(found.points - expected) < 2


def test_an_aspect_that_makes_nobody_unhappy_has_no_impact_however_often_it_is_named() -> None:
    negative, complains, _ = generated(4_000, 1)
    harmless = impacts(negative, complains)[3]
    assert harmless.points < 1
    assert harmless.low < 0.5


def test_the_interval_is_wide_where_reviews_are_few_and_holds_the_estimate() -> None:
    widths = []
    for reviews in (100, 10_000):
        negative, complains, _ = generated(reviews, 3)
        first = impacts(negative, complains)[0]
        assert first.low <= first.points <= first.high
        widths.append(first.high - first.low)
    assert widths[0] > 5 * widths[1]


def test_nothing_is_explained_where_there_are_no_reviews_or_no_complaints() -> None:
    assert impacts([], np.zeros((0, 2), dtype=bool))[0].points == 0
    none = impacts([True, False, True], np.zeros((3, 2), dtype=bool))
    assert [each.points for each in none] == [0, 0]
