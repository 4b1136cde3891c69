"""A whole retrain on an engine: one task of the state machine, or one command on a laptop."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Final, Self, TypeVar

from threadpoolctl import threadpool_limits

from satispy.engine import At, Engine, connected
from satispy.errors import EngineLost
from satispy.models.parameters import Parameters
from satispy.registry.store import ModelStore
from satispy.reports.schema import Report
from satispy.retraining import turn
from satispy.retraining.at_scale.blocks import Place
from satispy.retraining.at_scale.judged import hand_on
from satispy.retraining.at_scale.prepare import prepare
from satispy.retraining.at_scale.publish import publish
from satispy.retraining.at_scale.train import train
from satispy.runs.summaries import TrainSummary
from satispy.settings import Settings
from satispy.storage import Store

log = logging.getLogger(__name__)

#: How often a step is begun whose scheduler was lost.
ATTEMPTS: Final = 3
Found = TypeVar("Found")


def retrain(
    settings: Settings,
    store: Store,
    models: ModelStore,
    run: str,
    dataset_version: int,
    *,
    at: At = "dask",
    started: datetime | None = None,
) -> Report:
    """Raises SatispyError; EngineLost where the scheduler went away time and again, Conflict where
    another run has taken the turn."""
    started = started or datetime.now(UTC)
    place = Place.of(store, models, settings)
    parameters = Parameters.model_validate(settings.parameters)
    # As workers have, whoever leads: a sum by two threads has other last digits.
    with turn.kept(store, run), threadpool_limits(1), Steps(settings, at) as begun:
        prepared = begun(
            lambda engine: prepare(
                *(engine, place, models, run, dataset_version),
                seed=settings.seed,
                embeddings=settings.embeddings,
                primer=settings.primer,
                max_rows=settings.max_training_rows,
                parameters=parameters.gbc,
                buckets=partial(Store.bucket, settings),
            )
        )

        def family(name: str, engine: Engine) -> TrainSummary:
            return train(engine, place, models, name, prepared, parameters)

        def members(engine: Engine) -> list[TrainSummary]:
            # Long tasks, and few: side by side no worker waits for the last one of either.
            with ThreadPoolExecutor(3) as pool:
                handed_on = pool.submit(engine.map, hand_on, [prepared], place)
                trained = list(pool.map(partial(family, engine=engine), ("ann", "gbc")))
                handed_on.result()
                return trained

        trained = [begun(partial(family, "svm")), *begun(members)]
    # Without workers: what they take, the verdict may.
    return publish(place, models, prepared, trained, started=started)


class Steps:
    """Runs steps on an engine, connected once; anew, and the step again, where it was lost."""

    def __init__(self, settings: Settings, at: At) -> None:
        self._settings = settings
        self._at = at
        self._engine: Engine | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def __call__(self, step: Callable[[Engine], Found]) -> Found:
        """A step writes the same when it is begun again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if self._engine is None:
                    connection = connected(self._settings, self._at)
                    self._engine = self._open.enter_context(connection)
                return step(self._engine)
            except EngineLost as error:
                self._engine = None
                self._open.close()
                if attempt == ATTEMPTS:
                    raise
                log.warning("begun again: %s", error)
        raise AssertionError("the last attempt returns or raises")
