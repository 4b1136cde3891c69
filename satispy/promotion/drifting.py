"""The newest upload, seen through the models that were in production before a retrain on it."""

from collections.abc import Sequence

import numpy as np

from satispy.models.sentiment import label
from satispy.promotion.facts import MOST_ROWS, Facts, Upload
from satispy.reports.drift import drift, shift, unknown_words
from satispy.reports.evaluation import length_group
from satispy.reports.schema import Drift


def upload_drift(facts: Facts) -> Drift | None:
    """None if there is one upload only."""
    upload = facts.upload
    if upload is None:
        return None
    reviews, ready = facts.evidence.reviews, facts.evidence.ready
    tested = facts.evidence.rows
    before = np.flatnonzero(~upload.new)
    shifts = [
        shift(what, [values[at] for at in before], [values[at] for at in upload.sample])
        for what, values in (
            ("labels", [label(star, 1) for star in ready.labels.tolist()]),
            ("stars", [str(star) for star in reviews.stars]),
            ("source", reviews.sources),
            ("company", reviews.companies),
            ("length", [length_group(len(tokens)) for tokens in ready.tokens]),
        )
    ]
    right = {}
    for family, incumbent in facts.incumbents.items():
        learned_it = incumbent.production.dataset_version >= reviews.version
        if incumbent.answers is None or learned_it:
            continue
        said = incumbent.answers.of_upload
        # On rows it learned from it would answer as they were labelled.
        new_to_it = incumbent.fair & ~upload.new[tested]
        said_before = incumbent.answers.probabilities[new_to_it]
        shifts.append(shift(f"{family} predictions", _labels(said_before), _labels(said)))
        hits = (said >= 0.5) == ready.labels[upload.sample]
        right[family] = int(hits.sum()), len(hits)
    unknown_before, unknown_after = _unknown_words(ready.tokens, before, upload)
    return drift(upload.name, int(upload.new.sum()), shifts, unknown_before, unknown_after, right)


def _unknown_words(
    tokens: Sequence[list[str]], before: np.ndarray, upload: Upload
) -> tuple[np.ndarray, np.ndarray]:
    """Of each text of before and of the upload: how many tokens, how many of them unknown."""
    vocabulary = {token for at in before for token in tokens[at]}
    # Each old row knows its own words: the fair figure for them is that of rows held out.
    some = min(max(len(before) // 10, 1), MOST_ROWS)
    held_out = set(np.random.default_rng(0).choice(before, some, replace=False).tolist())
    others = {token for at in before if at not in held_out for token in tokens[at]}
    return (
        unknown_words(others, [tokens[at] for at in sorted(held_out)]),
        unknown_words(vocabulary, [tokens[at] for at in upload.sample]),
    )


def _labels(probabilities: np.ndarray) -> list[str]:
    return [label(each, 1) for each in probabilities.tolist()]
