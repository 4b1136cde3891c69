"""The app's door in one process: who may come in, and which open pages are whose."""

import asyncio
import hashlib
import logging
import time
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

import tornado.web
from tornado.ioloop import PeriodicCallback

from satispy.accounts import Accounts, Role
from satispy.dashboard.door.key import signing_key
from satispy.dashboard.door.permits import Permits, nobody
from satispy.errors import StorageUnreachable
from satispy.settings import Settings
from satispy.storage import Store
from satispy.visits import Limits, Visitor, Visits, id_of

log = logging.getLogger(__name__)

#: Open pages of a visit that was ended elsewhere are closed within so long.
LOOK_SECONDS: Final = 15.0
#: While the bucket does not answer, who was known so lately stays.
TRUSTED_SECONDS: Final = 900.0


class Page(Protocol):
    """An open websocket."""

    def end(self) -> None: ...


class Keeper:
    """All methods that are not async block: on the bucket, for some milliseconds."""

    def __init__(self, store: Store, key: str, limits: Limits, home: Path) -> None:
        self.store = store
        self.accounts = Accounts(store)
        self.visits = Visits(store, self.accounts, limits)
        self.home = home
        self.key = key
        #: Browsers keep cookies by host and not by port: two stacks of one machine have two names.
        self.cookie: Final = "satispy-" + hashlib.sha256(key.encode()).hexdigest()[:8]
        self.seconds: Final = round(limits.longest)
        self._open: dict[str, set[Page]] = defaultdict(set)
        self._active: dict[str, float] = {}
        self._known: dict[str, tuple[float, Visitor]] = {}
        self._administered = 0.0
        self._watch: PeriodicCallback | None = None

    # ---- cookies ----

    def signed(self, pass_: str) -> str:
        return tornado.web.create_signed_value(self.key, self.cookie, pass_).decode()

    def visit_of(self, cookie: str | None) -> str | None:
        """The visit that a cookie of ours names; of another's making, or too old: None."""
        pass_ = tornado.web.decode_signed_value(
            self.key, self.cookie, cookie, max_age_days=self.seconds / 86400, min_version=2
        )
        return id_of(pass_.decode("utf-8", "replace")) if pass_ else None

    # ---- who ----

    def find(self, visit: str, *, used: bool = False) -> Visitor | None:
        """Who this is. Raises StorageUnreachable only for who was not known lately.

        used: somebody did something with it just now.
        """
        now = time.time()
        try:
            visitor = self.visits.find(visit, self._active.get(visit, 0.0), used=used)
        except StorageUnreachable:
            at, visitor = self._known.get(visit, (0.0, None))
            if visitor is None or now - at > TRUSTED_SECONDS:
                raise
        else:
            if visitor is None:
                self._forget(visit)
                return None
            self._known[visit] = (now, visitor)
        if used:
            self._active[visit] = now
        return visitor

    def somebody_administers(self) -> bool:
        """Asked again after a while; that nobody does, each time."""
        if time.time() - self._administered > TRUSTED_SECONDS / 30:
            self._administered = time.time() if self.accounts.an_admin() else 0.0
        return bool(self._administered)

    def demand(self, visit: str, role: Role) -> Visitor:
        """Whoever has the role at this moment, or Forbidden: never by memory."""
        return self.visits.demand(visit, role, self._active.get(visit, 0.0))

    # ---- open pages; from the server's loop only ----

    def opened(self, visit: str, page: Page) -> None:
        self._open[visit].add(page)
        if self._watch is None:
            self._watch = PeriodicCallback(self.look, LOOK_SECONDS * 1000)
            self._watch.start()

    def closed(self, visit: str, page: Page) -> None:
        self._open[visit].discard(page)
        if not self._open[visit]:
            del self._open[visit]

    def used(self, visit: str) -> None:
        self._active[visit] = time.time()

    def close_pages(self, visit: str) -> None:
        for page in tuple(self._open.get(visit, ())):
            page.end()

    async def end(self, visit: str) -> None:
        """Sign out, here and everywhere."""
        await asyncio.to_thread(self.visits.end, visit)
        self._forget(visit)
        self.close_pages(visit)

    async def look(self) -> None:
        """Close the pages of visits that are over; drop what is remembered of gone ones."""
        for visit in tuple(self._open):
            try:
                visitor = await asyncio.to_thread(self.find, visit)
            except StorageUnreachable as error:
                log.warning("a visit could not be looked up: %s", error)
                continue
            if visitor is None:
                self.close_pages(visit)
        old = time.time() - TRUSTED_SECONDS
        for visit in [each for each, (at, _) in self._known.items() if at < old]:
            if visit not in self._open:
                self._forget(visit)

    def _forget(self, visit: str) -> None:
        self._known.pop(visit, None)
        self._active.pop(visit, None)


@cache
def keeper() -> Keeper:
    """The one of this process."""
    settings = Settings()
    limits = Limits(settings.idle_hours * 3600, settings.signed_in_days * 86400)
    return Keeper(Store.bucket(settings), signing_key(settings), limits, settings.home)


def permits_of(document: Any) -> Permits:
    """What the owner of this document's session may do.

    The server's request says who that is (`provider.signed_in`): nothing that a browser sent is
    asked.
    """
    context = document.session_context if document is not None else None
    request: Any = getattr(context, "request", None)
    visitor = getattr(request, "satispy_visitor", None)
    return Permits(visitor, keeper().demand, request.remote_ip or "") if visitor else nobody()
