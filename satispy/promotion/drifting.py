"""The newest upload, seen through the models that were in production before a retrain on it."""

import numpy as np

from satispy.language.corpus import Corpus
from satispy.models.sentiment import label
from satispy.promotion.facts import MOST_ROWS, Facts, Upload
from satispy.reports.drift import drift, shift, unknown_words
from satispy.reports.evaluation import length_groups
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
            ("length", length_groups(ready.corpus.lengths)),
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
    unknown_before, unknown_after = _unknown_words(ready.corpus, before, upload)
    return drift(upload.name, int(upload.new.sum()), shifts, unknown_before, unknown_after, right)


def _unknown_words(
    corpus: Corpus, before: np.ndarray, upload: Upload
) -> tuple[np.ndarray, np.ndarray]:
    """Of each text of before and of the upload: how many tokens, how many of them unknown."""
    # Each old row knows its own words: the fair figure for them is that of rows held out.
    some = min(max(len(before) // 10, 1), MOST_ROWS)
    held_out = np.sort(np.random.default_rng(0).choice(before, some, replace=False))
    others = np.setdiff1d(before, held_out, assume_unique=True)
    return (
        unknown_words(corpus.take(others), corpus.take(held_out)),
        unknown_words(corpus.take(before), corpus.take(upload.sample)),
    )


def _labels(probabilities: np.ndarray) -> list[str]:
    return [label(each, 1) for each in probabilities.tolist()]
