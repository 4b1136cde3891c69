"""Tokenised texts as slices of one array of numbers, beside the vocabulary that they number.

A list of strings for each text takes forty times as much memory, and is scattered all over it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np


class Corpus(Sequence[list[str]]):
    """Reads as a list of lists of tokens, each made when it is asked for. Immutable.

    vocabulary: every token once. codes: the place of each token there, int32, one text after
    another. bounds: int64, where each text begins in `codes`, and where the last one ends.
    """

    def __init__(self, vocabulary: Sequence[str], codes: np.ndarray, bounds: np.ndarray) -> None:
        self.vocabulary = vocabulary
        self.codes = codes
        self.bounds = bounds

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]]) -> "Corpus":
        """The vocabulary stands in the order of its first use."""
        if isinstance(documents, Corpus):
            return documents
        number: dict[str, int] = {}
        sizes: list[int] = []

        def codes() -> Iterator[int]:
            for document in documents:
                sizes.append(len(document))
                for token in document:
                    yield number.setdefault(token, len(number))

        found = np.fromiter(codes(), np.int32)
        return cls(list(number), found, bounds_of(sizes))

    @classmethod
    def joined(cls, parts: Iterable["Corpus"]) -> "Corpus":
        """All texts of the parts, one part after another, with one vocabulary."""
        number: dict[str, int] = {}
        codes, sizes = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
        for part in parts:
            new = [number.setdefault(token, len(number)) for token in part.vocabulary]
            codes.append(np.array(new, np.int32)[part.flat])
            sizes.append(part.lengths)
        return cls(list(number), np.concatenate(codes), bounds_of(np.concatenate(sizes)))

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def __getitem__(self, at: Any) -> Any:
        """A text, or the corpus of a slice of them."""
        if not isinstance(at, slice):
            row = range(len(self))[at]
            codes = self.codes[self.bounds[row] : self.bounds[row + 1]]
            return [*map(self.vocabulary.__getitem__, codes.tolist())]
        begin, end, step = at.indices(len(self))
        if step != 1:
            return self.take(np.arange(begin, end, step))
        return Corpus(self.vocabulary, self.codes, self.bounds[begin : max(begin, end) + 1])

    def __iter__(self) -> Iterator[list[str]]:
        spelled, bounds = self.vocabulary.__getitem__, self.bounds
        for begin in range(0, len(self), _AT_ONCE):
            edges = bounds[begin : begin + _AT_ONCE + 1].tolist()
            first = edges[0]
            codes = self.codes[first : edges[-1]].tolist()
            for start, end in pairwise(edges):
                yield [*map(spelled, codes[start - first : end - first])]

    def take(self, rows: np.ndarray | Sequence[int]) -> "Corpus":
        """These texts, in this order; `rows` are numbers, or a bool for each text."""
        rows = np.asarray(rows)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        return Corpus(self.vocabulary, *slices(self.codes, self.bounds, rows))

    def compact(self) -> "Corpus":
        """The same texts, the vocabulary only of their tokens, in the order of their first use."""
        words, place = self.used()
        return Corpus(words, place[self.flat], self.bounds - self.bounds[0])

    def map(self, words: Callable[[list[str]], list[str]]) -> "Corpus":
        """What `words` makes of each token by itself, where it makes one word of it or none."""
        made = [words([token]) for token in self.vocabulary]
        number: dict[str, int] = {}
        new = np.array(
            [number.setdefault(word[0], len(number)) if word else -1 for word in made], np.int32
        )
        codes = new[self.flat]
        kept = codes >= 0
        ends = np.concatenate([[0], np.cumsum(kept)])
        return Corpus(list(number), codes[kept], ends[self.bounds - self.bounds[0]])

    @property
    def flat(self) -> np.ndarray:
        """The codes of these texts only."""
        return self.codes[self.bounds[0] : self.bounds[-1]]

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each text, int64."""
        return np.diff(self.bounds)

    def used(self) -> tuple[list[str], np.ndarray]:
        """The tokens of these texts in the order of their first use, and the place there of each
        token of the vocabulary (-1: it stands in none)."""
        flat = self.flat
        first = np.full(len(self.vocabulary), len(flat), np.int64)
        # Of equal ones the last that is written stays.
        first[flat[::-1]] = np.arange(len(flat) - 1, -1, -1)
        there = np.flatnonzero(first < len(flat))
        order = there[np.argsort(first[there])]
        place = np.full(len(self.vocabulary), -1, np.int32)
        place[order] = np.arange(len(order))
        return [*map(self.vocabulary.__getitem__, order.tolist())], place


def slices(
    values: np.ndarray, bounds: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Of the slices of `values` that begin and end at `bounds`, those of these rows, one after
    another; and their bounds."""
    starts, sizes = bounds[:-1][rows], np.diff(bounds)[rows]
    new = bounds_of(sizes)
    found = np.empty(int(new[-1]), values.dtype)
    for begin in range(0, len(rows), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        first, last = new[begin], new[min(begin + _AT_ONCE, len(rows))]
        moved = np.repeat(starts[part] - new[:-1][part], sizes[part])
        found[first:last] = values[np.arange(first, last) + moved]
    return found, new


#: Texts that are unpacked together.
_AT_ONCE = 4_096


def bounds_of(sizes: Sequence[int] | np.ndarray) -> np.ndarray:
    """Where each of these many begins, and where the last one ends."""
    bounds = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=bounds[1:])
    return bounds
