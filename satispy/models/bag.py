"""Bags of words: counts of single tokens and pairs of neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

#: Tokens that carry a tone and no meaning: alone, they leave a text unknown.
MARKS = frozenset({"!", "!!", "?", "??", "…", "🔗", "📧"})


def ngrams(tokens: Sequence[str]) -> list[str]:
    """Each token, then each pair of neighbours."""
    return [*tokens, *map(" ".join, pairwise(tokens))]


@dataclass(frozen=True)
class BagOfWords:
    """Counts of the terms of a vocabulary."""

    terms: Sequence[str]
    _index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {term: at for at, term in enumerate(self.terms)})

    def occurrences(self, documents: Sequence[Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
        """(document, term) of each occurrence of a known term, as two parallel arrays."""
        index = self._index
        found = [[index[term] for term in ngrams(d) if term in index] for d in documents]
        rows = np.repeat(np.arange(len(found)), [len(terms) for terms in found])
        columns = np.fromiter((term for terms in found for term in terms), np.int64, len(rows))
        return rows, columns

    def counts(self, documents: Sequence[Sequence[str]]) -> np.ndarray:
        """Dense float32 (documents, terms): for the few texts of a request."""
        rows, columns = self.occurrences(documents)
        flat = np.bincount(
            rows * len(self.terms) + columns, minlength=len(documents) * len(self.terms)
        )
        return flat.reshape(len(documents), -1).astype(np.float32)

    def known(self, documents: Sequence[Sequence[str]]) -> np.ndarray:
        """How many tokens of each document the vocabulary knows, marks and numbers aside."""
        known = [sum(t in self._index and _is_word(t) for t in d) for d in documents]
        return np.array(known, dtype=int)


def _is_word(token: str) -> bool:
    return token not in MARKS and token[0] != "<"
