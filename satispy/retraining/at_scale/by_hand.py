"""A retrain beyond one machine that a person starts where they are, without a state machine."""

import datetime as dt
from itertools import count

from satispy.engine import chosen
from satispy.errors import Conflict
from satispy.registry.store import ModelStore
from satispy.reports.schema import Report
from satispy.retraining import pace, turn
from satispy.retraining.at_scale.whole import retrain
from satispy.retraining.start import run_name
from satispy.reviews import ReviewTable
from satispy.settings import Settings
from satispy.storage import Store


def is_beyond_one_machine(settings: Settings, store: Store, version: int) -> bool:
    """By the rows that a retrain of this version reads."""
    rows = int(ReviewTable(store).at(version).count())
    most = settings.max_training_rows
    return chosen(settings, min(rows, most or rows)) == "dask"


def retrain_here(settings: Settings, store: Store, models: ModelStore, version: int) -> Report:
    """In its turn, like any other. Raises Conflict while another retrain is under way."""
    dataset = ReviewTable(store).id()
    names = (run_name(version, attempt) for attempt in count(1))
    run = next(name for name in names if not store.list(f"runs/{name}/"))
    if turn.take(store, run, _now(), dataset) != "go":
        raise Conflict(
            "another retrain is under way, or has learned all of this: wait for it, `satispy"
            " status` shows where it is"
        )
    trained, drifted = False, False
    try:
        report = retrain(settings, store, models, run, version)
        trained, drifted = True, bool(report.drift and report.drift.alarming)
    finally:
        pace.ended(store, dataset, run, trained=trained, drifted=drifted)
        turn.give_back(store, run, _now(), trained=trained)
    return report


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
