"""Turns are taken in the bucket, by conditional write."""

import threading

import pytest

from functions.take_turn import handler
from satispy import journal
from satispy.errors import Conflict
from satispy.retraining import pace, turn
from satispy.settings import Settings
from satispy.storage import Store


@pytest.fixture
def store(aws) -> Store:
    return Store.bucket(Settings())


def event(run: str, **more: object) -> dict[str, object]:
    return {"run": run, "input": {"dataset": "d", "run": run}, **more}


def test_of_many_who_ask_at_once_one_goes(store):
    said = {}
    runs = [f"v{number:05d}" for number in range(1, 9)]

    def ask(run: str) -> None:
        said[run] = handler(event(run), None)["turn"]

    threads = [threading.Thread(target=ask, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(said.values()).count("go") == 1
    assert turn.read(store).holder.run in said


def test_a_run_that_has_lost_its_turn_does_not_publish(store):
    assert handler(event("v00001"), None)["turn"] == "go"
    assert handler(event("v00001", keep=True), None)["turn"] == "go"
    turn.clear(store)
    assert handler(event("v00002"), None)["turn"] == "go"
    with pytest.raises(Conflict, match="lost its turn"):
        handler(event("v00001", keep=True), None)


def test_an_end_gives_the_turn_back_and_says_what_was_learned(store):
    asked = pace.Asked("d", 1, 20, turn.dt.datetime.now(turn.dt.UTC))
    pace.ask(store, asked, pace.Pace(), lambda version, again: "v00001")
    handler(event("v00001"), None)
    handler(event("v00001", ended="trained", drifted=True), None)
    assert turn.read(store).holder is None
    state = pace.State.model_validate_json(store.read(pace.KEY))
    assert (state.learned_version, state.learned_rows, state.drifted) == (1, 20, True)


def test_a_run_is_entered_as_started_and_ended_once_however_often_it_asks(store):
    for more in ({}, {}, {"keep": True}, {"ended": "trained"}, {"ended": "trained"}):
        handler(event("v00001", **more), None)
    handler(event("v00002"), None)
    handler(event("v00002", ended="failed"), None)
    assert [(each.what, each.on) for each in reversed(journal.last(store, 9))] == [
        ("retrain.started", "v00001"),
        ("retrain.ended", "v00001"),
        ("retrain.started", "v00002"),
        ("retrain.failed", "v00002"),
    ]


def test_a_failure_gives_the_turn_back(store):
    handler(event("v00001"), None)
    handler(event("v00001", ended="failed"), None)
    assert handler(event("v00002"), None)["turn"] == "go"
