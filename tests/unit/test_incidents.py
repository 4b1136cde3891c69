"""When complaints are more than chance allows."""

import numpy as np
import pytest

from satispy.incidents import at_least, incidents

DAYS = 320


def one_company(share: float = 0.3, streams: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Ten reviews a day, of which a fixed part complains: no day stands out by chance."""
    reviews = np.full((streams, DAYS), 10)
    return reviews, np.full((streams, DAYS), round(10 * share))


def test_what_is_as_usual_is_no_incident() -> None:
    assert incidents(*one_company()) == []


def test_a_doubled_share_is_found_told_since_its_first_day_and_ends_by_itself() -> None:
    reviews, complaints = one_company()
    complaints[0, 250:271] = 6
    (found,) = incidents(reviews, complaints)
    assert found.start == 250
    assert 250 < found.found < 260
    assert found.end is not None
    assert 269 <= found.end <= 275
    assert found.usual == pytest.approx(0.3, abs=0.01)
    assert found.share == pytest.approx(0.6, abs=0.05)


def test_what_lasts_has_no_end_and_is_one_incident_however_long() -> None:
    reviews, complaints = one_company()
    complaints[0, 230:] = 6
    (found,) = incidents(reviews, complaints)
    assert found.end is None
    assert found.reviews == 10 * (DAYS - found.start)


def test_a_second_wave_is_an_incident_of_its_own_beside_the_same_usual_share() -> None:
    reviews, complaints = one_company()
    complaints[0, 230:250] = 6
    complaints[0, 280:300] = 6
    first, second = incidents(reviews, complaints)
    assert (first.start, second.start) == (230, 280)
    assert second.usual == pytest.approx(first.usual, abs=0.01)


def test_the_same_rise_in_few_reviews_may_be_chance() -> None:
    reviews, complaints = one_company()
    assert incidents(reviews // 5, np.minimum(complaints // 5 + 1, 2)) == []


def test_a_company_nobody_knows_yet_has_no_incidents() -> None:
    reviews, complaints = one_company()
    reviews[0, :296] = 0
    complaints[0, :296] = 0
    complaints[0, 305:] = 10
    assert incidents(reviews, complaints) == []


def test_the_more_streams_are_watched_the_stricter_each_is_judged() -> None:
    reviews, complaints = one_company()
    complaints[0, 250:255] = 6
    assert len(incidents(reviews, complaints)) == 1
    reviews, quiet = one_company(streams=1_000)
    quiet[0] = complaints[0]
    assert incidents(reviews, quiet) == []


def test_days_without_reviews_neither_begin_nor_end_an_incident() -> None:
    reviews, complaints = one_company()
    complaints[0, 250:260] = 6
    reviews[0, 260:] = complaints[0, 260:] = 0
    (found,) = incidents(reviews, complaints)
    assert found.end is None


def test_counts_of_different_days_are_refused() -> None:
    reviews, complaints = one_company()
    with pytest.raises(ValueError, match="reviews are"):
        incidents(reviews, complaints[:, 1:])


def test_the_tail_is_that_of_drawing_from_a_share_that_is_itself_known_by_so_many() -> None:
    random = np.random.default_rng(3)
    share = random.beta(20.5, 180.5, 200_000)
    drawn = random.binomial(50, share)
    assert at_least(9, 50, 20, 200) == pytest.approx((drawn >= 9).mean(), abs=0.003)
