"""Bursts of uploads: one retrain at a time, the newest wins, none is forgotten."""

import datetime as dt
from pathlib import Path

import pytest

from satispy.errors import SatispyError
from satispy.retraining import turn
from satispy.storage import Store

NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def at(minutes: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minutes)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def test_a_run_alone_goes_and_may_ask_again(store):
    assert turn.take(store, "v00003", at(0)) == "go"
    assert turn.take(store, "v00003", at(1)) == "go"


def test_of_a_burst_the_first_trains_the_newest_follows_and_the_rest_end(store):
    assert turn.take(store, "v00006", at(0)) == "go"
    for run in ("v00007", "v00008", "v00009"):
        assert turn.take(store, run, at(1)) == "wait"
    assert turn.take(store, "v00007", at(2)) == "superseded"
    assert turn.take(store, "v00008", at(2)) == "superseded"
    turn.give_back(store, "v00006", at(5), trained=True)
    assert turn.take(store, "v00009", at(6)) == "go"


def test_an_older_run_that_comes_late_is_superseded_by_a_newer_that_has_trained(store):
    turn.take(store, "v00004", at(0))
    turn.give_back(store, "v00004", at(5), trained=True)
    assert turn.take(store, "v00003", at(600)) == "superseded"


def test_a_newer_run_that_failed_supersedes_nothing(store):
    turn.take(store, "v00004", at(0))
    turn.give_back(store, "v00004", at(5), trained=False)
    assert turn.take(store, "v00003", at(6)) == "go"


def test_the_turn_of_a_run_that_is_no_more_ends_by_itself(store):
    assert turn.take(store, "v00003", at(0)) == "go"
    assert turn.take(store, "v00004", at(89)) == "wait"
    assert turn.take(store, "v00004", at(91)) == "go"
    assert turn.take(store, "v00003", at(92)) == "superseded"  # it comes back, and must stop


def test_a_run_keeps_its_turn_by_asking_again(store):
    turn.take(store, "v00003", at(0))
    turn.take(store, "v00003", at(60))
    assert turn.take(store, "v00004", at(100)) == "wait"


def test_a_run_by_hand_is_newer_than_the_first_of_its_version():
    order = turn.order
    assert order("v00003") < order("v00003-2") < order("v00003-10") < order("v00004")


def test_a_dataset_that_is_begun_anew_is_not_superseded_by_the_first_one(store):
    turn.take(store, "v00009", at(0), "first")
    turn.give_back(store, "v00009", at(5), trained=True)
    # Rubbish in its place is written over, too.
    assert turn.take(store, "v00001-2", at(9), "second") == "go"
    store.write(turn.KEY, b"rubbish")
    assert turn.take(store, "v00001-2", at(9), "second") == "go"


def test_something_that_is_no_run_is_named(store):
    with pytest.raises(SatispyError, match="tuesday"):
        turn.take(store, "tuesday", NOON)
