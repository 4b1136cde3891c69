"""The order of texts by their bytes, found without making strings of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from satispy.language.corpus import bounds_of
from satispy.runs.twins import sorted_places

WORD = st.sampled_from(["a", "é", "nul ", "très bien ", "😀", "livraison rapide "])


@given(st.lists(st.lists(WORD, max_size=6).map("".join), max_size=30))
def test_equal_texts_share_a_place_and_the_others_stand_as_sorted(texts: list[str]) -> None:
    plain = [text.encode() for text in texts]
    joined = np.frombuffer(b"".join(plain), np.uint8)
    places = sorted_places(joined, bounds_of([*map(len, plain)]))
    order = sorted(set(texts))
    assert places.tolist() == [order.index(text) for text in texts]
