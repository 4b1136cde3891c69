"""The newest upload, seen through the models that are in production before a retrain on it."""

import numpy as np

from satispy.promotion.facts import Evidence
from satispy.registry import pointer
from satispy.registry.store import ModelStore
from satispy.reports.drift import drift, shift, unknown_words
from satispy.reports.evaluation import length_group
from satispy.reports.schema import Drift
from satispy.storage import Store

#: More rows would cost time and change nothing.
MOST_ROWS = 2_000


def newest_upload_drift(store: Store, models: ModelStore, evidence: Evidence) -> Drift | None:
    """None if there is one upload only, or production has learned from the newest already."""
    reviews, ready = evidence.reviews, evidence.ready
    newest = reviews.uploads[-1]
    new = np.array([upload == newest for upload in reviews.uploads])
    if new.all():
        return None
    after, before = _sample(np.flatnonzero(new)), np.flatnonzero(~new)
    shifts = [
        shift(what, [values[at] for at in before], [values[at] for at in after])
        for what, values in (
            ("stars", [str(star) for star in reviews.stars]),
            ("source", reviews.sources),
            ("company", reviews.companies),
            ("length", [length_group(len(tokens)) for tokens in ready.tokens]),
        )
    ]
    sample = _sample(before)
    accuracy = {}
    for family, production in pointer.read(store).families.items():
        if production.dataset_version >= reviews.version:
            continue
        models.fetch(production.tag, store)
        model = models.load(production.tag)
        said_after, _ = model.probabilities([ready.tokens[at] for at in after])
        said_before, _ = model.probabilities([ready.tokens[at] for at in sample])
        accuracy[family] = float(np.mean((said_after >= 0.5) == ready.labels[after]))
        shifts.append(shift(f"{family} predictions", _names(said_before), _names(said_after)))
    vocabulary = {token for at in before for token in ready.tokens[at]}
    # Each old row knows its own words: the fair figure for them is that of rows held out.
    held_out = set(sample[::2].tolist())
    others = {token for at in before if at not in held_out for token in ready.tokens[at]}
    return drift(
        upload=newest,
        rows=int(new.sum()),
        shifts=shifts,
        unknown_before=unknown_words(others, [ready.tokens[at] for at in sorted(held_out)]),
        unknown_after=unknown_words(vocabulary, [ready.tokens[at] for at in after]),
        production_accuracy=accuracy,
    )


def _sample(rows: np.ndarray) -> np.ndarray:
    if len(rows) <= MOST_ROWS:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False))


def _names(probabilities: np.ndarray) -> list[str]:
    return ["positive" if each >= 0.5 else "negative" for each in probabilities]
