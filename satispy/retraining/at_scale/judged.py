"""The rows that are judged on: as many as a retrain of one machine reads, the newest of every kind.

Scores, intervals and paired tests of 20,000 test rows are as sure as anybody needs.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from satispy.retraining.at_scale.blocks import Place
from satispy.retraining.at_scale.prepare import plan_of
from satispy.retraining.at_scale.reading import digest
from satispy.retraining.prepare import read_texts, split
from satispy.reviews import ReviewTable
from satispy.runs.parts import Parts
from satispy.runs.split import on_test_side
from satispy.runs.summaries import PrepareSummary

#: Rows that the verdict, the insights and the drift are found of, training and test rows together.
JUDGED: Final = 100_000


def rows_judged(prepared: PrepareSummary) -> int:
    return min(JUDGED, prepared.max_rows or JUDGED)


def hand_on(prepared: PrepareSummary, place: Place) -> None:
    """Store the rows that are judged on as a retrain of one machine prepares them."""
    store = place.store
    plan, blocks = plan_of(place, prepared.run)
    reviews = ReviewTable(store).read(prepared.dataset_version, rows_judged(prepared))
    test = on_test_side(prepared.split, reviews.ids)
    parts = Parts(store, prepared.run, len(reviews))
    texts = read_texts(reviews.texts, parts)
    ready = split(texts, reviews.stars, test, prepared.seed, sources=reviews.sources)
    # A twin may stand among the training rows that are not read here.
    learned = np.concatenate([blocks.load(part, "plain")[0] for part in plan.numbers])
    plain = [digest(each) for number in range(len(parts)) for each in parts.read(number).spelled()]
    unseen = ready.test & ~np.isin(np.array(plain, np.uint64), learned)
    replace(ready, unseen=unseen).save(store, prepared.run)
