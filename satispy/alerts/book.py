"""The open alerts and the newest resolved ones: one object, changed by compare-and-swap.

It is also the outbox: an alert is told to a channel until that has confirmed it, by whoever runs.
"""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from pydantic import Field, ValidationError

from satispy.alerts.facts import Alert, Condition, Record, Try
from satispy.errors import BrokenArtefact, NotFound
from satispy.storage import Store

KEY: Final = "alerts/book.json"
RESOLVED_KEPT: Final = 100
#: What was over before anybody was told of it, is told of all the same.
RESOLVED_TOLD: Final = timedelta(days=1)
#: Longer than a channel may take; who is killed while telling is followed by another after it.
LEASE: Final = timedelta(seconds=12)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=3), timedelta(minutes=15)


class Book(Record):
    open: list[Alert] = Field(default_factory=list, description="Oldest first")
    resolved: list[Alert] = Field(default_factory=list, description="The newest last")


def read(store: Store) -> Book:
    """Raises BrokenArtefact."""
    try:
        return parse(KEY, store.read(KEY))
    except NotFound:
        return Book()


def parse(key: str, data: bytes) -> Book:
    """Raises BrokenArtefact."""
    try:
        return Book.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("%(key)s is not a book of alerts", key=key) from error


def reconcile(
    store: Store, conditions: Iterable[Condition], now: datetime, judged: Collection[str]
) -> Book:
    """What is wrong now is open, once; what is no longer wrong, of the codes that were `judged`,
    is resolved."""
    wrong = {each.key: each for each in conditions}

    def change(book: Book) -> Book:
        kept, over = [], []
        for alert in book.open:
            found = wrong.get(alert.key)
            if found is not None:
                kept.append(_again(alert, found, now))
            elif alert.code in judged:
                over.append(alert.model_copy(update={"resolved": now}))
            else:
                kept.append(alert)
        known = {alert.key for alert in book.open}
        new = [
            Alert(**found.model_dump(), raised=now, seen=now)
            for key, found in wrong.items()
            if key not in known
        ]
        if not new and not over and kept == book.open:
            return book
        resolved = [*book.resolved, *over][-RESOLVED_KEPT:]
        return book.model_copy(update={"open": [*kept, *new], "resolved": resolved})

    return update(store, change)


def _again(alert: Alert, found: Condition, now: datetime) -> Alert:
    """The same incident; another fact about it counts, the same one found again does not."""
    if alert.facts == found.facts:
        return alert
    return alert.model_copy(update={"facts": found.facts, "seen": now, "times": alert.times + 1})


def take(store: Store, channels: Collection[str], now: datetime) -> list[tuple[Alert, str]]:
    """Each alert with a channel that is to be told of it now, taken for as long as a lease: two
    that tell at once take each only once."""
    taken: list[tuple[Alert, str]] = []

    def wanted(alert: Alert) -> Alert:
        tries = dict(alert.tries)
        for channel in channels:
            before = tries.get(channel)
            early = before is not None and before.next > now
            if channel in alert.told or alert.is_silent(now) or early:
                continue
            count, problem = (before.count, before.problem) if before else (0, "")
            tries[channel] = Try(count=count + 1, next=now + LEASE, problem=problem)
            taken.append((alert, channel))
        return alert if tries == alert.tries else _with(alert, tries)

    def change(book: Book) -> Book:
        taken.clear()
        fresh = now - RESOLVED_TOLD
        opened = [wanted(each) for each in book.open]
        resolved = [wanted(each) if each.raised > fresh else each for each in book.resolved]
        return book.model_copy(update={"open": opened, "resolved": resolved}) if taken else book

    update(store, change)
    return taken


def confirm(store: Store, alert: Alert, channel: str, now: datetime) -> None:
    """The channel has it."""

    def told(each: Alert) -> Alert:
        tries = {name: one for name, one in each.tries.items() if name != channel}
        return each.model_copy(update={"told": {**each.told, channel: now}, "tries": tries})

    update(store, lambda book: _change(book, alert.id, told))


def failed(store: Store, alert: Alert, channel: str, now: datetime, problem: str) -> None:
    """The channel is told again later, each time after twice as long."""

    def tried(each: Alert) -> Alert:
        count = each.tries[channel].count if channel in each.tries else 1
        pause = min(FIRST_PAUSE * 2 ** min(count - 1, 20), LONGEST_PAUSE)
        again = Try(count=count, next=now + pause, problem=problem[:200])
        return _with(each, {**each.tries, channel: again})

    update(store, lambda book: _change(book, alert.id, tried))


def _with(alert: Alert, tries: dict[str, Try]) -> Alert:
    return alert.model_copy(update={"tries": tries})


def _change(book: Book, id: str, change: Callable[[Alert], Alert]) -> Book:
    """Resolved meanwhile, it is told all the same."""
    changed = {
        name: [change(each) if each.id == id else each for each in alerts]
        for name, alerts in (("open", book.open), ("resolved", book.resolved))
    }
    return book.model_copy(update=changed)


def update(store: Store, change: Callable[[Book], Book]) -> Book:
    """The book, changed by a compare-and-swap; not written where `change` leaves it as it is."""
    wanted = Book()

    def written(data: bytes | None) -> bytes | None:
        nonlocal wanted
        book: Book | None = None
        with suppress(BrokenArtefact):  # written over: what is wrong is found again
            book = Book() if data is None else parse(KEY, data)
        wanted = change(book or Book())
        return None if wanted == book else wanted.model_dump_json(indent=1).encode()

    store.update(KEY, written)
    return wanted
