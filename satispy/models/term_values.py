"""What each term of a vocabulary is worth, looked up for the terms of texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from satispy.models.bag import unjoined


@dataclass(frozen=True)
class TermValues:
    """float32 (terms, …)."""

    terms: Sequence[str]
    values: np.ndarray
    #: Places from 1 on: 0 and None are no term.
    _index: dict[object, int] = field(init=False, repr=False, compare=False)
    _padded: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {unjoined(term): at for at, term in enumerate(self.terms, 1)}
        padded = np.zeros((len(self.terms) + 1, *self.values.shape[1:]), dtype=np.float32)
        padded[1:] = self.values
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_padded", padded)

    def of_terms(self, texts: Iterable[Iterable[object]]) -> tuple[np.ndarray, list[int]]:
        """The values of all known terms, each text's behind a row of zeros; where each begins."""
        look_up = self._index.get
        found: list[int] = []
        starts: list[int] = []
        for terms in texts:
            starts.append(len(found))
            found.append(0)
            found += filter(None, map(look_up, terms))
        return self._padded[found], starts
