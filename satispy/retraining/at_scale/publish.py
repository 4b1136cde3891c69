"""Last step: judged on as many rows as a retrain of one machine reads, the newest of every kind.

Scores, intervals and paired tests of 20,000 test rows are as sure as anybody needs; what the
models score on every test row was found by partition, and is what the report says of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import numpy as np

from satispy.promotion import insights
from satispy.promotion.publish import publish as publish_rows
from satispy.registry.store import ModelStore
from satispy.reports.schema import Report
from satispy.retraining.at_scale.blocks import Blocks, Place
from satispy.retraining.at_scale.prepare import plan_of
from satispy.retraining.at_scale.reading import digest
from satispy.retraining.prepare import read_texts, split
from satispy.reviews import ReviewTable
from satispy.runs.parts import Parts
from satispy.runs.split import on_test_side
from satispy.runs.summaries import PrepareSummary, TrainSummary

#: Rows that the verdict, the insights and the drift are found of, training and test rows together.
JUDGED: Final = 100_000


def publish(
    place: Place,
    models: ModelStore,
    prepared: PrepareSummary,
    trained: Sequence[TrainSummary],
    *,
    started: datetime,
) -> Report:
    """As `satispy.promotion.publish.publish`; what the partitions have stored is deleted."""
    store = place.store
    judged = min(JUDGED, prepared.max_rows or JUDGED)
    _hand_on(place, prepared, judged)
    seen = prepared.model_copy(update={"max_rows": judged})
    report = publish_rows(
        store,
        models,
        seen,
        trained,
        started=started,
        learn=partial(insights.learn, store, models, seen),
    )
    Blocks(place, prepared.run).delete()
    return report


def _hand_on(place: Place, prepared: PrepareSummary, judged: int) -> None:
    """Store the rows that are judged on as a retrain of one machine prepares them."""
    store = place.store
    plan, blocks = plan_of(place, prepared.run)
    reviews = ReviewTable(store).read(prepared.dataset_version, judged)
    test = on_test_side(prepared.split, reviews.ids)
    parts = Parts(store, prepared.run, len(reviews))
    texts = read_texts(reviews.texts, parts)
    ready = split(texts, reviews.stars, test, prepared.seed, sources=reviews.sources)
    # A twin may stand among the training rows that are not read here.
    learned = np.concatenate([blocks.load(part, "plain")[0] for part in plan.numbers])
    plain = [digest(each) for number in range(len(parts)) for each in parts.read(number).spelled()]
    unseen = ready.test & ~np.isin(np.array(plain, np.uint64), learned)
    replace(ready, unseen=unseen).save(store, prepared.run)
