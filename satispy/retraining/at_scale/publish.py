"""Last step: the verdict of one machine, on the rows that were handed on for it.

What the models score on every test row was found by partition, and is what the report says of them.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from satispy.promotion import insights
from satispy.promotion.publish import publish as publish_rows
from satispy.registry.store import ModelStore
from satispy.reports.schema import Report
from satispy.retraining.at_scale.blocks import Blocks, Place
from satispy.retraining.at_scale.judged import rows_judged
from satispy.runs.summaries import PrepareSummary, TrainSummary


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
    seen = prepared.model_copy(update={"max_rows": rows_judged(prepared)})
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
