"""Which reviews models learn from, and which they are judged on.

A review's side is decided once, by a hash of its identity: whatever comes or goes beside it, no
version has ever learned from a test row, and two versions meet on the same rows.
"""

import hashlib
import math
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

#: `published` is the origin's: drawn anew whenever there are more rows. Its scores, and versions
#: of satispy before there was `identity`, were measured on it.
Split = Literal["identity", "published"]
TEST_SHARE: Final = 0.2
PUBLISHED_SEED: Final = 20


def on_test_side(split: Split, ids: Sequence[str]) -> np.ndarray:
    """Which rows, by their identities in merge order, are test rows."""
    if split == "published":
        return _published(len(ids))
    return np.fromiter(map(_is_test, ids), bool, len(ids))


def learned_from(
    split: Split, ids: Sequence[str], rows: int, numbers: Sequence[int] | None = None
) -> np.ndarray:
    """Which of these rows a model may have learned from that was trained when there were `rows`.

    numbers: which of all rows each is, where `ids` are not of all.
    """
    at = np.arange(len(ids)) if numbers is None else np.asarray(numbers)
    learned = np.zeros(len(ids), dtype=bool)
    if rows:  # it was not recorded in the first pointers: then all rows are taken as new to it
        before = np.flatnonzero(at < rows).tolist()
        if split == "published":
            learned[before] = ~_published(rows)[at[before]]
        else:
            learned[before] = ~on_test_side(split, [ids[each] for each in before])
    return learned


def _is_test(identity: str) -> bool:
    digest = hashlib.blake2b(identity.encode(), digest_size=8, person=b"satispy-test").digest()
    return int.from_bytes(digest, "little") < TEST_SHARE * 2**64


def _published(rows: int) -> np.ndarray:
    """As scikit-learn's `train_test_split` draws it, which would take a second to import."""
    test = np.zeros(rows, dtype=bool)
    drawn = np.random.RandomState(PUBLISHED_SEED).permutation(rows)
    test[drawn[: math.ceil(TEST_SHARE * rows)]] = True
    return test
