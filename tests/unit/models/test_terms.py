"""Pairs of words are found by their numbers, thousands at once."""

import numpy as np
import pytest

from satispy.models.terms import Pairs


@pytest.mark.parametrize("dtype", [np.uint32, np.uint64])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 300, 20_000])
def test_each_pair_has_its_value_and_no_other_number_has_one(count: int, dtype: type) -> None:
    draw = np.random.default_rng(count)
    numbers = draw.choice(10 * count + 2, size=2 * count + 1, replace=False).tolist()
    known = dict(zip(numbers[:count], range(1, count + 1), strict=True))
    found = Pairs(known, np.dtype(dtype)).values_of(np.array([0, *numbers], dtype=dtype))
    assert found.tolist() == [known.get(number, 0) for number in [0, *numbers]]
