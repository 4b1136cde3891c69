"""The page Alertes, without a browser."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic.types import JsonValue
from signed_in import ADMIN, USER
from test_why_page import made_up

from satispy import journal
from satispy.alerts import book
from satispy.alerts.channels import Channel, Webhook
from satispy.alerts.facts import Code, Condition
from satispy.alerts.words import words
from satispy.dashboard import alerting
from satispy.dashboard.door.permits import Permits, nobody
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.alerts import AlertsPage, AlertsState
from satispy.errors import Forbidden, NotFound, SatispyError
from satispy.journal import What
from satispy.locales.reader import Reader, answering
from satispy.storage import Store

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
FACTS: dict[Code, tuple[str, dict[str, JsonValue]]] = {
    Code.DRIFT: ("reviews", {"run": "v00002", "upload": "<b>\n", "drifted": ["company"]}),
    Code.REQUIREMENT_MISSED: ("gbc", {"run": "v00002", "missed": {"f1_0": 0.782}}),
    Code.INCIDENT: (
        "delivery · Alpha · TrustPilot",
        {
            "aspect": "delivery",
            "title": {"fr": "Livraison", "en": "Delivery"},
            "company": "Alpha",
            "source": "TrustPilot",
            "complaints": 30,
            "reviews": 50,
            "usual": 0.2,
            "examples": ["colis <i>perdu</i>"],
        },
    ),
    Code.RETRAIN_FAILED: ("retrain", {"run": "v00003", "dataset_version": 3}),
    Code.RETRAIN_STUCK: ("v00003", {"run": "v00003"}),
    Code.DEAD_LETTERS: ("uploads", {}),
    Code.OLD_MODEL: ("gbc", {"tag": "satispy-gbc:v1", "days": 90.0}),
    Code.TEST: ("anne", {}),
}
#: A number, a name: what a sentence holds of the facts of each.
HELD = {
    Code.DRIFT: "enseigne",
    Code.REQUIREMENT_MISSED: "78,2",
    Code.INCIDENT: "30 plaintes sur 50 avis",
    Code.RETRAIN_FAILED: "v00003",
    Code.RETRAIN_STUCK: "v00003",
    Code.DEAD_LETTERS: "Un fichier",
    Code.OLD_MODEL: "90 jours",
    Code.TEST: "anne",
}


def condition(code: Code, since: datetime = NOW - HOUR) -> Condition:
    subject, facts = FACTS[code]
    return Condition(code=code, subject=subject, since=since, facts=facts)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def opened(store: Store, *codes: Code) -> None:
    book.reconcile(store, map(condition, codes), NOW, frozenset(Code))


def state_of(store: Store, permits: Permits = ADMIN) -> AlertsState:
    state = AlertsState(lambda: store, permits, list)
    look(state, store)
    return state


def look(state: AlertsState, store: Store) -> None:
    """As the feed does."""
    state.snapshot = Snapshot(alerts=book.read(store), insights=made_up(), read=True)


def html(page: AlertsPage) -> str:
    return "".join(
        each.object
        for each in page.layout.select(lambda one: isinstance(getattr(one, "object", None), str))
    )


def run(action: object) -> None:
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, action).result()


@pytest.mark.parametrize("code", list(Code))
def test_each_alert_has_its_cause_its_next_step_and_where_to_look_in_both_languages(
    code: Code,
) -> None:
    alert = book.Alert(**condition(code).model_dump(), raised=NOW, seen=NOW)
    french = alerting.told(alert)
    assert HELD[code] in french.words.cause
    assert french.words.title
    assert french.words.step
    assert bool(french.link) is (code != Code.TEST)
    with answering(Reader(language="en")):
        english = alerting.told(alert)
    assert english.words.cause != french.words.cause
    assert english.words.step != french.words.step


def test_the_incident_stands_first_and_what_somebody_has_seen_last(store: Store) -> None:
    opened(store, Code.DRIFT, Code.OLD_MODEL, Code.REQUIREMENT_MISSED, Code.INCIDENT)
    state = state_of(store)
    order = [each.code for each in state.open]
    assert order == [Code.INCIDENT, Code.REQUIREMENT_MISSED, Code.DRIFT, Code.OLD_MODEL]
    assert state.shown == state.open[0]
    run(state.acknowledge())
    look(state, store)
    assert [each.code for each in state.open][-1] == Code.INCIDENT


def test_nothing_that_customers_or_files_brought_is_markup(store: Store) -> None:
    opened(store, *Code)
    state = state_of(store)
    page = AlertsPage(state)
    for each in state.open:
        state.chosen = each.id
        said = html(page)
        assert "<i>perdu" not in said
        assert "<b>\n" not in said
    assert "&lt;b&gt;" in said


def test_an_admin_says_that_it_is_seen_with_a_word_and_silences_it_for_a_time(
    store: Store,
) -> None:
    opened(store, Code.INCIDENT)
    state = state_of(store)
    page = AlertsPage(state)
    state.word = "  le transporteur\nest appelé "
    run(state.acknowledge())
    assert state.word == ""
    assert words(state.book.open[0]).title in state.done, "the next one that is not seen is shown"
    assert "<i>perdu" not in html(page)
    state.hours = "8"
    run(state.silence())
    look(state, store)
    (alert,) = book.read(store).open
    assert (alert.acknowledged_by, alert.word) == ("anne", "le transporteur est appelé")
    assert alert.is_silent(datetime.now(UTC) + 7 * HOUR)
    assert not alert.is_silent(datetime.now(UTC) + 9 * HOUR)
    assert "« <bdi>le transporteur est appelé</bdi> »" in html(page)
    run(state.speak_again())
    assert not book.read(store).open[0].is_silent(datetime.now(UTC))
    assert {each.by.via for each in journal.last(store, 9)} == {"app"}
    assert [each.what for each in journal.last(store, 9)] == [
        What.ALERT_SILENCED,
        What.ALERT_SILENCED,
        What.ALERT_ACKNOWLEDGED,
    ]


@pytest.mark.parametrize("permits", [USER, nobody()])
def test_who_may_not_changes_nothing_by_whatever_events(store: Store, permits: Permits) -> None:
    opened(store, Code.INCIDENT)
    state = state_of(store, permits)
    page = AlertsPage(state)
    assert "réservé aux administrateurs" in html(page)
    assert page._acting.styles["gap"] == "14px", "the notice would cover the fields below"
    before = {entry.key: entry.etag for entry in store.list("")}
    for act in (state.acknowledge, state.silence, state.speak_again, state.try_out):
        run(act())
        assert isinstance(state.trouble, Forbidden)
    assert {entry.key: entry.etag for entry in store.list("")} == before


def test_what_is_over_by_itself_is_shown_lately_and_nothing_more_can_be_done(store: Store) -> None:
    opened(store, Code.INCIDENT)
    state = state_of(store)
    page = AlertsPage(state)
    (alert,) = state.open
    state.chosen = alert.id
    opened(store)
    run(state.acknowledge())
    assert isinstance(state.trouble, NotFound)
    assert "finie entre-temps" in html(page)
    look(state, store)
    assert "✓ finie" in html(page)
    assert "Aucune alerte n’est ouverte" in html(page)
    assert not page._acting.visible
    state.chosen = "0123456789"
    assert "n’est plus connue" in html(page)


def test_channels_are_named_with_what_they_confirmed_and_a_message_tries_them(
    store: Store,
) -> None:
    hook = Webhook.model_validate({"name": "ops", "form": "slack", "url": "https://a.example/KEY"})
    known: Sequence[Channel] = [hook]
    opened(store, Code.INCIDENT)
    state = AlertsState(lambda: store, ADMIN, lambda: known)
    page = AlertsPage(state)
    run(state.opened())
    run(state.try_out())
    alert = book.read(store).resolved[0]
    book.confirm(store, alert, "ops", NOW)
    book.failed(store, alert, "mail", NOW, "it answers 503")
    look(state, store)
    said = html(page)
    for part in ("Slack", "✓ ops", "✗ mail", "it answers 503", "Message d’essai de anne"):
        assert part in said
    assert "KEY" not in said
    assert journal.last(store, 1)[0].what == What.ALERT_TESTED


def test_a_file_of_channels_that_is_wrong_is_said_to_admins_only(store: Store) -> None:
    def wrong() -> Sequence[Channel]:
        raise SatispyError("others can read alerts.toml: chmod 600 alerts.toml")

    for permits, told in ((ADMIN, True), (USER, False)):
        state = AlertsState(lambda: store, permits, wrong)
        page = AlertsPage(state)
        run(state.opened())
        look(state, store)
        assert ("chmod 600" in html(page)) is told
