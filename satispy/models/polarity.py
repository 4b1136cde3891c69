"""Which way a text's terms point: each by itself, and each beside all the others.

By itself a term has the log-odds of the reviews where it stands (satispy.models.log_odds). Beside
the others it has the coefficient of a logistic regression on all terms at once, which gives no word
the merit of its neighbours: docs/decisions/0044.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from satispy.models import log_odds
from satispy.models.log_odds import LogOdds
from satispy.models.term_values import TermValues

COLUMNS = log_odds.COLUMNS + 1


class Coefficients(TermValues):
    """Of a logistic regression on 1-2-grams of tokens as typed: float32 (terms,)."""

    def read(self, documents: Sequence[list[str]]) -> np.ndarray:
        """The logit of each text, without the intercept: sum / √terms, each term once; float32."""
        values, starts = self.of_terms(
            dict.fromkeys(chain(each, pairwise(each))) for each in documents
        )
        if not starts:
            return np.zeros(0, dtype=np.float32)
        terms_of_each = np.diff(starts, append=len(values)) - 1
        total = np.add.reduceat(values, starts)
        return np.asarray(total / np.sqrt(np.maximum(terms_of_each, 1)), dtype=np.float32)


@dataclass(frozen=True)
class Polarity:
    log_odds: LogOdds
    coefficients: Coefficients

    def read(self, documents: Sequence[list[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Of tokens: float32 (documents, COLUMNS), and how many terms with log-odds each has."""
        columns, known = self.log_odds.read(documents)
        return np.column_stack([columns, self.coefficients.read(documents)]), known
