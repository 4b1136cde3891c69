"""Which of the retrains that were started may run, and what is known of those that are over.

A run asks before it prepares and once more before it publishes; it gives its turn back at its end.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from satispy import journal, observed
from satispy.errors import Conflict
from satispy.journal import Actor, Fact, What
from satispy.retraining import pace, turn
from satispy.settings import Settings
from satispy.storage import Store


def handler(event: Mapping[str, Any], context: object) -> dict[str, str | int]:
    settings = Settings()
    observed.begin(settings, run=event["run"])
    store = Store.bucket(settings)
    now = dt.datetime.now(dt.UTC)
    run, dataset = event["run"], event.get("input", {}).get("dataset", "")
    ended = event.get("ended")
    if ended is None:
        said = turn.take(store, run, now, dataset)
        if event.get("keep") and said != "go":
            raise Conflict(
                "%(run)s has lost its turn: it took longer than %(lease)s",
                run=run,
                lease=turn.LEASE,
            )
        if said == "go" and not event.get("keep"):
            enter(store, What.RETRAIN_STARTED, run, dataset)
        return {"turn": said, "seconds": settings.turn_seconds, "size": size(settings, store, run)}
    trained = ended == "trained"
    pace.ended(store, dataset, run, trained=trained, drifted=bool(event.get("drifted")))
    turn.give_back(store, run, now, trained=trained)
    enter(store, What.RETRAIN_ENDED if trained else What.RETRAIN_FAILED, run, dataset)
    return {"turn": "over", "seconds": 0}


def size(settings: Settings, store: Store, run: str) -> str:
    """Whether the functions do for the rows that the run reads: "function", or "scale"."""
    rows = pace.rows_of(store, run)
    read = min(rows, settings.max_training_rows or rows)
    return "scale" if settings.scale_from_rows and read >= settings.scale_from_rows else "function"


def enter(store: Store, what: What, run: str, dataset: str) -> None:
    """In the journal, once: the state machine asks again until this is done."""
    fact = Fact(by=Actor(who="take_turn", via="pipeline"), what=what, on=run)
    journal.record(store, fact, event=f"{what} {run} of {dataset}")
