"""Bags of words: counts of single tokens and pairs of neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import NamedTuple

import numpy as np

from satispy.language.pipeline import TONELESS
from satispy.models.terms import Vocabulary, numbered


class Occurrences(NamedTuple):
    """Which of so many texts has which term: parallel arrays, an entry each time it has it."""

    texts: int
    rows: np.ndarray
    terms: np.ndarray

    @classmethod
    def of(cls, begins: np.ndarray, of_words: np.ndarray, of_pairs: np.ndarray) -> "Occurrences":
        """From what `satispy.models.terms` finds: terms that count from 1 on, 0 is none."""
        terms = np.concatenate([of_words, of_pairs])
        found = np.flatnonzero(terms)
        rows = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(of_words)))
        return cls(len(begins), np.concatenate([rows, rows])[found], terms[found] - 1)


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
        of_words = found.rows[self._is_word[found.terms]]
        return np.bincount(of_words, minlength=found.texts)

    def occurrences(self, documents: Sequence[Sequence[str]]) -> Occurrences:
        [number] = self._vocabulary.numbers
        words, begins = numbered(documents, lambda tokens: map(number.get, tokens, repeat(0)))
        return Occurrences.of(begins, *self._vocabulary.terms(words))

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.terms)


def _is_word(term: str) -> bool:
    return term not in TONELESS and term[0] != "<" and " " not in term
