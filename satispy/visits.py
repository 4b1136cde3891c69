"""Who is signed in to the app: one record a visit, kept in the bucket under visits/.

A record and not a cookie alone: a visit that was ended is over for every process and for whoever
kept its cookie. It says when it began and was last used, and which password and role its account
had: with another one, or none, the visit is over. The key is a digest of what the cookie holds, so
that who can list the bucket can be nobody.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError

from satispy.accounts import Accounts, Role
from satispy.errors import BrokenArtefact, Conflict, Forbidden, NotFound
from satispy.storage import Store

PREFIX: Final = "visits"
#: Activity is written down at most so often: a click costs no request.
WRITTEN_AGAIN: Final = 120.0
ROLES: Final[tuple[Role, ...]] = ("user", "admin")


@dataclass(frozen=True)
class Limits:
    """How long a visit lasts, in seconds."""

    idle: float
    longest: float


class Visit(BaseModel):
    name: str
    #: Of the account when the visit began (`Account.mark`).
    mark: str
    began: float
    seen: float

    def is_over(self, now: float, limits: Limits) -> bool:
        return now - self.seen > limits.idle or now - self.began > limits.longest


@dataclass(frozen=True)
class Visitor:
    """Somebody whose visit was found to go on, with the role of that moment."""

    visit: str
    name: str
    role: Role


class Visits:
    """Those of one bucket. Every method raises StorageUnreachable."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        limits: Limits,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._limits = limits
        self._clock = clock

    def begin(self, name: str) -> str:
        """Let this account in, whose password was right; answers what its cookie is to hold."""
        account = self._accounts.of(name)
        if account is None:
            raise NotFound("there is no account %(name)r", name=name)
        self._tidy()
        pass_ = secrets.token_urlsafe(32)
        now = self._clock()
        visit = Visit(name=name, mark=account.mark, began=now, seen=now)
        self._store.create(key_of(id_of(pass_)), visit.model_dump_json().encode())
        return pass_

    def find(self, visit: str, active: float = 0.0, *, used: bool = False) -> Visitor | None:
        """Who this is; None if there is no such visit, or it is over. Reads it and the account.

        active: when it was last used, as far as this process knows; written down now and then.
        used: it is used now. That comes after `active`: what was idle too long is over by then.
        """
        try:
            record = _parse(self._store.read(key_of(visit)))
        except (NotFound, BrokenArtefact):
            return None
        now, written = self._clock(), record.seen
        record.seen = max(written, min(active, now))
        account = self._accounts.of(record.name)
        if account is None or account.mark != record.mark or record.is_over(now, self._limits):
            self.end(visit)
            return None
        if used:
            record.seen = now
        if record.seen - written > WRITTEN_AGAIN:
            self._change(visit, seen=record.seen)
        return Visitor(visit, account.name, account.role)

    def demand(self, visit: str, role: Role, active: float = 0.0) -> Visitor:
        """Who this is and does something now, if they have the role. Raises Forbidden."""
        visitor = self.find(visit, active, used=True)
        if visitor is None:
            raise Forbidden("you are signed in no longer: sign in again", signed_out=True)
        if ROLES.index(visitor.role) < ROLES.index(role):
            raise Forbidden(
                "this takes the role %(role)s; %(name)s has %(has)s",
                role=role,
                name=visitor.name,
                has=visitor.role,
            )
        return visitor

    def keep(self, visit: str) -> None:
        """Let this one go on although its owner has just changed the password."""
        record = _parse(self._store.read(key_of(visit)))
        if account := self._accounts.of(record.name):
            self._change(visit, mark=account.mark)

    def end(self, visit: str) -> None:
        with suppress(NotFound):
            self._store.delete(key_of(visit))

    def _change(self, visit: str, **fields: object) -> None:
        """Unless it was ended meanwhile: a blind write would bring it back."""

        def changed(data: bytes | None) -> bytes | None:
            if data is None:
                return None
            return _parse(data).model_copy(update=fields).model_dump_json().encode()

        with suppress(Conflict):  # another process wrote it down as well
            self._store.update(key_of(visit), changed)

    def _tidy(self) -> None:
        """Records that nobody will come back with. Those that live are as many as are signed in."""
        oldest = self._clock() - self._limits.idle - 2 * WRITTEN_AGAIN
        for entry in self._store.list(PREFIX):
            if entry.modified.timestamp() < oldest:
                with suppress(NotFound):
                    self._store.delete(entry.key)


def id_of(pass_: str) -> str:
    """What the visit is called everywhere but in the cookie."""
    return hashlib.sha256(pass_.encode()).hexdigest()[:40]


def key_of(visit: str) -> str:
    return f"{PREFIX}/{visit}.json"


def _parse(data: bytes) -> Visit:
    try:
        return Visit.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not a visit") from error
