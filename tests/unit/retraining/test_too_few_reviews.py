import pytest

from satispy.errors import SatispyError
from satispy.retraining.prepare import demand_enough


@pytest.mark.parametrize("stars", [[5], [5] * 500, [1] * 29 + [5] * 500])
def test_too_few_reviews_of_a_label_are_said_in_words(stars: list[int]) -> None:
    with pytest.raises(SatispyError, match="too few to train on: it takes 30 positive and 30"):
        demand_enough(stars, primer=False)


@pytest.mark.parametrize("stars", [[], [5] * 500, [1] * 2 + [5] * 50])
def test_beside_the_primer_a_few_of_each_label_will_do(stars: list[int]) -> None:
    with pytest.raises(SatispyError, match="too few to train on: it takes 3 positive and 3"):
        demand_enough(stars, primer=True)


def test_enough_is_enough() -> None:
    demand_enough([1] * 30 + [3] * 30, primer=False)
    demand_enough([1] * 3 + [3] * 17, primer=True)
