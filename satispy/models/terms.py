"""The terms of texts, words and pairs of neighbours, and which of a list each text has.

A word is looked up once, for its number; two numbers are one, by which a pair is looked up. The
pairs of all texts are looked up at once.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np

from satispy.language.corpus import Corpus

#: Words of all texts below which NumPy takes longer to begin than Python to be done.
FEW = 200
#: Stands before the tokens of each text, and is none itself.
BEGIN = ""
#: A number's kind ("<2 digits>") holds a space; no other token does.
_TOKEN = re.compile(r"<[^>]+>|\S+")


def ngrams(tokens: Sequence[str]) -> list[str]:
    """Each token, then each pair of neighbours."""
    return [*tokens, *map(" ".join, pairwise(tokens))]


def words_of(term: str) -> list[str]:
    """The token, or the two tokens, that `ngrams` wrote as this term."""
    return _TOKEN.findall(term) if "<" in term else term.split(" ")


def numbered(
    documents: Sequence[Sequence[str]], numbers: Callable[[Iterable[str]], Iterable[int]]
) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of all tokens, a BEGIN before those of each text; and the places of these."""
    if isinstance(documents, Corpus):
        used, place = np.unique(documents.flat, return_inverse=True)
        words = [*map(documents.vocabulary.__getitem__, used.tolist()), BEGIN]
        of_word = np.fromiter(numbers(words), np.int64, len(words))
        edges = documents.bounds[:-1] - documents.bounds[0]
        return np.insert(of_word[place], edges, of_word[-1]), edges + np.arange(len(edges))
    tokens: list[str] = []
    begins = []
    for document in documents:
        begins.append(len(tokens))
        tokens.append(BEGIN)
        tokens += document
    found = np.fromiter(numbers(tokens), np.int64, len(tokens))
    return found, np.array(begins, dtype=np.int64)


class Vocabulary:
    """Terms of several lists, which have no words in common, as numbers.

    Terms count from 1 on, through all lists; 0 is none. So do words; 0 stands in no term.
    """

    def __init__(self, *lists: Sequence[str]) -> None:
        #: Of each list's words.
        self.numbers: list[dict[str, int]] = []
        last = 0
        split = [[words_of(term) for term in terms] for terms in lists]
        for terms in split:
            words = dict.fromkeys(chain.from_iterable(terms))
            self.numbers.append({word: last + at for at, word in enumerate(words, 1)})
            last += len(words)
        self._base = last + 1
        of_word = np.zeros(self._base, dtype=np.int32)
        pairs: dict[int, int] = {}
        every = (
            (number, term) for number, of in zip(self.numbers, split, strict=True) for term in of
        )
        for place, (number, (first, *second)) in enumerate(every, 1):
            if second:
                pairs[number[first] * self._base + number[second[0]]] = place
            else:
                of_word[number[first]] = place
        self._of_word = of_word
        # Half the memory is half the misses, if numbers are small enough.
        self._pairs = Pairs(pairs, np.min_scalar_type(max(self._base**2, 1 << 31)))

    def terms(self, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the numbers of words: the term of each, and that of each with the next one."""
        of_pairs = np.zeros(len(words), dtype=np.int32)
        words = words.astype(self._pairs.keys.dtype)
        pairs = words[:-1] * words.dtype.type(self._base)
        pairs += words[1:]
        of_pairs[:-1] = self._pairs.values_of(pairs)
        return self._of_word[words], of_pairs


class Pairs:
    """A dict of numbers that is asked for thousands at once.

    A number stands in one of two places (cuckoo hashing: Pagh & Rodler, 2004), so that NumPy finds
    all of them without a branch. A binary search has one a step, and the processor guesses half of
    them wrong.
    """

    def __init__(self, pairs: Mapping[int, int], dtype: np.dtype[Any]) -> None:
        """From numbers of this type, which is unsigned, to numbers above zero."""
        bits = max(1, (len(pairs) * 5 // 2).bit_length())
        self._shift = dtype.type(8 * dtype.itemsize - bits)
        keys = np.fromiter(pairs, dtype, len(pairs))
        random, held = np.random.default_rng(0), None
        while held is None:
            self._factors = random.integers(np.iinfo(dtype).max, size=(2, 1), dtype=dtype) | 1
            first, second = self._places(keys).tolist()
            held = _housed(first, second, 1 << bits)
        # The last of them is what stands in a place without a key.
        self.keys = np.append(keys, dtype.type(0))[held]
        self._values = np.array([*pairs.values(), 0], dtype=np.int32)[held]

    def values_of(self, keys: np.ndarray) -> np.ndarray:
        """Int32; 0 of a key that is not there."""
        at = self._places(keys)
        one, other = self._values[at] * (self.keys[at] == keys)
        return np.asarray(one | other)

    def _places(self, keys: np.ndarray) -> np.ndarray:
        places: np.ndarray = keys * self._factors >> self._shift
        return places.astype(np.intp)


def _housed(first: list[int], second: list[int], places: int) -> list[int] | None:
    """Which key stands in each place, -1 where none does. None: there is no room for all."""
    held = [-1] * places
    for new, place in enumerate(first):
        homeless, moves = new, 0
        while homeless >= 0:
            # Who stood there goes to its other place.
            held[place], homeless = homeless, held[place]
            place = first[homeless] + second[homeless] - place
            moves += 1
            if moves > places:
                return None
    return held


def each_once(
    of_words: np.ndarray, of_pairs: np.ndarray, begins: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The terms of all texts, each once in a text; how often it stands there.

    The words of a text in their order, then its pairs: a sum in another order would differ in its
    last digits. Before them stands a 0, for its BEGIN.
    """
    ends = np.append(begins[1:], len(of_words))
    once = _of_few if len(of_words) < FEW else _of_many
    return once(of_words, of_pairs, begins, ends)


def _of_few(
    of_words: np.ndarray, of_pairs: np.ndarray, begins: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    words, pairs = of_words.tolist(), of_pairs.tolist()
    terms: list[int] = []
    times: list[int] = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        counted = Counter(words[begin:end] + pairs[begin:end])
        terms += counted
        times += counted.values()
    return np.array(terms, dtype=np.int64), np.array(times, dtype=np.int64)


def _of_many(
    of_words: np.ndarray, of_pairs: np.ndarray, begins: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    sizes = ends - begins
    words = np.arange(len(of_words)) + np.repeat(begins, sizes)
    terms = np.empty(2 * len(of_words), dtype=np.int64)
    terms[words] = of_words
    terms[words + np.repeat(sizes, sizes)] = of_pairs
    kept = terms > 0
    kept[2 * begins] = True
    terms = terms[np.flatnonzero(kept)]
    keys = np.cumsum(terms == 0) * (terms.max(initial=0) + 1) + terms
    # Of a text's equal terms the first stands first: the sort leaves them in their order.
    order = keys.argsort(kind="stable")
    keys = keys[order]
    differs = np.ones(len(keys) + 1, dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=differs[1:-1])
    bounds = np.flatnonzero(differs)
    times = np.zeros(len(terms), dtype=np.int64)
    times[order[bounds[:-1]]] = bounds[1:] - bounds[:-1]
    once = np.flatnonzero(times)
    return terms[once], times[once]
