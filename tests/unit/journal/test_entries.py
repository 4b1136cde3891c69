"""What is entered, by one or by many, and how it is read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from satispy import journal
from satispy.errors import BrokenArtefact, NotFound, StorageUnreachable
from satispy.journal import Actor, Fact, What
from satispy.journal.entries import key_of
from satispy.journal.log import event_key
from satispy.storage import Store

ANNE = Actor(who="anne", via="cli")


def fact(on: str = "bob", what: What = What.ACCOUNT_SET) -> Fact:
    return Fact(by=ANNE, what=what, on=on)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def test_an_entry_says_who_did_what_and_holds_the_hash_of_the_one_before(store: Store) -> None:
    first, second = (journal.record(store, fact(on)) for on in ("bob", "eve"))
    assert (second.number, second.on, second.by.who) == (2, "eve", "anne")
    assert second.previous == first.hash
    assert journal.head(store) == second.anchor
    assert journal.entry(store, 1) == first


def test_before_the_first_entry_there_is_nothing_to_read(store: Store) -> None:
    assert journal.head(store).number == 0
    assert journal.last(store, 10) == []
    with pytest.raises(NotFound):
        journal.entry(store, 1)


def test_many_writers_at_once_make_one_chain(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: journal.record(store, fact(str(at))), range(60)))
    entries = journal.last(store, 100)
    assert [each.number for each in entries] == list(range(60, 0, -1))
    assert {each.on for each in entries} == {str(at) for at in range(60)}
    assert all(a.previous == b.hash for a, b in pairwise(entries))


def test_what_happened_once_is_entered_once_by_however_many(store: Store) -> None:
    def twice(at: int) -> int:
        return journal.record(store, fact(str(at % 10)), event=f"event {at % 10}").number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(twice, range(40)))
    assert sorted(set(numbers)) == list(range(1, 11))
    assert journal.head(store).number == 10


class Dying(Store):
    """Its process is killed once it has written so often."""

    left: int

    def create(self, key: str, data: bytes) -> None:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        super().create(key, data)


@pytest.mark.parametrize("writes", range(3))
def test_who_is_killed_while_entering_and_comes_again_makes_one_entry(
    tmp_path: Path, writes: int
) -> None:
    store, dying = Store.folder(tmp_path), Dying.folder(tmp_path)
    assert isinstance(dying, Dying)
    dying.left = writes
    if writes < 2:
        with pytest.raises(KeyboardInterrupt):
            journal.record(dying, fact(), event="once")
    else:
        journal.record(dying, fact(), event="once")
    journal.record(store, fact("eve"))
    again = journal.record(store, fact(), event="once")
    assert [each.event for each in journal.last(store, 10)].count("once") == 1
    assert journal.entered(store, "once") == again


class Forgetful(Store):
    """S3 has written, and its answer is lost: the client asks again and is told that it exists."""

    def create(self, key: str, data: bytes) -> None:
        super().create(key, data)
        super().create(key, data)


def test_an_answer_lost_on_the_way_makes_no_second_entry(tmp_path: Path) -> None:
    made = journal.record(Forgetful.folder(tmp_path), fact())
    assert journal.head(Store.folder(tmp_path)) == made.anchor


def test_an_act_is_entered_before_it_is_done_and_its_failure_after(store: Store) -> None:
    with journal.acting(store, fact()) as entry:
        assert journal.head(store) == entry.anchor
    with pytest.raises(StorageUnreachable), journal.acting(store, fact("eve")):
        raise StorageUnreachable("gone")
    failed, asked, _ = journal.last(store, 3)
    assert (failed.what, failed.why, failed.after["entry"]) == (
        "act.failed",
        "StorageUnreachable",
        asked.number,
    )


def test_a_broken_entry_does_not_keep_others_from_being_entered(store: Store) -> None:
    journal.record(store, fact())
    store.write(key_of(1), b"\xff")
    assert journal.record(store, fact()).number == 2
    with pytest.raises(BrokenArtefact):
        journal.entry(store, 1)
    assert [each.number for each in journal.last(store, 10)] == [2]


def test_objects_of_other_names_are_no_entries(store: Store) -> None:
    for key in ("000000000-1000000000.json", "0.json", "999999998-3.json"):
        store.write(f"journal/entries/{key}", b"{}")
    assert journal.record(store, fact()).number == 1


def test_texts_are_one_line_and_not_endless(store: Store) -> None:
    entry = journal.record(store, fact("a\x1b[31m\nb" + "x" * 5_000))
    assert entry.on.startswith("a\\x1b[31m\\nb")
    assert len(entry.on) <= 300


class Counting(Store):
    """Knows how often an entry was read."""

    reads = 0

    def read(self, key: str, version: str | None = None) -> bytes:
        self.reads += 1
        return super().read(key, version)


def days(store: Store, monkeypatch: pytest.MonkeyPatch, count: int) -> Iterator[datetime]:
    """An entry a day."""
    begin = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for day in range(count):
        now = begin + timedelta(days=day)

        class Clock(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:
                return now  # noqa: B023  read at once

        monkeypatch.setattr("satispy.journal.log.datetime", Clock)
        journal.record(store, fact(str(day)))
        yield now


def test_a_day_is_read_without_what_was_before_and_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Counting.folder(tmp_path)
    assert isinstance(store, Counting)
    dates = list(days(store, monkeypatch, 300))
    store.reads = 0
    day = dates[100].replace(hour=0)
    found = list(journal.between(store, day, day + timedelta(days=1)))
    assert [each.on for each in found] == ["100"]
    assert store.reads < 30


def test_time_does_not_go_backwards_where_a_clock_does(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, newest = days(store, monkeypatch, 2)
    next(days(store, monkeypatch, 1))
    assert journal.last(store, 1)[0].when == newest


def test_the_key_of_an_event_is_a_key_whatever_its_name() -> None:
    assert event_key("../a\n").count("/") == 2
