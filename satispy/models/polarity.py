"""Which way a text's terms point: each by itself, and each beside all the others.

By itself a term has the log-odds of the reviews where it stands (satispy.models.log_odds). Beside
the others it has the coefficient of a logistic regression on all terms at once, which gives no word
the merit of its neighbours: docs/decisions/0044.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

import numpy as np

from satispy.models import log_odds
from satispy.models.bag import unjoined
from satispy.models.log_odds import LogOdds

COLUMNS = log_odds.COLUMNS + 1


@dataclass(frozen=True)
class Coefficients:
    """Of a logistic regression on 1-2-grams of tokens as typed: float32 (terms,)."""

    terms: Sequence[str]
    values: np.ndarray
    #: Places from 1 on: 0 and None are no term.
    _index: dict[object, int] = field(init=False, repr=False, compare=False)
    _padded: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {unjoined(term): at for at, term in enumerate(self.terms, 1)}
        padded = np.concatenate([[0], self.values]).astype(np.float32)
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_padded", padded)

    def read(self, documents: Sequence[list[str]]) -> np.ndarray:
        """The logit of each text, without the intercept: sum / √terms, each term once; float32."""
        look_up = self._index.get
        found: list[int] = []
        starts: list[int] = []
        for document in documents:
            starts.append(len(found))
            found.append(0)
            terms = dict.fromkeys(chain(document, pairwise(document)))
            found += filter(None, map(look_up, terms))
        if not starts:
            return np.zeros(0, dtype=np.float32)
        terms_of_each = np.diff(starts, append=len(found)) - 1
        total = np.add.reduceat(self._padded[found], starts)
        return np.asarray(total / np.sqrt(np.maximum(terms_of_each, 1)), dtype=np.float32)


@dataclass(frozen=True)
class Polarity:
    log_odds: LogOdds
    coefficients: Coefficients

    def read(self, documents: Sequence[list[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Of tokens: float32 (documents, COLUMNS), and how many terms with log-odds each has."""
        columns, known = self.log_odds.read(documents)
        return np.column_stack([columns, self.coefficients.read(documents)]), known
