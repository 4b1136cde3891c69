"""Start the retrain of a dataset version: a Step Functions execution named after it."""

import datetime as dt
import re
from collections.abc import Callable
from itertools import count

from satispy.cloud import StateMachine
from satispy.errors import StackError
from satispy.reports import store as reports
from satispy.retraining import pace, turn
from satispy.retraining.pace import Asked, Pace, ask
from satispy.reviews.table import ReviewTable
from satispy.settings import Settings
from satispy.storage import Store


def run_name(dataset_version: int, attempt: int = 1) -> str:
    """`v00003`; `v00003-2` when version 3 is trained a second time, by hand."""
    return f"v{dataset_version:05d}" + (f"-{attempt}" if attempt > 1 else "")


def dataset_version(run: str) -> int:
    match = re.match(r"v(\d+)", run)
    if not match:
        raise ValueError(f"{run} is not the name of a run")
    return int(match[1])


def start_retrain(
    settings: Settings,
    dataset_version: int,
    *,
    by_hand: bool = False,
    dataset: str = "",
    reported: Callable[[str], bool] = lambda run: False,
) -> str:
    """Start the run and return its name.

    Asking twice for the retrain of one version starts one, unless a person asks for it by hand.
    Names may not be used again for 90 days: where one was another run's, of a dataset that was
    begun anew (`dataset` is its id) or of other hands, the run gets the next free name. A state
    machine forgets names after that, or when a laptop's is started anew: by hand those that have
    `reported` are not used again either, or the report of the new run would be dropped.
    """
    if not settings.state_machine_arn:
        raise StackError("SATISPY_STATE_MACHINE_ARN is not set: nothing can retrain")
    machine = StateMachine(settings)
    for attempt in count(1):
        run = run_name(dataset_version, attempt)
        if by_hand and reported(run):
            continue
        asked = {"dataset_version": dataset_version, "run": run, "dataset": dataset}
        if machine.start(run, asked):
            return run
        if not by_hand and machine.started_with(run) == asked:
            return run
    raise AssertionError("count() has no end")


def stop_retrain(settings: Settings, store: Store, run: str) -> bool:
    """Whether it was going on. Its turn is free for the next."""
    if not settings.state_machine_arn:
        raise StackError("SATISPY_STATE_MACHINE_ARN is not set: nothing can be stopped")
    if not pace.stopped(store, run):
        return False
    StateMachine(settings).stop(run)
    turn.give_back(store, run, dt.datetime.now(dt.UTC), trained=False)
    return True


def ask_for_retrain(
    settings: Settings, store: Store, dataset_version: int | None = None, *, by_hand: bool = False
) -> str | None:
    """The run that learns this version of the dataset, the newest if none is named: started now, or
    going on. None if there is nothing new. Raises NotYet while it is not worth it."""
    table = ReviewTable(store)
    if dataset_version is None:
        dataset_version = table.version()
    if not dataset_version:
        return None
    asked = Asked(
        dataset=table.id(),
        dataset_version=dataset_version,
        rows=int(table.at(dataset_version).count()),
        now=dt.datetime.now(dt.UTC),
        by_hand=by_hand,
    )

    def start(version: int, again: bool) -> str:
        return start_retrain(
            settings,
            version,
            by_hand=again,
            dataset=asked.dataset,
            reported=lambda run: store.exists(reports.key(run)),
        )

    return ask(store, asked, Pace.from_settings(settings), start)
