"""Several networks in one product say what each says, on average."""

from itertools import pairwise

import numpy as np
import pytest

from satispy.models.network import Committee, Network


@pytest.mark.parametrize("hidden", [(), (8,), (8, 4)])
@pytest.mark.parametrize("texts", [0, 1, 5])
def test_a_committee_says_the_mean_of_its_members(hidden: tuple[int, ...], texts: int) -> None:
    draw = np.random.default_rng(1)
    widths = (6, *hidden, 1)
    members = [
        Network(
            [
                (draw.normal(size=(into, out)), draw.normal(size=out))
                for into, out in pairwise(widths)
            ]
        )
        for _ in range(3)
    ]
    features = draw.normal(size=(texts, 6))
    mean = np.mean([member.margins(features) for member in members], axis=0)
    assert np.allclose(Committee(members).margins(features), mean)
