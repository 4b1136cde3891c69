"""The page Journal, without a browser."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from satispy import journal
from satispy.dashboard.pages.journal import JournalPage, JournalState, said
from satispy.errors import StorageUnreachable
from satispy.journal import Actor, Fact, What
from satispy.journal.entries import key_of
from satispy.locales import names
from satispy.storage import Store
from tests.dashboard.signed_in import ADMIN, USER

ANNE = Actor(who="anne", via="app")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.folder(tmp_path)
    for what, on in ((What.MODEL_PROMOTED, "gbc"), (What.ACCOUNT_SET, "bob")):
        journal.record(store, Fact(by=ANNE, what=what, on=on, after={"tag": "<b>"}))
    return store


def test_an_admin_reads_the_newest_entries_and_can_ask_for_one_kind(store: Store) -> None:
    state = JournalState(lambda: store, ADMIN, "Europe/Paris")
    page = JournalPage(state)
    asyncio.run(state.load())
    assert [each.on for each in state.entries] == ["bob", "gbc"]
    html = page._table.html
    assert "compte créé ou changé" in html
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    state.kind = "model"
    asyncio.run(state.load())
    assert [each.on for each in state.entries] == ["gbc"]


def test_a_day_is_one_of_the_setting_s_time_zone(store: Store) -> None:
    state = JournalState(lambda: store, ADMIN, "Europe/Paris")
    entry = journal.last(store, 1)[0]
    state.day = entry.when.astimezone(state._timezone).date()
    asyncio.run(state.load())
    assert len(state.entries) == 2
    state.day = datetime(2020, 1, 1, tzinfo=UTC).date()
    asyncio.run(state.load())
    assert state.entries == []


def test_what_is_typed_for_a_day_is_read_or_said_to_be_none(store: Store) -> None:
    state = JournalState(lambda: store, ADMIN, "Europe/Paris")
    state.choose_day("5/8/2026")
    assert state.day == date(2026, 8, 5)
    state.choose_day("31/02/2026")
    assert (state.day, state.no_day) == (None, "31/02/2026")
    assert "n’est pas un jour" in said(state)
    asyncio.run(state.load())
    assert state.entries == []
    state.choose_day(" ")
    asyncio.run(state.load())
    assert (state.day, len(state.entries)) == (None, 2)


def test_who_is_no_admin_is_shown_nothing_whatever_is_asked(store: Store) -> None:
    state = JournalState(lambda: store, USER, "Europe/Paris")
    asyncio.run(state.load())
    asyncio.run(state.check())
    assert (state.entries, state.verdict) == ([], None)
    assert "réservée aux administrateurs" in said(state)


def test_the_verdict_names_the_first_bad_entry(store: Store) -> None:
    state = JournalState(lambda: store, ADMIN, "Europe/Paris")
    asyncio.run(state.check())
    assert "intact : 2 entrées" in said(state)
    assert str(journal.head(store)) in said(state)
    store.write(key_of(1), b"{}")
    asyncio.run(state.check())
    assert "L’entrée 1 a été modifiée" in said(state)


def test_while_the_bucket_is_away_the_page_says_so() -> None:
    def away() -> Store:
        raise StorageUnreachable("s3://satispy does not answer")

    state = JournalState(away, ADMIN, "Europe/Paris")
    asyncio.run(state.load())
    assert "ne peut pas être lu" in said(state)


def test_every_act_has_a_name_in_french() -> None:
    assert names.ACTS.keys() == {str(each) for each in What}
