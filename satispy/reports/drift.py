"""How the newest upload differs from the reviews before it.

PSI and Jensen-Shannon divergence (base 2, 0-1) of each distribution. Thresholds: a PSI above 0.25
is the usual "significant shift" of credit scoring; a JS above 0.1 is about as much; a rise of
unknown words by 10 points, or production models below the requirement on the new rows, count too.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from satispy.reports.schema import REQUIREMENT, Drift, Shift

PSI_LIMIT = 0.25
JS_LIMIT = 0.1
UNKNOWN_WORDS_LIMIT = 0.10
#: A new value would make PSI infinite: shares are at least this.
LEAST_SHARE = 1e-3


def shift(what: str, before: Sequence[str], after: Sequence[str]) -> Shift:
    """Compare two samples of a categorical fact."""
    values = sorted(set(before) | set(after))
    old, new = _shares(before, values), _shares(after, values)
    psi = float(((new - old) * np.log(new / old)).sum())
    middle = (old + new) / 2
    js = float(((old * np.log2(old / middle)).sum() + (new * np.log2(new / middle)).sum()) / 2)
    return Shift(
        what=what,
        psi=psi,
        js=js,
        drifted=psi > PSI_LIMIT or js > JS_LIMIT,
        before={v: float(s) for v, s in zip(values, old, strict=True)},
        after={v: float(s) for v, s in zip(values, new, strict=True)},
    )


def unknown_words(vocabulary: set[str], documents: Sequence[Sequence[str]]) -> float:
    """Share of the tokens that the vocabulary lacks."""
    tokens = [token for document in documents for token in document]
    return sum(token not in vocabulary for token in tokens) / max(len(tokens), 1)


def drift(
    upload: str,
    rows: int,
    shifts: list[Shift],
    unknown_before: float,
    unknown_after: float,
    production_accuracy: dict[str, float],
) -> Drift:
    """The whole comparison, with the names of what went beyond its threshold."""
    alarming = [each.what for each in shifts if each.drifted]
    if unknown_after - unknown_before > UNKNOWN_WORDS_LIMIT:
        alarming.append("unknown words")
    alarming += [f"{f} accuracy" for f, a in production_accuracy.items() if a <= REQUIREMENT]
    return Drift(
        upload=upload,
        rows=rows,
        shifts=shifts,
        unknown_words_before=unknown_before,
        unknown_words_after=unknown_after,
        production_accuracy=production_accuracy,
        alarming=alarming,
    )


def _shares(sample: Sequence[str], values: Sequence[str]) -> np.ndarray:
    counts = Counter(sample)
    shares = np.array([counts[value] for value in values], dtype=float) / max(len(sample), 1)
    shares = np.maximum(shares, LEAST_SHARE)
    return np.asarray(shares / shares.sum())
