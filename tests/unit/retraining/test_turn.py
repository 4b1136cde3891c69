"""Bursts of uploads: one retrain at a time, the newest wins, none is forgotten."""

import datetime as dt
import time
from pathlib import Path

import pytest

from satispy.errors import Conflict, SatispyError, StorageUnreachable
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


def test_a_run_that_takes_longer_than_a_lease_keeps_its_turn(store):
    begin = dt.datetime.now(dt.UTC)
    turn.take(store, "v00003", begin - turn.LEASE + dt.timedelta(seconds=1))
    with turn.kept(store, "v00003", every=dt.timedelta(milliseconds=10)):
        end = time.monotonic() + 10
        while turn.read(store).holder.at < begin + turn.LEASE and time.monotonic() < end:
            time.sleep(0.01)
    assert turn.take(store, "v00004", begin + dt.timedelta(minutes=60)) == "wait"


def test_a_run_whose_turn_another_has_taken_publishes_nothing(store):
    now = dt.datetime.now(dt.UTC)
    turn.take(store, "v00003", now - turn.LEASE - dt.timedelta(minutes=1))
    with pytest.raises(Conflict, match="lost its turn to v00004"), turn.kept(store, "v00003"):
        assert turn.take(store, "v00004", now) == "go"


def test_a_store_that_does_not_answer_ends_no_run(store, monkeypatch, caplog):
    turn.take(store, "v00003", dt.datetime.now(dt.UTC))

    def refuse(*_):
        raise StorageUnreachable("no answer")

    often = dt.timedelta(milliseconds=10)
    with turn.kept(store, "v00003", often), monkeypatch.context() as patch:
        patch.setattr(Store, "update", refuse)
        end = time.monotonic() + 10
        while not caplog.records and time.monotonic() < end:
            time.sleep(0.01)
    assert "was not renewed" in caplog.text
