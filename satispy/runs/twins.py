"""Which texts are the same in their plainest writing."""

import numpy as np

#: Bytes that are compared at once.
_WIDTH = 8


def sorted_places(plain: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """The place of each text among all different ones, sorted by their bytes; twins share theirs.

    plain: texts as UTF-8, one after another, none with a byte of 0; bounds: where each begins, and
    where the last one ends. Eight bytes of all texts are compared at a time, later ones only where
    all before are equal: no text becomes a string.
    """
    texts = len(bounds) - 1
    place = np.zeros(texts, np.int64)
    # Texts of which others are equal so far, those with the same place side by side.
    open_ = np.arange(texts)
    padded = np.concatenate([plain, np.zeros(_WIDTH, np.uint8)])
    read = 0
    while len(open_):
        begin = bounds[:-1][open_] + read
        left = bounds[1:][open_] - begin
        key = _big_endian(padded, begin, np.clip(left, 0, _WIDTH))
        order = np.lexsort((key, place[open_]))
        open_, key, left = open_[order], key[order], left[order]
        before = place[open_]
        is_new = np.append(True, (before[1:] != before[:-1]) | (key[1:] != key[:-1]))
        begins = np.flatnonzero(is_new)
        sizes = np.diff(begins, append=len(open_))
        # A place stays free for each text that comes before.
        groups = np.flatnonzero(np.append(True, before[1:] != before[:-1]))
        of_group = np.repeat(groups, np.diff(groups, append=len(open_)))
        place[open_] = before + np.repeat(begins, sizes) - of_group
        read += _WIDTH
        # Alone with its place, or at its end together with all that are equal.
        longest = np.maximum.reduceat(left, begins)
        open_ = open_[np.repeat((sizes > 1) & (longest > _WIDTH), sizes)]
    return np.asarray(np.unique(place, return_inverse=True)[1])


def _big_endian(padded: np.ndarray, begin: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Up to eight bytes from `begin` on as one number that sorts as they do."""
    key = np.zeros(len(begin), np.uint64)
    for at in range(_WIDTH):
        byte = np.where(at < sizes, padded[np.where(at < sizes, begin + at, 0)], 0)
        key |= byte.astype(np.uint64) << np.uint64(8 * (_WIDTH - 1 - at))
    return key
