"""An incident is opened once, told to every channel until each confirms, and over by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from satispy import journal
from satispy.alerts import acts, book
from satispy.alerts.book import Book
from satispy.alerts.facts import Alert, Code, Condition
from satispy.alerts.posting import NotTold
from satispy.alerts.telling import tell
from satispy.errors import NotFound
from satispy.journal import Actor, What
from satispy.storage import Store

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EVERY = frozenset(Code)
ANNE = Actor(who="anne", via="app")


def missed(run: str = "v00001", family: str = "gbc") -> Condition:
    facts = {"run": run, "missed": {"f1_0": 0.7}}
    return Condition(code=Code.REQUIREMENT_MISSED, subject=family, since=NOW, facts=facts)


class Channel:
    """Takes what it is told, unless it is deaf."""

    def __init__(self, name: str = "ops", deaf: int = 0) -> None:
        self.name = name
        self.deaf = deaf
        self.heard: list[str] = []

    def tell(self, alert: Alert, now: datetime) -> None:
        if self.deaf:
            self.deaf -= 1
            raise NotTold("it answers 503")
        self.heard.append(alert.key)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def test_a_hundred_repeats_are_one_incident_and_told_once(store: Store) -> None:
    channel = Channel()
    for number in range(100):
        now = NOW + number * SECOND
        book.reconcile(store, [missed(f"v{number:05d}")], now, EVERY)
        tell(store, [channel], now)
    (alert,) = book.read(store).open
    assert (alert.times, alert.raised, alert.seen) == (100, NOW, NOW + 99 * SECOND)
    assert channel.heard == ["requirement-missed:gbc"]


def test_the_same_found_again_changes_nothing(store: Store) -> None:
    for _ in range(3):
        book.reconcile(store, [missed()], NOW, EVERY)
    assert book.read(store).open[0].times == 1


def test_what_is_no_longer_wrong_is_over_and_comes_back_as_another_incident(store: Store) -> None:
    first = book.reconcile(store, [missed()], NOW, EVERY).open[0]
    over = book.reconcile(store, [], NOW + SECOND, EVERY)
    assert (over.open, over.resolved[0].resolved) == ([], NOW + SECOND)
    again = book.reconcile(store, [missed()], NOW + 2 * SECOND, EVERY).open[0]
    assert again.id != first.id


def test_what_nobody_could_judge_stays_open(store: Store) -> None:
    book.reconcile(store, [missed()], NOW, EVERY)
    found = book.reconcile(store, [], NOW, EVERY - {Code.REQUIREMENT_MISSED})
    assert len(found.open) == 1


def test_each_channel_is_told_until_it_confirms_and_the_others_once(store: Store) -> None:
    deaf, well = Channel("deaf", deaf=2), Channel("well")
    book.reconcile(store, [missed()], NOW, EVERY)
    for seconds in range(0, 60, 2):
        tell(store, [deaf, well], datetime.now(UTC) + seconds * SECOND)
    assert (deaf.heard, well.heard) == (["requirement-missed:gbc"],) * 2
    (alert,) = book.read(store).open
    assert alert.told.keys() == {"deaf", "well"}
    assert alert.tries == {}


def test_pauses_double_up_to_a_quarter_of_an_hour(store: Store) -> None:
    book.reconcile(store, [missed()], NOW, EVERY)
    now, pauses = NOW, []
    for _ in range(12):
        ((alert, name),) = book.take(store, ["ops"], now)
        book.failed(store, alert, name, now, "it answers 503")
        following = book.read(store).open[0].tries["ops"].next
        pauses.append((following - now).total_seconds())
        assert book.take(store, ["ops"], following - SECOND) == []
        now = following
    assert pauses[:4] == [3, 6, 12, 24]
    assert pauses[-1] == 900


def test_who_is_killed_while_telling_is_followed_by_another(store: Store) -> None:
    book.reconcile(store, [missed()], NOW, EVERY)
    assert len(book.take(store, ["ops"], NOW)) == 1  # and dies
    assert book.take(store, ["ops"], NOW + SECOND) == []
    assert len(book.take(store, ["ops"], NOW + book.LEASE)) == 1


def test_what_was_over_before_anybody_was_told_is_told_all_the_same(store: Store) -> None:
    channel = Channel()
    book.reconcile(store, [missed()], NOW, EVERY)
    book.reconcile(store, [], NOW + SECOND, EVERY)
    tell(store, [channel], NOW + 2 * SECOND)
    tell(store, [channel], NOW + 60 * SECOND)
    assert channel.heard == ["requirement-missed:gbc"]
    assert book.read(store).resolved[0].told.keys() == {"ops"}


def test_a_silent_alert_is_told_when_its_silence_is_over(store: Store) -> None:
    channel = Channel()
    alert = book.reconcile(store, [missed()], NOW, EVERY).open[0]
    acts.silence(store, alert.id[:4], NOW + 60 * SECOND, ANNE)
    tell(store, [channel], NOW)
    assert channel.heard == []
    tell(store, [channel], NOW + 61 * SECOND)
    assert channel.heard == [alert.key]


def test_a_silence_that_is_lifted_is_over_at_once(store: Store) -> None:
    alert = book.reconcile(store, [missed()], NOW, EVERY).open[0]
    acts.silence(store, alert.id, NOW + 60 * SECOND, ANNE)
    assert book.take(store, ["ops"], NOW) == []
    acts.silence(store, alert.id, None, ANNE)
    assert len(book.take(store, ["ops"], NOW)) == 1


def test_an_alert_is_acknowledged_by_somebody_at_a_time_with_a_word(store: Store) -> None:
    alert = book.reconcile(store, [missed(), missed(family="svm")], NOW, EVERY).open[1]
    seen = acts.acknowledge(store, alert.id, ANNE, NOW, "c’est le transporteur")
    assert (seen.subject, seen.acknowledged_by, seen.acknowledged) == ("svm", "anne", NOW)
    assert seen.word == "c’est le transporteur"
    with pytest.raises(NotFound, match="alerts list"):
        acts.acknowledge(store, "zz", ANNE, NOW)


def test_what_people_do_about_alerts_is_in_the_journal(store: Store) -> None:
    alert = book.reconcile(store, [missed()], NOW, EVERY).open[0]
    acts.acknowledge(store, alert.id[:5], ANNE, NOW, "vu")
    acts.silence(store, alert.id, NOW + SECOND, ANNE)
    acts.try_out(store, ANNE, NOW)
    test, silenced, seen = journal.last(store, 3)
    assert [each.what for each in (seen, silenced, test)] == [
        What.ALERT_ACKNOWLEDGED,
        What.ALERT_SILENCED,
        What.ALERT_TESTED,
    ]
    assert {each.by for each in (seen, silenced, test)} == {ANNE}
    assert (seen.on, seen.why, seen.after["alert"]) == (alert.id, "vu", alert.key)


def test_a_message_to_try_channels_is_told_by_whoever_tells_and_opens_nothing(
    store: Store,
) -> None:
    channel, now = Channel(), datetime.now(UTC)
    acts.try_out(store, ANNE, now)
    tell(store, [channel], now)
    acts.try_out(store, ANNE, now + SECOND)
    tell(store, [channel], now + SECOND)
    assert channel.heard == ["test:anne"] * 2
    kept = book.read(store)
    assert (kept.open, len(kept.resolved)) == ([], 1)
    assert kept.resolved[0].told.keys() == {"ops"}


def test_rubbish_in_the_place_of_the_book_is_written_over(store: Store) -> None:
    store.write(book.KEY, b"{")
    assert len(book.reconcile(store, [missed()], NOW, EVERY).open) == 1
    assert len(book.read(store).open) == 1


def test_rubbish_is_written_over_where_nothing_is_wrong_too(store: Store) -> None:
    store.write(book.KEY, b"{")
    book.reconcile(store, [], NOW, EVERY)
    assert book.read(store) == Book()
