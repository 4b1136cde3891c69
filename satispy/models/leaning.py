"""Which way a text leans by its words and their pairs: what a mean of vectors loses.

« Je ne recommande pas » and « je recommande » have nearly the same mean; their pairs differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

import numpy as np

from satispy.models.bag import unjoined

COLUMNS = 3


@dataclass(frozen=True)
class Leaning:
    """The log-odds that each term (a word, or two neighbours and a space) adds to positive."""

    of_term: Mapping[str, float]
    #: By word or pair of words: a pair is found without writing it as one string.
    _of: dict[object, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {unjoined(term): lean for term, lean in self.of_term.items()}
        object.__setattr__(self, "_of", by_key)

    def columns(self, documents: Iterable[Sequence[str]]) -> np.ndarray:
        """Float32 (documents, 3) of the words of each: sum / √terms, the highest, the lowest.

        Each term counts once; the highest is 0 or above, the lowest 0 or below.
        """
        leaning = self._of.get
        columns = []
        for words in documents:
            # Kept in order: a sum in another order would differ in its last digits.
            terms = dict.fromkeys(chain(words, pairwise(words)))
            found = [*filter(None, map(leaning, terms)), 0.0]
            columns.append((sum(found) / max(len(found) - 1, 1) ** 0.5, max(found), min(found)))
        return np.array(columns, dtype=np.float32).reshape(-1, COLUMNS)
