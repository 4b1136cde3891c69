"""Which way the words of a text point, each by how much more praise it stands in than expected.

« Je ne recommande pas » and « je recommande » have nearly the same mean vector, and nearly the
same words; their pairs and what is denied differ.
"""

from collections.abc import Sequence
from itertools import chain, pairwise

import numpy as np

from satispy.language import TextPipeline
from satispy.models.term_values import TermValues

#: Of a term: beyond what its reviews' lengths promise; beyond their lengths and sources.
KINDS = 2
#: For each kind: sum / √terms, highest, lowest.
COLUMNS = 3 * KINDS


def polar_terms(tokens: list[str], pipeline: TextPipeline) -> list[object]:
    """Each once: lemmas, behind a ¬ if denied, and pairs of neighbours (as tuples)."""
    words = pipeline.polar_words(tokens)
    # Kept in order: a sum in another order would differ in its last digits.
    return [*dict.fromkeys(chain(words, pairwise(words)))]


def written(term: object) -> str:
    """As it is saved."""
    return " ".join(term) if isinstance(term, tuple) else str(term)


class LogOdds(TermValues):
    """The log-odds that each term of a vocabulary adds to positive: float32 (terms, KINDS)."""

    def read(self, documents: Sequence[list[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Of tokens: float32 (documents, COLUMNS), and how many known terms each has.

        The highest is 0 or above, the lowest 0 or below.
        """
        pipeline = TextPipeline()
        values, starts = self.of_terms(polar_terms(each, pipeline) for each in documents)
        return summed_up(values, starts), np.diff(starts, append=len(values)) - 1


def summed_up(values: np.ndarray, starts: Sequence[int] | np.ndarray) -> np.ndarray:
    """The columns of texts from their terms' values; each text's begin with a row of zeros."""
    if not len(starts):
        return np.zeros((0, COLUMNS), dtype=np.float32)
    terms = np.diff(starts, append=len(values)) - 1
    columns = [
        np.add.reduceat(values, starts) / np.sqrt(np.maximum(terms, 1))[:, None],
        np.maximum.reduceat(values, starts),
        np.minimum.reduceat(values, starts),
    ]
    return np.hstack(columns).astype(np.float32)
