"""What people do about alerts: seen, silenced, tried out; each entered in the journal."""

from collections.abc import Mapping
from datetime import datetime

from pydantic.types import JsonValue

from satispy import journal
from satispy.alerts import book
from satispy.alerts.book import RESOLVED_KEPT, Book
from satispy.alerts.facts import Alert, Code
from satispy.errors import NotFound, SatispyError
from satispy.journal import Actor, Fact, What
from satispy.storage import Store


def acknowledge(store: Store, id: str, by: Actor, now: datetime, word: str = "") -> Alert:
    """Raises NotFound, and SatispyError if the beginning of an id means several."""
    alert = find(book.read(store), id)
    fact = Fact(by=by, what=What.ALERT_ACKNOWLEDGED, on=alert.id, why=word, after=_named(alert))
    with journal.acting(store, fact):
        seen = {"acknowledged_by": by.who, "acknowledged": now, "word": word}
        return _changed(store, alert, seen)


def silence(store: Store, id: str, until: datetime | None, by: Actor, word: str = "") -> Alert:
    """Nobody is told of it until then; it is told then if it is still open. None: it is told from
    now on. Raises as above."""
    alert = find(book.read(store), id)
    after = _named(alert) | {"until": until.isoformat() if until else ""}
    fact = Fact(by=by, what=What.ALERT_SILENCED, on=alert.id, why=word, after=after)
    with journal.acting(store, fact):
        silent = {"silent_until": until, "silenced_by": by.who if until else None}
        return _changed(store, alert, silent)


def try_out(store: Store, by: Actor, now: datetime) -> Alert:
    """An alert that is over at once, told like any other by whoever tells. Only the newest is
    kept."""
    alert = Alert(code=Code.TEST, subject=by.who, since=now, raised=now, seen=now, resolved=now)

    def change(before: Book) -> Book:
        others = [each for each in before.resolved if each.code != Code.TEST]
        return before.model_copy(update={"resolved": [*others, alert][-RESOLVED_KEPT:]})

    with journal.acting(store, Fact(by=by, what=What.ALERT_TESTED, on=alert.id)):
        book.update(store, change)
    return alert


def find(known: Book, id: str) -> Alert:
    """The open alert of this id, or of this beginning of one. Raises as above."""
    found = [each for each in known.open if id and each.id.startswith(id)]
    if not found:
        raise NotFound("no open alert %(id)r: `satispy alerts list` shows which are", id=id)
    if len(found) > 1:
        raise SatispyError("%(id)r is the beginning of several: name one", id=id)
    return found[0]


def _named(alert: Alert) -> dict[str, JsonValue]:
    return {"alert": alert.key}


def _changed(store: Store, alert: Alert, changes: Mapping[str, object]) -> Alert:
    def change(before: Book) -> Book:
        find(before, alert.id)  # it may be over by now
        opened = [
            each.model_copy(update=changes) if each.id == alert.id else each for each in before.open
        ]
        return before.model_copy(update={"open": opened})

    return find(book.update(store, change), alert.id)
