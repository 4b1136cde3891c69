"""What people changed of what serves, as the app follows it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from satispy.dashboard import changes as dashboard_changes
from satispy.dashboard.changes import Changes
from satispy.journal import Actor
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.storage import Store

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
ANNE = Actor(who="anne", via="app")


def promote(store: Store, number: int, by: Actor) -> None:
    production = Production(
        tag=f"satispy-gbc:v{number:05d}-0badcafe",
        archive="",
        digest="",
        run=f"v{number:05d}",
        dataset_version=number,
        since=START + timedelta(days=number),
        accuracy=0.9,
    )
    pointer.promote(store, "gbc", production, "essai", by)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def test_only_what_people_changed_is_kept_in_its_order(store: Store) -> None:
    for number in (1, 2):
        promote(store, number, pointer.PUBLISH)
    pointer.rollback(store, "gbc", START + timedelta(days=3), ANNE, "trop sévère")
    promote(store, 2, ANNE)
    found = Changes().refreshed(store, pointer.read(store)).by_people
    assert [(each.kind, each.by.who, each.reason) for each in found] == [
        ("rolled_back", "anne", "trop sévère"),
        ("promoted", "anne", "essai"),
    ]


def test_a_look_asks_for_a_few_and_the_last_one_for_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard_changes, "MOST", 5)
    monkeypatch.setattr(dashboard_changes, "AT_A_LOOK", 2)
    for number in range(1, 9):
        promote(store, number, ANNE)
    now, looks = pointer.read(store), [Changes()]
    while (next_look := looks[-1].refreshed(store, now)) is not looks[-1]:
        looks.append(next_look)
    assert [len(each.known) for each in looks] == [0, 2, 4, 5]
    promote(store, 9, ANNE)
    assert sorted(looks[-1].refreshed(store, pointer.read(store)).known) == [5, 6, 7, 8, 9]


def test_a_bucket_that_was_begun_anew_has_changes_of_its_own(store: Store, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        promote(store, number, ANNE)
    known = Changes().refreshed(store, pointer.read(store))
    anew = Store.folder(tmp_path / "anew")
    promote(anew, 7, ANNE)
    assert [each.tag for each in known.refreshed(anew, pointer.read(anew)).by_people] == [
        "satispy-gbc:v00007-0badcafe"
    ]
    assert known.refreshed(anew, None).by_people == ()
