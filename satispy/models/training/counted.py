"""Vocabularies and sparse counts of 1-2-grams."""

from collections import Counter
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from satispy.models.bag import BagOfWords
from satispy.models.sentiment import Documents
from satispy.models.terms import ngrams


def vocabulary(documents: Documents, min_df: int) -> list[str]:
    """The 1-2-grams that stand in at least `min_df` documents, sorted."""
    seen: Counter[str] = Counter()
    for document in documents:
        seen.update(set(ngrams(document)))
    return sorted(term for term, times in seen.items() if times >= min_df)


def sparse_counts(bag: BagOfWords, documents: Documents) -> Any:
    found = bag.occurrences(documents)
    ones = np.ones(len(found.rows), dtype=np.float32)
    return csr_matrix((ones, (found.rows, found.terms)), shape=(len(documents), len(bag.terms)))
