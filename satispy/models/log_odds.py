"""Which way the words of a text point, each by how much more praise it stands in than expected.

« Je ne recommande pas » and « je recommande » have nearly the same mean vector, and nearly the
same words; their pairs and what is denied differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from satispy.language import TextPipeline

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


@dataclass(frozen=True)
class LogOdds:
    """The log-odds that each term of a vocabulary adds to positive: float32 (terms, KINDS)."""

    terms: Sequence[str]
    values: np.ndarray


def summed_up(values: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The columns of texts from their terms' values, float32; how many terms each has.

    Each text's values begin with a row of zeros: its highest is 0 or above, its lowest 0 or below.
    """
    terms = np.append(starts[1:], len(values)) - starts - 1
    columns = np.empty((len(starts), COLUMNS), dtype=np.float32)
    sums = np.add.reduceat(values, starts)
    columns[:, :KINDS] = sums / np.sqrt(np.maximum(terms, 1))[:, None]
    columns[:, KINDS : 2 * KINDS] = np.maximum.reduceat(values, starts)
    columns[:, 2 * KINDS :] = np.minimum.reduceat(values, starts)
    return columns, terms
