"""What the app knows of the bucket: read by one thread for every session of the server."""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Generic, TypeVar

from pydantic import BaseModel

from satispy import left_out
from satispy.dashboard.progress import RunProgress, StageProgress, parse_progress, worth_showing
from satispy.errors import BrokenArtefact, NotFound, StorageUnreachable
from satispy.keys import LeftOut
from satispy.reports import store as report_store
from satispy.reports.schema import Report
from satispy.reviews import receipts as receipt_store
from satispy.reviews.receipts import Receipt, of_newest_puts
from satispy.storage import Store

log = logging.getLogger(__name__)

Item = TypeVar("Item", bound=BaseModel)


@dataclass(frozen=True)
class Folder(Generic[Item]):
    """The parsed objects below one prefix, with the etag each was read at."""

    items: Mapping[str, Item] = field(default_factory=dict)
    etags: Mapping[str, str | None] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()  # what is not what its key says

    def refreshed(
        self,
        store: Store,
        prefix: str,
        parse: Callable[[str, bytes], Item],
        newest: int | None = None,
    ) -> "Folder[Item]":
        """Reads only what is new or changed, and at most the `newest`; itself if nothing is."""
        entries = [entry for entry in store.list(prefix) if entry.key.endswith(".json")]
        if newest is not None:
            entries = sorted(entries, key=lambda entry: entry.modified)[-newest:]
        etags = {entry.key: entry.etag for entry in entries}
        if etags == self.etags:
            return self
        items: dict[str, Item] = {}
        broken: list[LeftOut] = []
        for key, etag in etags.items():
            if key in self.items and self.etags[key] == etag:
                items[key] = self.items[key]
                continue
            try:
                items[key] = parse(key, store.read(key))
            except NotFound:  # deleted since it was listed; the next listing will not have it
                continue
            except BrokenArtefact as error:
                broken.append(LeftOut(key, str(error)))
        return Folder(items, etags, tuple(broken))


@dataclass(frozen=True)
class Snapshot:
    """What the bucket held when it was last read."""

    reports: tuple[Report, ...] = ()  # in run order
    receipts: tuple[Receipt, ...] = ()  # the newest first
    runs: tuple[RunProgress, ...] = ()  # under way or failed, the newest last
    left_out: tuple[LeftOut, ...] = ()  # by key
    error: str | None = None  # why the last reading failed; what was known before stays
    read: bool = False  # False until the bucket answered once
    restarts: bool = False  # the app is about to start anew: what is typed is to be sent now

    @property
    def newest_puts(self) -> list[Receipt]:
        """Of each file only the receipt of its newest put; the newest file first."""
        return of_newest_puts(list(reversed(self.receipts)))[::-1]


#: A page shows a screenful or two; a bucket may hold thousands.
RECEIPTS = 50
#: Runs without a report that are looked at: the newest ones.
RUNS = 3
_RUN = re.compile(r"v\d{5,}(-\d+)?")
#: Between two looks at what else in the bucket is left out: it lists every upload.
LOOK_ELSEWHERE_SECONDS = 60.0


class Bucket:
    """Reads snapshots; remembers what it has parsed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reports: Folder[Report] = Folder()
        self._receipts: Folder[Receipt] = Folder()
        self._runs: dict[str, Folder[StageProgress]] = {}
        self._elsewhere: list[LeftOut] = []
        self._look_elsewhere = 0.0

    def snapshot(self, previous: Snapshot) -> Snapshot:
        try:
            self._reports = self._reports.refreshed(self._store, "reports", report_store.parse)
            self._receipts = self._receipts.refreshed(
                self._store, "receipts", receipt_store.parse, RECEIPTS
            )
            self._refresh_runs()
            if time.monotonic() >= self._look_elsewhere:
                self._elsewhere = left_out.but_receipts_and_reports(self._store)
                self._look_elsewhere = time.monotonic() + LOOK_ELSEWHERE_SECONDS
        except StorageUnreachable as error:
            return replace(previous, error=str(error))
        reports = sorted(
            self._reports.items.values(),
            key=lambda report: (report.dataset_version, report.created),
        )
        receipts = sorted(
            self._receipts.items.values(), key=lambda receipt: receipt.put_at, reverse=True
        )
        runs = [
            RunProgress(run, {PurePosixPath(key).stem: stage for key, stage in told.items.items()})
            for run, told in self._runs.items()
            if told.items
        ]
        return Snapshot(
            reports=tuple(reports),
            receipts=tuple(receipts),
            runs=tuple(worth_showing(runs, reports, datetime.now(UTC))),
            left_out=left_out.by_key(
                self._elsewhere, self._reports.left_out, self._receipts.left_out
            ),
            read=True,
        )

    def _refresh_runs(self) -> None:
        reported = {report.run for report in self._reports.items.values()}
        names = [
            name
            for name in self._store.folders("runs")
            if _RUN.fullmatch(name) and name not in reported
        ][-RUNS:]
        self._runs = {
            name: self._runs.get(name, Folder()).refreshed(
                self._store, f"runs/{name}/progress", parse_progress
            )
            for name in names
        }


class Feed:
    """Polls while somebody listens; tells every listener what changed, from its own thread."""

    def __init__(self, take: Callable[[Snapshot], Snapshot], every: float = 2.0) -> None:
        self._take = take
        self._every = every
        self._listeners: dict[object, Callable[[Snapshot], None]] = {}
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._restarts = False
        self.latest = Snapshot()

    @property
    def listening(self) -> int:
        """How many pages are open."""
        return len(self._listeners)

    def announce_restart(self) -> None:
        """Tell every page, with its next snapshot."""
        with self._wake:
            self._restarts = True
            self._wake.notify_all()

    def listen(self, listener: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Returns how to stop. The listener is called on changes only; start with `latest`."""
        ticket = object()
        with self._wake:
            self._listeners[ticket] = listener
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
                self._thread.start()
            self._wake.notify_all()

        def stop() -> None:
            with self._wake:
                self._listeners.pop(ticket, None)

        return stop

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._listeners))
            snapshot = replace(self._take(self.latest), restarts=self._restarts)
            if snapshot != self.latest:
                self.latest = snapshot
                with self._wake:
                    listeners = list(self._listeners.values())
                for listener in listeners:
                    try:
                        listener(snapshot)
                    except Exception:  # one broken session must not silence all the others
                        log.exception("a session could not be told of a change")
            with self._wake:
                self._wake.wait(self._every)
