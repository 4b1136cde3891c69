"""What the app knows of the bucket: read by one thread for every session of the server."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from satispy.errors import NotFound, StorageUnreachable
from satispy.reports.schema import Report
from satispy.storage import Store

log = logging.getLogger(__name__)

Item = TypeVar("Item", bound=BaseModel)


@dataclass(frozen=True)
class Folder(Generic[Item]):
    """The parsed objects below one prefix, with the etag each was read at."""

    items: Mapping[str, Item] = field(default_factory=dict)
    etags: Mapping[str, str | None] = field(default_factory=dict)
    broken: tuple[str, ...] = ()  # keys that are not what their name says

    def refreshed(self, store: Store, prefix: str, kind: type[Item]) -> "Folder[Item]":
        """Reads only what is new or changed; returns itself if nothing is."""
        listed = {
            entry.key: entry.etag for entry in store.list(prefix) if entry.key.endswith(".json")
        }
        if listed == self.etags:
            return self
        items: dict[str, Item] = {}
        broken: list[str] = []
        for key, etag in listed.items():
            if key in self.items and self.etags[key] == etag:
                items[key] = self.items[key]
                continue
            try:
                items[key] = kind.model_validate_json(store.read(key))
            except NotFound:  # deleted since it was listed; the next listing will not have it
                continue
            except ValidationError as error:
                log.warning("%s is not a %s: %s", key, kind.__name__, error)
                broken.append(key)
        return Folder(items, listed, tuple(broken))


@dataclass(frozen=True)
class Snapshot:
    """What the bucket held when it was last read."""

    reports: tuple[Report, ...] = ()  # in run order
    broken: tuple[str, ...] = ()
    error: str | None = None  # why the last reading failed; what was known before stays
    read: bool = False  # False until the bucket answered once


class Bucket:
    """Reads snapshots; remembers what it has parsed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reports: Folder[Report] = Folder()

    def snapshot(self, previous: Snapshot) -> Snapshot:
        try:
            self._reports = self._reports.refreshed(self._store, "reports", Report)
        except StorageUnreachable as error:
            return replace(previous, error=str(error))
        reports = sorted(
            self._reports.items.values(),
            key=lambda report: (report.dataset_version, report.created),
        )
        return Snapshot(reports=tuple(reports), broken=self._reports.broken, read=True)


class Feed:
    """Polls while somebody listens; tells every listener what changed, from its own thread."""

    def __init__(self, take: Callable[[Snapshot], Snapshot], every: float = 2.0) -> None:
        self._take = take
        self._every = every
        self._listeners: dict[object, Callable[[Snapshot], None]] = {}
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self.latest = Snapshot()

    def listen(self, listener: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Returns how to stop. The listener is called on changes only; start with `latest`."""
        ticket = object()
        with self._wake:
            self._listeners[ticket] = listener
            if self._thread is None:
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
            snapshot = self._take(self.latest)
            if snapshot != self.latest:
                self.latest = snapshot
                with self._wake:
                    listeners = list(self._listeners.values())
                for listener in listeners:
                    listener(snapshot)
            with self._wake:
                self._wake.wait(self._every)
