"""Bags of words: counts of single tokens and pairs of neighbours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from satispy.language.pipeline import TONELESS

#: A number's kind ("<2 digits>") holds a space; no other token does.
_TOKEN = re.compile(r"<[^>]+>|\S+")


def ngrams(tokens: Sequence[str]) -> list[str]:
    """Each token, then each pair of neighbours."""
    return [*tokens, *map(" ".join, pairwise(tokens))]


def unjoined(term: str) -> object:
    """The token, or the pair of tokens, that `ngrams` wrote as this term."""
    first, *second = _TOKEN.findall(term)
    return (first, *second) if second else first


class Occurrences(NamedTuple):
    """Which of so many texts has which term: parallel arrays, an entry each time it has it."""

    texts: int
    rows: np.ndarray
    terms: np.ndarray


@dataclass(frozen=True)
class BagOfWords:
    """Counts of the terms of a vocabulary."""

    terms: Sequence[str]
    #: Places from 1 on, by token or pair of tokens: 0 and None are no term.
    _index: dict[object, int] = field(init=False, repr=False, compare=False)
    _is_word: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {unjoined(term): at for at, term in enumerate(self.terms, 1)}
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_is_word", np.array([_is_word(term) for term in self.terms]))

    def known_words(self, found: Occurrences) -> np.ndarray:
        """How many words each document has that are terms; pairs, marks and numbers are none."""
        of_words = found.rows[self._is_word[found.terms]]
        return np.bincount(of_words, minlength=found.texts)

    def occurrences(self, documents: Sequence[Sequence[str]]) -> Occurrences:
        look_up = self._index.get
        found: list[int] = []
        ends = [0]
        for document in documents:
            found += filter(None, map(look_up, chain(document, pairwise(document))))
            ends.append(len(found))
        rows = np.repeat(np.arange(len(documents)), np.diff(ends))
        return Occurrences(len(documents), rows, np.array(found, dtype=np.int64) - 1)


def _is_word(term: str) -> bool:
    return term not in TONELESS and term[0] != "<" and " " not in term
