"""What was done to the journal is found, and the first bad entry is named."""

import json
from pathlib import Path

import pytest

from benchmarks.audit import tampered
from satispy import journal
from satispy.journal import Actor, Anchor, Fact, What
from satispy.journal.entries import canonical, hash_of, key_of
from satispy.journal.verify import Finding, verify
from satispy.storage import Store

ANNE = Actor(who="anne", via="cli")
COUNT = 9


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.folder(tmp_path)
    for at in range(COUNT):
        journal.record(store, Fact(by=ANNE, what=What.ACCOUNT_SET, on=str(at)))
    return store


def edit(store: Store, number: int, *, anew: bool) -> None:
    about = json.loads(store.read(key_of(number)))
    about["by"]["who"] = "eve"
    if anew:
        about["hash"] = hash_of(about)
    store.write(key_of(number), canonical(about))


def found(store: Store, *anchors: Anchor) -> Finding:
    bad = verify(store, anchors).first_bad
    assert bad is not None
    return bad


def test_what_was_entered_is_whole(store: Store) -> None:
    verdict = verify(store, [journal.head(store)])
    assert (verdict.entries, verdict.first_bad) == (COUNT, None)
    assert verdict.head == journal.head(store)


def test_an_empty_journal_is_whole(tmp_path: Path) -> None:
    assert verify(Store.folder(tmp_path)).first_bad is None


@pytest.mark.parametrize("number", [1, 4, COUNT])
def test_an_edited_entry_is_named(store: Store, number: int) -> None:
    edit(store, number, anew=False)
    assert (found(store).number, found(store).trouble) == (number, "edited")


@pytest.mark.parametrize("number", [1, 4, COUNT - 1])
def test_an_edited_entry_is_named_though_its_hash_was_made_anew(store: Store, number: int) -> None:
    edit(store, number, anew=True)
    assert (found(store).number, found(store).trouble) == (number, "edited")


def test_the_newest_entry_made_anew_is_known_by_an_anchor(store: Store) -> None:
    head = journal.head(store)
    edit(store, COUNT, anew=True)
    assert found(store, head).number == COUNT


@pytest.mark.parametrize("number", [1, 4, COUNT - 1])
def test_a_deleted_entry_is_named(store: Store, number: int) -> None:
    store.delete(key_of(number))
    assert (found(store).number, found(store).trouble) == (number, "deleted")


def test_entries_that_changed_places_are_found(store: Store) -> None:
    three, seven = store.read(key_of(3)), store.read(key_of(7))
    store.write(key_of(3), seven)
    store.write(key_of(7), three)
    assert (found(store).number, found(store).trouble) == (3, "moved")


def test_entries_that_were_cut_off_are_known_by_an_anchor(store: Store) -> None:
    head = journal.head(store)
    for number in (COUNT - 1, COUNT):
        store.delete(key_of(number))
    assert verify(store).first_bad is None
    assert (found(store, head).number, found(store, head).trouble) == (COUNT - 1, "truncated")


def test_entries_that_were_cut_off_are_known_by_the_marks_of_later_events(store: Store) -> None:
    journal.record(store, Fact(by=ANNE, what=What.UPLOAD_MERGED, on="a.csv"), event="a.csv@1")
    for number in (COUNT, COUNT + 1):
        store.delete(key_of(number))
    assert (found(store).number, found(store).trouble) == (COUNT, "truncated")


def test_a_chain_made_anew_from_an_entry_on_is_known_by_an_anchor(store: Store) -> None:
    head = journal.head(store)
    before = journal.entry(store, 4).hash
    for number in range(5, COUNT + 1):
        about = json.loads(store.read(key_of(number)))
        about |= {"on": "forged", "previous": before}
        about["hash"] = before = hash_of(about)
        store.write(key_of(number), canonical(about))
    assert verify(store).first_bad is None
    assert found(store, head).number == COUNT


def test_many_ways_to_tamper_are_all_found() -> None:
    assert tampered(60, entries=20) == 60
