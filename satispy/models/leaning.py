"""Which way a text leans by its words and their pairs: what a mean of vectors loses.

« Je ne recommande pas » and « je recommande » have nearly the same mean; their pairs differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from satispy.models.bag import ngrams

COLUMNS = 3


@dataclass(frozen=True)
class Leaning:
    """The log-odds that each term (a word or two neighbours) adds to a positive review."""

    of_term: Mapping[str, float]

    def columns(self, documents: Iterable[Sequence[str]]) -> np.ndarray:
        """Float32 (documents, 3) of the words of each: sum / √terms, the highest, the lowest.

        Each term counts once, and one that leans to neither side is among them.
        """
        of = self.of_term
        found = [
            [of[term] for term in dict.fromkeys(ngrams(words)) if term in of] for words in documents
        ]
        columns = [
            (sum(each) / max(len(each), 1) ** 0.5, max(each, default=0), min(each, default=0))
            for each in found
        ]
        clipped = np.array(columns, dtype=np.float32).reshape(-1, COLUMNS)
        np.maximum(clipped[:, 1], 0, out=clipped[:, 1])
        np.minimum(clipped[:, 2], 0, out=clipped[:, 2])
        return clipped
