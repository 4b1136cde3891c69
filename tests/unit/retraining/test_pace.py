"""A retrain starts when it is worth it, once, and what waits is never forgotten."""

import datetime as dt
from pathlib import Path

import pytest

from benchmarks.retrain_day import simulate
from satispy.errors import NotYet
from satispy.retraining import pace, turn
from satispy.retraining.pace import Asked, Pace, ask
from satispy.storage import Store

NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
SPARING = Pace(least_rows=100, least_minutes=60)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


class Machine:
    """Remembers what was started, as unique names make a state machine do."""

    def __init__(self) -> None:
        self.started: list[str] = []

    def start(self, version: int, again: bool) -> str:
        run = f"v{version:05d}"
        if again and run in self.started:
            run += f"-{sum(each.startswith(run) for each in self.started) + 1}"
        if run not in self.started:
            self.started.append(run)
        return run


@pytest.fixture
def machine() -> Machine:
    return Machine()


def asked(version: int, rows: int, minutes: float = 0, *, by_hand: bool = False) -> Asked:
    return Asked("d", version, rows, NOON + dt.timedelta(minutes=minutes), by_hand)


def trained(store: Store, run: str, minutes: float, *, drifted: bool = False) -> None:
    pace.ended(store, "d", run, trained=True, drifted=drifted)
    turn.give_back(store, run, NOON + dt.timedelta(minutes=minutes), trained=True)


def test_by_default_every_upload_that_adds_rows_starts_one_and_a_second_delivery_none(
    store, machine
):
    for _ in range(2):
        assert ask(store, asked(1, 10), Pace(), machine.start) == "v00001"
    assert ask(store, asked(2, 11, 1), Pace(), machine.start) == "v00002"
    assert machine.started == ["v00001", "v00002"]


def test_too_few_new_rows_wait_and_the_reason_counts_them(store, machine):
    ask(store, asked(1, 200), SPARING, machine.start)
    trained(store, "v00001", 10)
    with pytest.raises(NotYet) as waits:
        ask(store, asked(2, 230, 70), SPARING, machine.start)
    assert (waits.value.rows, waits.value.least, waits.value.earliest) == (30, 100, None)
    assert "30 of at least 100 new reviews" in str(waits.value)
    assert ask(store, asked(3, 300, 80), SPARING, machine.start) == "v00003"


def test_too_soon_after_the_last_one_waits_and_the_reason_says_until_when(store, machine):
    ask(store, asked(1, 200), SPARING, machine.start)
    trained(store, "v00001", 10)
    with pytest.raises(NotYet, match="13:00 UTC"):
        ask(store, asked(2, 900, 20), SPARING, machine.start)
    assert ask(store, asked(2, 900, 60), SPARING, machine.start) == "v00002"


def test_fewer_rows_than_asked_for_are_learned_after_a_day(store, machine):
    ask(store, asked(1, 200), SPARING, machine.start)
    trained(store, "v00001", 10)
    for minutes in (70, 70 + 23 * 60):
        with pytest.raises(NotYet):
            ask(store, asked(2, 201, minutes), SPARING, machine.start)
    assert ask(store, asked(2, 201, 70 + 24 * 60), SPARING, machine.start) == "v00002"


def test_where_reviews_drift_few_of_them_are_enough(store, machine):
    ask(store, asked(1, 200), SPARING, machine.start)
    trained(store, "v00001", 10, drifted=True)
    assert ask(store, asked(2, 201, 61), SPARING, machine.start) == "v00002"
    trained(store, "v00002", 70)
    with pytest.raises(NotYet):
        ask(store, asked(3, 202, 200), SPARING, machine.start)


def test_what_a_failed_run_was_to_learn_waits_again_and_gets_another_name(store, machine):
    ask(store, asked(1, 200), SPARING, machine.start)
    pace.ended(store, "d", "v00001", trained=False)
    with pytest.raises(NotYet):
        ask(store, asked(1, 200, 10), SPARING, machine.start)
    assert ask(store, asked(1, 200, 60), SPARING, machine.start) == "v00001-2"


def test_a_run_that_was_claimed_and_never_started_is_started_by_the_next_who_asks(store, machine):
    def dies(version: int, again: bool) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(store, asked(1, 200), SPARING, dies)
    assert ask(store, asked(1, 200, 1), SPARING, machine.start) == "v00001"
    with pytest.raises(KeyboardInterrupt):
        ask(store, asked(2, 400, 61), SPARING, dies)
    assert ask(store, asked(3, 401, 70), SPARING, machine.start) == "v00003"


def test_with_nothing_new_nothing_starts_however_often_it_is_looked(store, machine):
    ask(store, asked(1, 200), SPARING, machine.start)
    trained(store, "v00001", 10)
    # A later version with the same rows: files were joined.
    assert ask(store, asked(2, 200, 5000), SPARING, machine.start) is None
    assert machine.started == ["v00001"]


def test_by_hand_a_retrain_starts_at_once_and_again(store, machine):
    ask(store, asked(1, 200), SPARING, machine.start)
    assert ask(store, asked(1, 200, 1, by_hand=True), SPARING, machine.start) == "v00001-2"
    assert ask(store, asked(1, 200, 2, by_hand=True), SPARING, machine.start) == "v00001-3"


def test_a_dataset_that_is_begun_anew_has_learned_nothing(store, machine):
    ask(store, asked(5, 900), SPARING, machine.start)
    anew = Asked("another", 1, 200, NOON + dt.timedelta(minutes=1))
    assert ask(store, anew, SPARING, machine.start) == "v00001"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_day_of_1000_uploads_starts_at_most_24_one_at_a_time_and_ends_with_the_newest(
    store, seed
):
    day = simulate(store, Pace(100, 90), 1000, seed, minutes=12)
    assert 5 <= len(day.runs) <= 24
    assert day.most_at_once == 1
    last = [run for run in day.runs.values() if run.outcome == "trained"][-1]
    assert last.version == day.version == 1000


def test_what_a_person_stopped_is_learned_with_the_next_reviews_and_not_by_itself(store, machine):
    assert ask(store, asked(1, 10), Pace(), machine.start) == "v00001"
    assert not pace.stopped(store, "v00007")
    assert pace.stopped(store, "v00001")
    assert pace.stopped(store, "v00001")  # delivered twice
    assert ask(store, asked(1, 10, 30), Pace(), machine.start) is None
    pace.ended(store, "d", "v00001", trained=False)  # a function that had not heard of it
    assert ask(store, asked(1, 10, 40), Pace(), machine.start) is None
    assert ask(store, asked(2, 11, 50), Pace(), machine.start) == "v00002"


def test_a_stopped_run_can_be_asked_for_again_by_hand(store, machine):
    ask(store, asked(1, 10), Pace(), machine.start)
    pace.stopped(store, "v00001")
    assert ask(store, asked(1, 10, 1, by_hand=True), Pace(), machine.start) == "v00001-2"


def test_what_has_published_is_not_stopped(store, machine):
    ask(store, asked(1, 10), Pace(), machine.start)
    trained(store, "v00001", 5)
    assert not pace.stopped(store, "v00001")


def test_the_rows_of_a_run_are_those_it_was_claimed_with(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    assert pace.rows_of(store, "v00003") == 0
    claimed = pace.Claimed(dataset_version=3, rows=700_000, at=dt.datetime.now(dt.UTC))
    store.write(pace.KEY, pace.State(claimed=claimed).model_dump_json().encode())
    assert pace.rows_of(store, "v00003") == pace.rows_of(store, "v00003-2") == 700_000
    assert pace.rows_of(store, "v00004") == 0
