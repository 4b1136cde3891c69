"""Bags of words: counts of single tokens and pairs of neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import NamedTuple

import numpy as np

from satispy.language.pipeline import TONELESS
from satispy.models.terms import Vocabulary, each_once, numbered


class Occurrences(NamedTuple):
    """Which of so many texts has which term how often: parallel arrays, in the order of texts."""

    texts: int
    rows: np.ndarray
    terms: np.ndarray
    times: np.ndarray

    @classmethod
    def of(cls, starts: np.ndarray, terms: np.ndarray, times: np.ndarray) -> "Occurrences":
        """From terms of texts, each once, that count from 1 on; 0 is none."""
        rows = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(terms)))
        found = np.flatnonzero(terms)
        return cls(len(starts), rows[found], terms[found] - 1, times[found])


@dataclass(frozen=True)
class BagOfWords:
    """Counts of the terms of a vocabulary."""

    terms: Sequence[str]
    _is_word: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        is_word = np.array([*map(_is_word, self.terms)], dtype=bool)
        object.__setattr__(self, "_is_word", is_word)

    def known_words(self, found: Occurrences) -> np.ndarray:
        """How many words each document has that are terms; pairs, marks and numbers are none."""
        of_words = found.times * self._is_word[found.terms]
        return np.bincount(found.rows, of_words, found.texts).astype(np.int64)

    def occurrences(self, documents: Sequence[Sequence[str]]) -> Occurrences:
        [number] = self._vocabulary.numbers
        words, begins = numbered(documents, lambda tokens: map(number.get, tokens, repeat(0)))
        terms, times = each_once(*self._vocabulary.terms(words), begins)
        return Occurrences.of(np.flatnonzero(terms == 0), terms, times)

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.terms)


def _is_word(term: str) -> bool:
    return term not in TONELESS and term[0] != "<" and " " not in term
