"""Mentions kept as arrays read as the mentions that they were made of."""

from satispy.aspects.mentions import Mentions
from satispy.aspects.reading import Mention

OF_REVIEWS = [
    [Mention("delivery", -6.0, 0), Mention("price", 0.25, 2)],
    [],
    [Mention("price", 3.0, 1)],
]


def test_the_mentions_of_each_review_are_found_again() -> None:
    mentions = Mentions(["delivery", "price"], OF_REVIEWS)
    assert list(mentions) == OF_REVIEWS
    assert mentions[-1] == OF_REVIEWS[2]
    assert mentions[:2] == OF_REVIEWS[:2]
    assert len(mentions) == 3
