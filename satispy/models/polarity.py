"""Which way a text's terms point: each by itself, and each beside all the others.

By itself a term has the log-odds of the reviews where it stands (satispy.models.log_odds). Beside
the others it has the coefficient of a logistic regression on all terms at once, which gives no word
the merit of its neighbours: docs/decisions/0044.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from satispy.language import TextPipeline
from satispy.language.pipeline import DENIED
from satispy.language.remembered import Remembered
from satispy.models import log_odds
from satispy.models.log_odds import KINDS, LogOdds, summed_up
from satispy.models.terms import BEGIN, Vocabulary, each_once, numbered

COLUMNS = log_odds.COLUMNS + 1


@dataclass(frozen=True)
class Coefficients:
    """Of a logistic regression on 1-2-grams of tokens as typed: float32 (terms,)."""

    terms: Sequence[str]
    values: np.ndarray


class Read(NamedTuple):
    """What the terms of texts say, and which they are."""

    #: Float32 (texts, COLUMNS).
    columns: np.ndarray
    #: How many terms with log-odds each text has.
    known: np.ndarray
    #: Places in `Polarity.typed` of the terms of each text, each once, from 1 on; a 0 before them.
    terms: np.ndarray
    #: How often each stands in its text.
    times: np.ndarray


@dataclass(frozen=True)
class Polarity:
    log_odds: LogOdds
    coefficients: Coefficients
    #: Terms as typed to look for as well, which have no coefficient.
    others: Sequence[str] = ()

    @property
    def typed(self) -> list[str]:
        """All terms as typed that are looked for."""
        return [*self.coefficients.terms, *self.others]

    def read(self, documents: Sequence[list[str]]) -> Read:
        """Of tokens. Each term of a text counts once; the logit is sum / √terms, too."""
        if not documents:
            none = np.zeros(0, dtype=np.int64)
            return Read(np.zeros((0, COLUMNS), dtype=np.float32), none, none, none)
        index, texts = self._index, len(documents)
        words, begins = index.words(documents)
        terms, times = each_once(*index.vocabulary.terms(words), begins)
        starts = np.flatnonzero(terms == 0)
        typed = slice(starts[texts])
        found = terms[typed], times[typed]
        if self.others:
            first, last = len(self.coefficients.terms), len(self.typed)
            terms = terms[(terms <= first) | (terms > last)]
            starts = np.flatnonzero(terms == 0)
        sums, known = summed_up(index.values.take(terms, axis=0), starts)
        columns = np.column_stack([sums[texts:], sums[:texts, 0]])
        return Read(columns, known[texts:], *found)

    @cached_property
    def _index(self) -> "_Index":
        """Made when a text is first read: a model that is trained reads none."""
        return _Index(self)


#: What is counted of a token: nothing, or a word that stands in no term.
_NOTHING, _OTHER = 0, 1
#: A token's word as typed and what is counted of it are one number.
_BITS = 32


class _Index:
    """Terms as typed and terms of log-odds as one vocabulary: a token is looked up once for both,
    and so are the pairs of all texts."""

    def __init__(self, polarity: Polarity) -> None:
        typed, polar = polarity.typed, polarity.log_odds
        self.vocabulary = Vocabulary(typed, polar.terms)
        self._typed, of_word = self.vocabulary.numbers
        distinct = dict.fromkeys(word.removeprefix(DENIED) for word in of_word)
        self._counted = {word: at for at, word in enumerate(distinct, _OTHER + 1)}
        self._said, self._denied = np.zeros((2, len(distinct) + _OTHER + 1), dtype=np.int64)
        for word, at in self._counted.items():
            self._said[at] = of_word.get(word, 0)
            self._denied[at] = of_word.get(DENIED + word, 0)
        self._of_token = Remembered(self._packed)
        #: Of each term, the first of none: its coefficient, or its log-odds.
        self.values = np.zeros((1 + len(typed) + len(polar.terms), KINDS), dtype=np.float32)
        self.values[1 : 1 + len(polarity.coefficients.terms), 0] = polarity.coefficients.values
        self.values[1 + len(typed) :] = polar.values

    def words(self, documents: Sequence[list[str]]) -> tuple[np.ndarray, np.ndarray]:
        """All texts as typed, then all of them again by what is counted; where each begins."""
        packed, begins = numbered(documents, partial(map, self._of_token.__getitem__))
        counted = packed & ((1 << _BITS) - 1)
        words = self._said[counted]
        reached = TextPipeline().denied
        denied: list[int] = []
        for document, begin in zip(documents, begins.tolist(), strict=True):
            if places := reached(document):
                denied += [begin + 1 + place for place in places]
        if denied:
            words[denied] = self._denied[counted[denied]]
        kept = counted != _NOTHING
        again = len(packed) + np.cumsum(kept)[begins] - 1
        return np.concatenate([packed >> _BITS, words[kept]]), np.concatenate([begins, again])

    def _packed(self, token: str) -> int:
        if token == BEGIN:
            return _OTHER
        word = TextPipeline().polar_word(token)
        counted = self._counted.get(word, _OTHER) if word else _NOTHING
        return self._typed.get(token, 0) << _BITS | counted
