"""A whole retrain in this process: what the state machine does, step after step, with no cloud."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

from satispy.models import FAMILIES
from satispy.models.parameters import Parameters
from satispy.promotion import insights
from satispy.promotion.publish import publish
from satispy.registry.store import ModelStore
from satispy.reports.schema import Report
from satispy.retraining.prepare import prepare
from satispy.retraining.train import train
from satispy.runs.split import Split
from satispy.storage import Store


def retrain(
    store: Store,
    models: ModelStore,
    run: str,
    dataset_version: int,
    *,
    seed: int = 20,
    split: Split = "identity",
    primer: bool = True,
    max_rows: int = 0,
    parameters: Parameters | None = None,
    workers: int = 1,
) -> Report:
    parameters = parameters or Parameters()
    started = datetime.now(UTC)
    prepared = prepare(
        *(store, models, run, dataset_version),
        seed=seed,
        side=split,
        primer=primer,
        max_rows=max_rows,
    )
    with ThreadPoolExecutor(workers) as pool:  # the trainers compute outside of Python's lock
        # The longest first, as in the state machine.
        order = reversed(FAMILIES)
        trained = list(
            pool.map(lambda each: train(store, models, each, prepared, parameters), order)
        )
    return publish(
        store,
        models,
        prepared,
        trained,
        started=started,
        learn=partial(insights.learn, store, models, prepared),
    )
