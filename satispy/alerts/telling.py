"""One pass: what is wrong is opened, what is over resolved, and each channel told what it has not
confirmed. And the thread that goes on with it on a laptop."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from satispy.alerts import book
from satispy.alerts.book import Book
from satispy.alerts.channels import Channel, channels
from satispy.alerts.facts import Alert
from satispy.alerts.posting import NotTold
from satispy.alerts.watching import Facts, Watch, conditions, judged
from satispy.cloud import Queue
from satispy.errors import SatispyError, StackError
from satispy.settings import Settings
from satispy.storage import Store

log = logging.getLogger(__name__)

#: Between two passes of the thread: a channel has to have it within ten seconds.
EVERY: Final = 3.0


def look(store: Store, facts: Facts, now: datetime, *, old_model_days: float = 0) -> Book:
    """The book, with what is wrong at this moment."""
    found = conditions(facts, now, old_model_days)
    return book.reconcile(store, found, now, judged(facts))


def tell(store: Store, known: Sequence[Channel], now: datetime) -> list[tuple[Alert, str, str]]:
    """Tell each channel what it has not confirmed and may be told now, all at once. Returns what
    was told to which, and what went wrong, "" if nothing."""
    by_name = {each.name: each for each in known}
    taken = book.take(store, list(by_name), now)
    if not taken:
        return []

    def one(alert: Alert, name: str) -> str:
        try:
            by_name[name].tell(alert, now)
        except NotTold as error:
            return str(error)
        return ""

    told = []
    with ThreadPoolExecutor(8) as pool:
        asked = {pool.submit(one, *each): each for each in taken}
        for future in as_completed(asked):  # what one confirms does not wait for the slowest
            (alert, name), problem = asked[future], future.result()
            if problem:
                log.warning("%s could not be told of %s: %s", name, alert.key, problem)
                book.failed(store, alert, name, datetime.now(UTC), problem)
            else:
                log.info("%s was told of %s", name, alert.key)
                book.confirm(store, alert, name, datetime.now(UTC))
            told.append((alert, name, problem))
    return told


class Lookout:
    """Looks at what the bucket holds, and at the queue; tells what it finds."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._watch, self._queue = Watch(store), Queue(settings)

    def look(self) -> Book:
        """Raises SatispyError; where only the queue does not answer, all else is in the book."""
        facts = self._watch.facts()
        letters, silent = None, None
        try:
            letters = self._queue.dead_letters()
        except StackError as error:
            silent = error
        found = look(
            self._store,
            replace(facts, dead_letters=letters),
            datetime.now(UTC),
            old_model_days=self._settings.old_model_days,
        )
        if silent:
            raise silent
        return found

    def tell(self) -> list[tuple[Alert, str, str]]:
        return tell(self._store, channels(self._settings), datetime.now(UTC))


def go_on(lookout: Lookout, sleep: Callable[[float], None] = time.sleep) -> threading.Thread:
    """A thread that looks and tells until its process ends."""
    said: dict[str, str] = {}

    def attempt(name: str, act: Callable[[], object]) -> None:
        try:
            act()
        except SatispyError as error:  # said once, and not every few seconds
            if said.get(name) != str(error):
                log.warning("alerts: %s", error)
            said[name] = str(error)
        except Exception:  # the thread outlives what nobody thought of
            log.exception("alerts: a pass failed")
        else:
            said.pop(name, None)

    def run() -> None:
        while True:
            attempt("look", lookout.look)
            attempt("tell", lookout.tell)
            sleep(EVERY)

    thread = threading.Thread(target=run, name="alerts", daemon=True)
    thread.start()
    return thread
