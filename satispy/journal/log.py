"""Enter a fact, and read what was entered.

Nothing is locked and nothing written over: an entry is the object of its number, created only if
that is free. Who comes second reads who was first, and takes the next number.
"""

import hashlib
import random
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from pydantic import ValidationError

from satispy.errors import BrokenArtefact, Conflict, NotFound, SatispyError
from satispy.journal.entries import (
    MOST,
    NOTHING,
    PREFIX,
    Anchor,
    Entry,
    Fact,
    Record,
    What,
    key_of,
    made,
    number_of,
    parse,
)
from satispy.storage import Store

EVENTS: Final = "journal/events"
#: How often others may take the number that was free.
ATTEMPTS: Final = 200
#: Entries that are asked for at once.
_AT_ONCE: Final = 32


class Event(Record):
    """That something which happens once is about to be entered; `after`: the head at that time.

    Its entry, if there is one, comes later than that.
    """

    event: str
    after: Anchor


@dataclass(frozen=True)
class _Link:
    """What the next entry has to know of an entry, be it a broken one."""

    number: int
    hash: str
    when: datetime | None = None
    event: str | None = None


def record(store: Store, fact: Fact, event: str = "") -> Entry:
    """Enter a fact. What has an `event` is entered once, however often it is recorded, by however
    many at once; the entry is returned in any case."""
    at = _head(store)
    event, once = event or uuid4().hex, bool(event)
    if once:
        try:
            mark = Event(event=event, after=Anchor(number=at.number, hash=at.hash))
            store.create(event_key(event), mark.model_dump_json().encode())
        except Conflict:
            if found := entered(store, event):
                return found
    for race in range(ATTEMPTS):
        when = max(datetime.now(UTC), at.when or datetime.min.replace(tzinfo=UTC))
        entry, data = made(fact, event, at.number + 1, at.hash, when)
        try:
            store.create(key_of(entry.number), data)
        except Conflict:
            # Each entry up to the one that is written has been looked at: none is of this event,
            # not even one of this call whose answer was lost on the way.
            with suppress(NotFound):  # S3 also says no where two came at once, to both
                at = _link(store, entry.number)
            if at.event == event:
                return parse(entry.number, store.read(key_of(entry.number)))
            time.sleep(random.uniform(0, 0.002 * min(race, 25)))  # noqa: S311  not all at once again
            continue
        return entry
    raise Conflict(
        "%(attempts)s others were entered before %(what)s; try again",
        attempts=ATTEMPTS,
        what=fact.what,
    )


@contextmanager
def acting(store: Store, fact: Fact) -> Iterator[Entry]:
    """Enter an act, then do it in this block: who dies in between has entered it, and an act that
    fails is followed by an entry that says so."""
    entry = record(store, fact)
    try:
        yield entry
    except BaseException as error:
        about: dict[str, object] = {"entry": entry.number, "what": entry.what}
        failed = Fact(
            by=fact.by, what=What.FAILED, on=fact.on, why=type(error).__name__, after=about
        )
        with suppress(SatispyError):  # what failed is told in any case
            record(store, failed)
        raise


def head(store: Store) -> Anchor:
    """The newest entry; number 0 before the first."""
    at = _head(store)
    return Anchor(number=at.number, hash=at.hash)


def entry(store: Store, number: int) -> Entry:
    """Raises NotFound, and BrokenArtefact."""
    if not 1 <= number < MOST:
        raise NotFound("the journal has no entry %(number)s", number=number)
    return parse(number, store.read(key_of(number)))


def entered(store: Store, event: str) -> Entry | None:
    """The entry of an event; None if it was not entered."""
    try:
        mark = Event.model_validate_json(store.read(event_key(event)))
    except (NotFound, ValidationError):
        return None
    number = mark.after.number + 1
    while True:
        try:
            link = _link(store, number)
        except NotFound:
            return None
        if link.event == event:
            return entry(store, number)
        number += 1


def last(store: Store, most: int, before: int | None = None) -> list[Entry]:
    """So many entries, the newest first, or those before an entry; broken ones are left out."""
    end = min(before or MOST, _head(store).number + 1)
    return _whole(store, range(end - 1, max(0, end - 1 - most), -1))


def between(store: Store, since: datetime, until: datetime | None = None) -> Iterator[Entry]:
    """What was entered since then and before `until`, the newest first; broken ones are left out.
    Finding the day asks for as many entries as their number has binary digits."""
    newest = _head(store).number
    begin = _first_at(store, newest, since)
    end = _first_at(store, newest, until) if until else newest + 1
    for at in range(end - 1, begin - 1, -_AT_ONCE):
        yield from _whole(store, range(at, max(begin - 1, at - _AT_ONCE), -1))


def stored(store: Store, numbers: Iterable[int]) -> Iterator[tuple[int, bytes | None]]:
    """The bytes of these entries, many asked for at once; None where there is none."""

    def of(number: int) -> tuple[int, bytes | None]:
        try:
            return number, store.read(key_of(number))
        except NotFound:
            return number, None

    wanted = iter(numbers)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while several := [number for number, _ in zip(wanted, range(8 * _AT_ONCE), strict=False)]:
            yield from pool.map(of, several)


def event_key(event: str) -> str:
    return f"{EVENTS}/{hashlib.sha256(event.encode()).hexdigest()[:32]}.json"


def _whole(store: Store, numbers: range) -> list[Entry]:
    found = []
    for number, data in stored(store, numbers):
        with suppress(BrokenArtefact):
            if data is not None:
                found.append(parse(number, data))
    return found


def _first_at(store: Store, newest: int, when: datetime) -> int:
    """The number of the first entry that was entered at that time or later."""
    low, high = 1, newest + 1
    while low < high:
        middle = asked = (low + high) // 2
        at = None
        while at is None and asked < high:  # past what is broken or gone
            with suppress(NotFound):
                at = _link(store, asked).when
            asked += 1
        if at is None:
            high = middle
        elif at < when:
            low = asked
        else:
            high = middle
    return low


def _head(store: Store) -> _Link:
    for found in store.first(PREFIX, 1_000):
        if number := number_of(found.key):
            return _link(store, number)
    return _Link(0, NOTHING)


def _link(store: Store, number: int) -> _Link:
    data = store.read(key_of(number))
    try:
        found = parse(number, data)
    except BrokenArtefact:
        return _Link(number, hashlib.sha256(data).hexdigest())
    return _Link(number, found.hash, found.when, found.event)
