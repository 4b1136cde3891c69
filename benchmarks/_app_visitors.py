"""Whose cookie an attempt comes with: of who is in, or one that lets nobody in, or no longer."""

import time
from collections.abc import Callable

import httpx
from tornado.web import create_signed_value

from benchmarks._app_server import cookie
from satispy.accounts import Accounts
from satispy.dashboard.door.keeper import Keeper
from satispy.storage import Store
from satispy.visits import Visit, key_of

A_MONTH = 30 * 86400.0


def forged(door: Keeper, stolen: str) -> dict[str, str]:
    """Cookies that nobody was given; `stolen` is one that somebody was."""
    value = stolen.partition("=")[2]
    values = {
        "forged": create_signed_value("x" * 40, door.cookie, "guessed").decode(),
        "flipped": value[:-1] + ("0" if value[-1] != "0" else "1"),
        "of no visit": create_signed_value(door.key, door.cookie, "guessed").decode(),
        "empty": "",
    }
    return {how: f"{door.cookie}={each}" for how, each in values.items()}


class Visitors:
    """Of the app at this address, whose bucket and key the caller knows."""

    def __init__(self, app: str, store: Store, door: Keeper) -> None:
        self._base, self._store, self._door = app.removesuffix("/app"), store, door
        self.accounts = Accounts(store, cost=16)
        for name in ("boss", "ada"):
            self.accounts.create(name, "admin")
        for name in ("max", "zoe"):
            self.accounts.create(name, "user")
        #: How the visit of an open page ends, of which the app is told nothing.
        self.ends: dict[str, Callable[[str], None]] = {
            "ended elsewhere": self._end,
            "too long": self._is_too_long,
            "of an old password": self._has_an_old_password,
        }

    def cookie(self, name: str) -> str:
        return cookie(self._door, name)

    def shut_out(self, stolen: str) -> dict[str, str]:
        """Cookies that let nobody in; `stolen` is one that does."""
        cookies = forged(self._door, stolen)
        cookies |= {"anonymous": "", "another's, signed out": self._signed_out("ada")}
        self.accounts.create("gone", "admin")
        for how, end in {**self.ends, "idle": self._is_idle, "removed": self._is_removed}.items():
            # Of one who is not asked for again: a new password ends all visits of an account.
            name = "gone" if how in ("removed", "of an old password") else "ada"
            ended = self.cookie(name)
            end(ended)
            cookies[f"another's, {how}"] = ended
        return cookies

    def _signed_out(self, name: str) -> str:
        """As its owner does it."""
        ended = self.cookie(name)
        httpx.get(f"{self._base}/logout", headers={"Cookie": ended}, timeout=120)
        return ended

    def _end(self, cookie: str) -> None:
        self._door.visits.end(self._visit(cookie))

    def _is_too_long(self, cookie: str) -> None:
        self._change(cookie, began=time.time() - A_MONTH)

    def _is_idle(self, cookie: str) -> None:
        self._change(cookie, seen=time.time() - A_MONTH)

    def _has_an_old_password(self, cookie: str) -> None:
        self.accounts.create(self._record(cookie).name, "admin")

    def _is_removed(self, cookie: str) -> None:
        self.accounts.remove(self._record(cookie).name)

    def _visit(self, cookie: str) -> str:
        visit = self._door.visit_of(cookie.partition("=")[2])
        if visit is None:
            raise LookupError("this cookie names no visit")
        return visit

    def _record(self, cookie: str) -> Visit:
        return Visit.model_validate_json(self._store.read(key_of(self._visit(cookie))))

    def _change(self, cookie: str, **fields: float) -> None:
        changed = self._record(cookie).model_copy(update=fields)
        self._store.write(key_of(self._visit(cookie)), changed.model_dump_json().encode())
