"""What the app knows of the bucket: read by one thread for every session of the server."""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from satispy import left_out
from satispy.alerts import book
from satispy.alerts.book import Book
from satispy.dashboard.changes import Changes
from satispy.dashboard.folder import Folder
from satispy.dashboard.looked_up import whole
from satispy.dashboard.progress import RunProgress, StageProgress, parse_progress, worth_showing
from satispy.errors import BrokenArtefact, NotFound, StorageUnreachable
from satispy.kept import Kept
from satispy.keys import LeftOut
from satispy.registry import pointer
from satispy.registry.changes import Change
from satispy.registry.pointer import Promoted
from satispy.reports import insights, recent
from satispy.reports import store as report_store
from satispy.reports.insights import Insights
from satispy.reports.schema import Report
from satispy.retraining import pace, turn
from satispy.retraining.pace import State
from satispy.retraining.turn import ASKS_AGAIN, Turns
from satispy.reviews import receipts as receipt_store
from satispy.reviews.receipts import Receipt, of_newest_puts
from satispy.sentence import Sentence
from satispy.storage import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """What the bucket held when it was last read."""

    reports: tuple[Report, ...] = ()  # in run order; in short (satispy/reports/recent.py)
    last: Report | None = None  # the newest, whole
    insights: Insights | None = None  # of the newest report whose run left them
    promoted: Promoted | None = None  # which versions serve; None where nothing says it
    changes: tuple[Change, ...] = ()  # of what serves, by people; the newest ones, oldest first
    updates: int = 0  # reports in all, those that are no longer shown included
    receipts: tuple[Receipt, ...] = ()  # the newest first
    alerts: Book | None = None  # those that are open, and the newest that are over
    runs: tuple[RunProgress, ...] = ()  # under way or failed, the newest last
    left_out: tuple[LeftOut, ...] = ()  # by key
    error: Sentence | None = None  # why the last reading failed; what was known before stays
    read: bool = False  # False until the bucket answered once
    restarts: bool = False  # the app is about to start anew: what is typed is to be sent now

    @property
    def newest_puts(self) -> list[Receipt]:
        """Of each file only the receipt of its newest put; the newest file first."""
        return of_newest_puts(list(reversed(self.receipts)))[::-1]


#: Between two looks at what else in the bucket is left out.
LOOK_ELSEWHERE_SECONDS = 300.0


class Bucket:
    """Reads snapshots; remembers what it has parsed.

    A look is six requests that find nothing new, whatever the bucket holds: the newest reports and
    receipts stand in summaries that are written with them, one object says which versions serve,
    one which alerts are open, and the runs that go on are named where they take turns. Only a
    bucket whose reports and receipts are of before there were summaries is listed, until the next
    upload and retrain.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent_reports: Kept[recent.Recent] = Kept()
        self._recent_receipts: Kept[receipt_store.Recent] = Kept()
        self._turns: Kept[Turns] = Kept()
        self._promoted: Kept[Promoted] = Kept()
        self._pace: Kept[State] = Kept()
        self._alerts: Kept[Book] = Kept()
        self._changes = Changes()
        self._reports: Folder[Report] = Folder()
        self._receipts: Folder[Receipt] = Folder()
        self._runs: dict[str, Folder[StageProgress]] = {}
        self._elsewhere: list[LeftOut] = []
        self._look_elsewhere = 0.0
        self._insights_of = ""

    def snapshot(self, previous: Snapshot) -> Snapshot:
        try:
            reports, updates = self._refresh_reports()
            last = self._whole(reports[-1], previous.last) if reports else None
            receipts = self._refresh_receipts()
            self._promoted = self._promoted.refreshed(self._store, pointer.KEY, pointer.parse)
            self._changes = self._changes.refreshed(self._store, self._promoted.item)
            self._alerts = self._alerts.refreshed(self._store, book.KEY, book.parse)
            self._refresh_runs({report.run for report in reports})
            self._look_at_the_rest()
        except StorageUnreachable as error:
            return replace(previous, error=error.sentence)
        now = datetime.now(UTC)
        runs = [run for name in self._runs if (run := self._run(name, now)) is not None]
        return Snapshot(
            reports=reports,
            last=last,
            insights=self._refresh_insights(reports, previous),
            promoted=self._promoted.item,
            alerts=self._alerts.item,
            changes=self._changes.by_people,
            updates=updates,
            receipts=tuple(sorted(receipts, key=lambda each: each.put_at, reverse=True)),
            runs=tuple(worth_showing(runs, reports, now)),
            left_out=left_out.by_key(
                self._elsewhere, self._reports.left_out, self._receipts.left_out
            ),
            read=True,
        )

    def _refresh_reports(self) -> tuple[tuple[Report, ...], int]:
        """Those to be shown, by dataset version and time, and how many there are in all."""
        self._recent_reports = self._recent_reports.refreshed(self._store, recent.KEY, recent.parse)
        if kept := self._recent_reports.item:
            return tuple(kept.reports), kept.count
        self._reports = self._reports.refreshed(
            self._store, report_store.PREFIX, report_store.parse, recent.MOST
        )
        found = sorted(
            self._reports.items.values(),
            key=lambda report: (report.dataset_version, report.created),
        )
        return tuple(found), len(found)

    def _whole(self, report: Report, known: Report | None) -> Report:
        """The report of which this may be the short form."""
        if self._recent_reports.item is None:
            return report
        if known and (known.run, known.created) == (report.run, report.created):
            return known
        return whole(self._store, report)

    def _refresh_insights(self, reports: Sequence[Report], previous: Snapshot) -> Insights | None:
        """Read once a run: they are there before its report is."""
        newest = reports[-1].run if reports else ""
        if newest == self._insights_of:
            return previous.insights
        found = previous.insights if newest else None
        if newest:
            key = insights.key(newest)
            try:
                found = insights.parse(key, self._store.read(key))
            except (NotFound, BrokenArtefact) as error:
                log.info("%s left no insights: %s", newest, error)
        self._insights_of = newest
        return found

    def _refresh_receipts(self) -> list[Receipt]:
        self._recent_receipts = self._recent_receipts.refreshed(
            self._store, receipt_store.RECENT, receipt_store.parse_recent
        )
        if kept := self._recent_receipts.item:
            return kept.receipts
        self._receipts = self._receipts.refreshed(
            self._store, "receipts", receipt_store.parse, receipt_store.MOST_RECENT
        )
        return list(self._receipts.items.values())

    def _refresh_runs(self, reported: set[str]) -> None:
        """Those that were started, or have a turn, and no report yet; a failed one among them."""
        self._turns = self._turns.refreshed(self._store, turn.KEY, turn.parse)
        self._pace = self._pace.refreshed(self._store, pace.KEY, pace.parse)
        turns, state = self._turns.item, self._pace.item
        held = [turns.holder, turns.newest] if turns else []
        names = {each.run for each in held if each}
        if state and state.claimed and state.claimed.run:
            names.add(state.claimed.run)
        self._runs = {
            name: self._runs.get(name, Folder()).refreshed(
                self._store, f"runs/{name}/progress", parse_progress
            )
            for name in sorted(names - reported, key=turn.order)
        }

    def _run(self, name: str, now: datetime) -> RunProgress | None:
        """None: nothing is known of it yet."""
        told = self._runs[name].items
        stages = {PurePosixPath(key).stem: stage for key, stage in told.items()}
        claim = self._pace.item.claimed if self._pace.item else None
        stopped = bool(claim and claim.run == name and claim.stopped)
        newest = self._turns.item.newest if self._turns.item else None
        waits = newest if newest and newest.run == name and now - newest.at < ASKS_AGAIN else None
        if not (stages or waits or stopped):
            return None
        asked = waits.at if waits else claim.at if claim else None
        return RunProgress(name, stages, stopped, None if stages else asked)

    def _look_at_the_rest(self) -> None:
        if time.monotonic() < self._look_elsewhere:
            return
        self._elsewhere = left_out.but_receipts_and_reports(self._store, left_out.LOOKED_AT)
        self._look_elsewhere = time.monotonic() + LOOK_ELSEWHERE_SECONDS


class Feed:
    """Polls while somebody listens; tells every listener what changed, from its own thread."""

    def __init__(self, take: Callable[[Snapshot], Snapshot], every: float = 2.0) -> None:
        self._take = take
        self._every = every
        self._listeners: dict[object, Callable[[Snapshot], None]] = {}
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._restarts = False
        self._asked = False
        self._looked = -math.inf  # when the last look ended
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
            self._begin()

        def stop() -> None:
            with self._wake:
                self._listeners.pop(ticket, None)

        return stop

    def look(self, patience: float = 0.5) -> Snapshot:
        """Read lately, also where nobody listens; what was known where that takes so many seconds.

        Blocks meanwhile.
        """
        with self._wake:
            if self._is_old():
                self._asked = True
                self._begin()
                self._wake.wait_for(lambda: not self._is_old(), patience)
        return self.latest

    def _is_old(self) -> bool:
        return time.monotonic() - self._looked > 2 * self._every

    def _begin(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
            self._thread.start()
        self._wake.notify_all()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._listeners) or self._asked)
                self._asked = False
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
                self._looked = time.monotonic()
                self._wake.notify_all()
                self._wake.wait(self._every)
