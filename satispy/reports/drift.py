"""How the newest upload differs from the reviews before it, beyond what sampling does.

Each distribution is compared by a test that knows both sizes, the tests of one upload together name
something that did not move in at most ALARMS of all uploads (Holm), and what is significant is
still no alarm before so many points have moved, in so many rows. Accuracy counts once an exact
binomial test says that it is below the requirement. PSI and Jensen-Shannon divergence (base 2) are
reported beside.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import ndtr

from satispy.language.corpus import Corpus
from satispy.reports.schema import DRIFT_LEAST_ROWS, REQUIREMENT, Drift, Shift
from satispy.reports.statistics import as_low_as, holm, rise, same_shares

#: Of all uploads that are no different, the share that may raise an alarm.
ALARMS = 0.04
#: Of the rows, the share that has to have moved to another value.
LEAST_MOVED = 0.05
UNKNOWN_WORDS_LIMIT = 0.10
#: A new value would make PSI infinite: shares are at least this.
LEAST_SHARE = 1e-3


def shift(what: str, before: Sequence[str], after: Sequence[str]) -> Shift:
    """Compare two samples of a categorical fact; whether it drifted is for `drift` to say."""
    values = sorted(set(before) | set(after))
    old, new = _counts(before, values), _counts(after, values)
    psi, js = _divergences(old, new)
    there, here = old / max(old.sum(), 1), new / max(new.sum(), 1)
    return Shift(
        what=what,
        psi=psi,
        js=js,
        moved=float(np.abs(here - there).sum() / 2),
        p_value=same_shares(old.tolist(), new.tolist()),
        drifted=False,
        before=dict(zip(values, there.tolist(), strict=True)),
        after=dict(zip(values, here.tolist(), strict=True)),
    )


def drift(
    upload: str,
    rows: int,
    shifts: Sequence[Shift],
    unknown_before: np.ndarray,
    unknown_after: np.ndarray,
    right: Mapping[str, tuple[int, int]],
) -> Drift:
    """The whole comparison, with the names of what went beyond its limit.

    unknown_before, unknown_after: of each text (tokens, unknown ones). right: by family, right
    answers of the model in production and rows, before any retrain on them.
    """
    rose, error = rise(unknown_before, unknown_after)
    p_values = {each.what: each.p_value for each in shifts if each.p_value is not None}
    p_values["unknown words"] = float(ndtr(-rose / error)) if error else 1.0
    for family, (hits, of) in right.items():
        p_values[f"{family} accuracy"] = as_low_as(hits, of, REQUIREMENT)
    beyond = holm(p_values, ALARMS) if rows >= DRIFT_LEAST_ROWS else set()
    marked = [
        each.model_copy(
            update={"drifted": each.what in beyond and each.moved >= LEAST_MOVED},
        )
        for each in shifts
    ]
    alarming = [each.what for each in marked if each.drifted]
    if "unknown words" in beyond and rose > UNKNOWN_WORDS_LIMIT:
        alarming.append("unknown words")
    alarming += [f"{family} accuracy" for family in right if f"{family} accuracy" in beyond]
    return Drift(
        upload=upload,
        rows=rows,
        shifts=marked,
        unknown_words_before=_share(unknown_before),
        unknown_words_after=_share(unknown_after),
        production_accuracy={family: hits / max(of, 1) for family, (hits, of) in right.items()},
        alarming=alarming,
    )


def unknown_words(known: Corpus, texts: Corpus) -> np.ndarray:
    """Of each text: how many tokens it has, and how many of them no known text has."""
    words = {known.vocabulary[code] for code in np.unique(known.flat).tolist()}
    is_new = np.array([token not in words for token in texts.vocabulary], dtype=bool)
    ends = np.concatenate([[0], np.cumsum(is_new[texts.flat])])
    unknown = np.diff(ends[texts.bounds - texts.bounds[0]])
    return np.column_stack([texts.lengths, unknown]).astype(float)


def _share(texts: np.ndarray) -> float:
    return float(texts[:, 1].sum() / max(texts[:, 0].sum(), 1))


def _counts(sample: Sequence[str], values: Sequence[str]) -> np.ndarray:
    counts = Counter(sample)
    return np.array([counts[value] for value in values], dtype=np.int64)


def _divergences(old: np.ndarray, new: np.ndarray) -> tuple[float, float]:
    """PSI and JS."""
    there, here = (np.maximum(each / max(each.sum(), 1), LEAST_SHARE) for each in (old, new))
    there, here = there / there.sum(), here / here.sum()
    middle = (there + here) / 2
    psi = ((here - there) * np.log(here / there)).sum()
    js = ((there * np.log2(there / middle)).sum() + (here * np.log2(here / middle)).sum()) / 2
    return float(psi), float(js)
