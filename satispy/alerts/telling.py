"""One pass: what is wrong is opened, what is over resolved, and each channel told what it has not
confirmed. And the thread that goes on with it on a laptop."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from typing import Final

from satispy.alerts import book
from satispy.alerts.book import Book
from satispy.alerts.channels import Channel, channels
from satispy.alerts.facts import Alert
from satispy.alerts.posting import NotTold
from satispy.alerts.watching import conditions, gather, judged
from satispy.cloud import Queue
from satispy.errors import SatispyError
from satispy.settings import Settings
from satispy.storage import Store

log = logging.getLogger(__name__)

#: How often the thread tells: a channel has to have it within ten seconds.
EVERY: Final = 4.0
#: How often it looks for what no run announces: one that is stuck, an old model. Not at the queue:
#: boto3 takes 38 MB, and the function of `template.yaml` looks there.
LOOKS_EVERY: Final = 30.0


def look(
    store: Store, now: datetime, *, dead_letters: int | None = None, old_model_days: float = 0
) -> Book:
    """The book, with what is wrong at this moment."""
    facts = gather(store, dead_letters)
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


def look_at_all(settings: Settings, store: Store) -> None:
    """At what the bucket holds, and at the queue."""
    look(
        store,
        datetime.now(UTC),
        dead_letters=Queue(settings).dead_letters(),
        old_model_days=settings.old_model_days,
    )


def go_on(
    settings: Settings, store: Callable[[], Store], sleep: Callable[[float], None] = time.sleep
) -> threading.Thread:
    """A thread that looks and tells until its process ends."""

    def run() -> None:
        said, looked = "", -LOOKS_EVERY
        while True:
            try:
                if time.monotonic() - looked >= LOOKS_EVERY:
                    look(store(), datetime.now(UTC), old_model_days=settings.old_model_days)
                    looked = time.monotonic()
                tell(store(), channels(settings), datetime.now(UTC))
                said = ""
            except SatispyError as error:  # said once, and not every few seconds
                if str(error) != said:
                    log.warning("alerts: %s", said := str(error))
            except Exception:  # the thread outlives what nobody thought of
                log.exception("alerts: a pass failed")
            sleep(EVERY)

    thread = threading.Thread(target=run, name="alerts", daemon=True)
    thread.start()
    return thread
