"""Bags of words: counts of single tokens and pairs of neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from satispy.language.pipeline import TONELESS


def ngrams(tokens: Sequence[str]) -> list[str]:
    """Each token, then each pair of neighbours."""
    return [*tokens, *map(" ".join, pairwise(tokens))]


@dataclass(frozen=True)
class BagOfWords:
    """Counts of the terms of a vocabulary."""

    terms: Sequence[str]
    _index: dict[str, int] = field(init=False, repr=False, compare=False)
    _is_word: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {term: at for at, term in enumerate(self.terms)})
        object.__setattr__(self, "_is_word", np.array([_is_word(term) for term in self.terms]))

    def occurrences(self, documents: Sequence[Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
        """(document, term) of each occurrence of a known term, as two parallel arrays."""
        index = self._index
        found: list[int] = []
        lengths: list[int] = []
        for document in documents:
            before = len(found)
            found += [index[term] for term in ngrams(document) if term in index]
            lengths.append(len(found) - before)
        return np.repeat(np.arange(len(lengths)), lengths), np.array(found, dtype=np.int64)

    def known(self, documents: int, rows: np.ndarray, terms: np.ndarray) -> np.ndarray:
        """How many of each document's occurrences are words: no pairs, marks or numbers."""
        return np.bincount(rows[self._is_word[terms]], minlength=documents)


def _is_word(term: str) -> bool:
    return term not in TONELESS and term[0] != "<" and " " not in term
