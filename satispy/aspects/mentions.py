"""What many reviews say of each aspect, as arrays: twenty bytes a mention, and no text."""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from satispy.aspects.reading import Mention


class Mentions(Sequence[list[Mention]]):
    """Reads as the mentions of each review; these are made when they are asked for. Immutable."""

    def __init__(self, names: Sequence[str], of_reviews: Iterable[Sequence[Mention]]) -> None:
        """names: of all aspects that are mentioned."""
        self._names = names
        number = {name: at for at, name in enumerate(names)}
        aspects, polarities, clauses, bounds = array("h"), array("d"), array("i"), array("q", [0])
        for mentions in of_reviews:
            for each in mentions:
                aspects.append(number[each.aspect])
                polarities.append(each.polarity)
                clauses.append(each.number)
            bounds.append(len(aspects))
        self._aspects, self._polarities, self._clauses, self._bounds = map(
            np.asarray, (aspects, polarities, clauses, bounds)
        )

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[row] for row in range(*at.indices(len(self)))]
        row = range(len(self))[at]
        here = slice(self._bounds[row], self._bounds[row + 1])
        columns = (each[here].tolist() for each in (self._aspects, self._polarities, self._clauses))
        return [
            Mention(self._names[aspect], polarity, clause)
            for aspect, polarity, clause in zip(*columns, strict=True)
        ]
