"""Which rows a retrain reads where there are more than it may: the newest of every kind."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Final, TypeVar

Kind = TypeVar("Kind", bound=Hashable)

#: A small shop, or its few one-star reviews, stay whole beside a large one.
LEAST_OF_A_KIND: Final = 50


def newest(kinds: Sequence[Kind], most: int) -> list[int]:
    """Row numbers, ascending, of at most so many rows; `kinds` are of all, the newest last.

    Of every kind its newest, as many as its part of all rows, and no fewer than LEAST_OF_A_KIND.
    """
    left = quotas(Counter(kinds), most)
    taken = []
    for row in range(len(kinds) - 1, -1, -1):
        if left[kinds[row]]:
            left[kinds[row]] -= 1
            taken.append(row)
    return taken[::-1]


def quotas(sizes: Mapping[Kind, int], most: int) -> dict[Kind, int]:
    """How many rows of each kind; at most `most` together, and all where they are no more."""
    if sum(sizes.values()) <= most:
        return dict(sizes)
    least = min(LEAST_OF_A_KIND, most // len(sizes))

    def of_share(share: float) -> dict[Kind, int]:
        return {kind: min(size, max(least, int(share * size))) for kind, size in sizes.items()}

    low, high = 0.0, 1.0
    for _ in range(50):  # halved until it is exact to the row
        middle = (low + high) / 2
        if sum(of_share(middle).values()) <= most:
            low = middle
        else:
            high = middle
    return of_share(low)
