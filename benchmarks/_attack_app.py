"""Attacks on the app, with two of its admins at hand: one is robbed, and one goes for the other's."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from unittest import mock

import httpx

from benchmarks._app_requests import FORM, SENDING, TOKEN
from benchmarks._app_server import cookie, door
from benchmarks._app_visitors import forged
from benchmarks._attack_target import MARK, Attempt, Target, exchange
from satispy.accounts import Accounts
from satispy.dashboard.door.key import signing_key
from satispy.errors import NotFound
from satispy.reviews import in_parts
from satispy.settings import Settings
from satispy.storage import Store

#: The file that is being sent: two parts.
SIZE = in_parts.PART + 5
#: Wrong passwords in a row, of which a handful is looked at.
GUESSES = 15
#: By which a proxy says who asks.
SAID = ("X-Forwarded-For", "X-Real-IP")
#: Without a cookie each is refused, or leads to the login page of this host.
PATHS = (
    *("/app", "/app/", "//app", "/./app", "/x/../app", "/%61pp", "/app%2f", "/app;x", "/app%00"),
    *("/app?bokeh-session-id=a", "/app/metadata", "/app/autoload.js?bokeh-autoload-element=a"),
    *("/login/../app", "/static/../app", "/satispy/app", "//evil.example/app", "/app/ws"),
)
#: What some servers take for the address, or for who asks.
HEADERS = (
    *("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Script-Name"),
    *("X-Forwarded-Prefix", "X-Forwarded-User", "Remote-User"),
)
#: Of a part of five bytes.
SIZES = {"a byte more": 6, "a byte less": 4, "nothing": 0, "a mebibyte": 1 << 20}


class Admins:
    """Of the stack that is attacked; made for it."""

    def __init__(self, target: Target) -> None:
        self.web, self.port = (
            httpx.Client(base_url=target.url("app"), timeout=60),
            target.ports["app"],
        )
        settings = Settings()
        self.store = Store.bucket(settings)
        self.door = door(self.store, signing_key(settings))
        # Without the attackers' mark: they are not what got through.
        self.names = [f"{who}-{secrets.token_hex(4)}" for who in ("robbed", "other")]
        for name in self.names:
            Accounts(self.store).create(name, "admin")
        self.robbed, self.other = (cookie(self.door, name) for name in self.names)
        self.file = in_parts.InParts(self.store).begin(
            self.names[0], in_parts.File(name="robbed.csv", size=SIZE, modified=1)
        )

    def gone(self) -> None:
        for name, each in zip(self.names, (self.robbed, self.other), strict=True):
            self.door.visits.end(self.door.visit_of(each.partition("=")[2]) or "")
            with suppress(NotFound):
                Accounts(self.store).remove(name)
        in_parts.InParts(self.store).cancel(self.file)
        self.web.close()

    def ask(
        self,
        method: str,
        path: str,
        cookie: str = "",
        headers: dict[str, str] | None = None,
        content: str | bytes | Iterator[bytes] = b"",
    ) -> httpx.Response:
        self.web.cookies.clear()
        sent = {"Cookie": cookie, **(headers or {})}
        return self.web.request(method, path, headers=sent, content=content)

    @property
    def parts(self) -> dict[str, int]:
        """What has come of the file."""
        return {each.key: each.size for each in self.store.list(self.file.at())}

    @property
    def is_in(self) -> bool:
        return self.ask("GET", "/still", self.robbed).status_code == 204


@contextmanager
def app(target: Target) -> Iterator[Iterator[Attempt]]:
    with mock.patch.dict(os.environ, target.environment):
        admins = Admins(target)
        try:
            _demand_owner_may(admins)
            yield attempts(admins)
        finally:
            admins.gone()


def _demand_owner_may(admins: Admins) -> None:
    """Or that others may not would show nothing."""
    assert _opens(admins, "/app", admins.robbed), "the cookie opens the page"
    part = f"/send/{admins.file.id}/1"
    assert _puts(admins, "PUT", part, admins.robbed, b"whole"), "who sends the file puts a part"
    admins.store.delete(admins.file.at("00001"))


def attempts(admins: Admins) -> Iterator[Attempt]:
    for name, each in forged(admins.door, admins.robbed).items():
        for path in ("/app", f"/send/{admins.file.id}"):
            strike = partial(_opens, admins, path, each, SENDING)
            yield Attempt("app: cookie", f"{name}, {path[:5]}", strike)
    for path in PATHS:
        yield Attempt("app: sub-path", path, partial(_opens, admins, path))
    for name in HEADERS:
        strike = partial(_opens, admins, "/login", "", {name: "/app"})
        yield Attempt("app: sub-path", f"{name}: /app", strike)
    for name, headers in {"from one address": (), "another one said each": SAID}.items():
        yield Attempt("app: passwords", name, partial(_guesses, admins, headers))
    yield from _of_other_sites(admins)
    yield from _parts(admins)


def _opens(
    admins: Admins, path: str, cookie: str = "", headers: dict[str, str] | None = None
) -> str | None:
    """Raw, since libraries tidy paths."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{admins.port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in {"Cookie": cookie, **(headers or {})}.items()]
    head, _, body = exchange(admins.port, "\r\n".join([*lines, "", ""])).partition("\r\n\r\n")
    status, *answered = head.split("\r\n")
    if '"token":"' in body or ('"code"' not in body and path.startswith("/send")):
        return f"{status}: {body[:60]}"
    places = [line.split(": ", 1)[1] for line in answered if line.lower().startswith("location:")]
    away = [each for each in places if "://" in each or each.startswith("//")]
    return f"led to {away[0]}" if away else None


def _guesses(admins: Admins, headers: tuple[str, ...]) -> str | None:
    """Wrong passwords in a row, with headers that name another address each time."""
    before = {each.key for each in admins.store.list("attempts/")}
    looked_at = 0
    try:
        for number in range(GUESSES):
            form = f"name={admins.names[0]}&password=guess-number-{number}"
            sent = {**FORM, **dict.fromkeys(headers, f"192.0.2.{number}")}
            answer = admins.ask("POST", "/login", f"_xsrf={TOKEN}", sent, form)
            looked_at += answer.status_code != 429
    finally:  # whoever signs in here next has made none of them
        for each in admins.store.list("attempts/"):
            if each.key not in before:
                admins.store.delete(each.key)
    return f"{looked_at} of {GUESSES} were looked at" if looked_at > GUESSES // 2 else None


def _of_other_sites(admins: Admins) -> Iterator[Attempt]:
    """What a page elsewhere has a browser send: with the cookie, without what only ours know."""
    simple = {"Content-Type": "application/x-www-form-urlencoded"}
    file = f"/send/{admins.file.id}"
    for method, path, headers, body in (
        ("POST", "/login", simple, "name=a&password=b"),
        ("POST", "/login", simple, f"name=a&password=b&_xsrf={TOKEN}"),
        ("POST", "/enter", simple, "code=a"),
        ("POST", "/first", simple, "code=a&name=a&password=b&again=b"),
        ("POST", "/send", {"Content-Type": "text/plain"}, '{"name":"a.csv","size":5,"modified":1}'),
        ("PUT", f"{file}/1", {}, "abcde"),
        ("POST", file, simple, ""),
        ("DELETE", file, {}, ""),
        ("GET", "/logout", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, ""),
        ("GET", "/logout", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}, ""),
        ("GET", "/app", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}, ""),
        ("POST", "/send", {**SENDING, "Origin": "http://evil.example"}, "{}"),
    ):
        strike = partial(_does, admins, method, path, headers, body)
        yield Attempt("app: form of another site", f"{method} {path[:7]} {body[:9]}", strike)


def _does(admins: Admins, method: str, path: str, headers: dict[str, str], body: str) -> str | None:
    before = admins.parts
    answer = admins.ask(method, path, admins.robbed, headers=headers, content=body)
    if not admins.is_in:
        return "signed out"
    if admins.parts != before:
        return "changed the file"
    return str(answer.status_code) if answer.status_code < 400 else None


def _parts(admins: Admins) -> Iterator[Attempt]:
    at = f"/send/{admins.file.id}"
    for who, each in {"another admin": admins.other, "nobody": ""}.items():
        for method, path, body in (
            ("GET", at, b""),
            ("PUT", f"{at}/1", bytes(5)),
            ("POST", at, b""),
            ("DELETE", at, b""),
        ):
            name = f"{who}: {method} {path.removeprefix(at)}"
            strike = partial(_puts, admins, method, path, each, body)
            yield Attempt("app: file of another", name, strike)
    for name, size in SIZES.items():
        strike = partial(_puts, admins, "PUT", f"{at}/1", admins.robbed, bytes(size))
        yield Attempt("app: odd part", name, strike)
    chunks = iter([b"abc"] * 64)  # of a length that is not said
    strike = partial(_puts, admins, "PUT", f"{at}/1", admins.robbed, chunks)
    yield Attempt("app: odd part", "chunks", strike)
    for part in ("2", "99999", "100000", "-1", "0x1", "1/..", ""):
        strike = partial(_puts, admins, "PUT", f"{at}/{part}", admins.robbed, bytes(5))
        yield Attempt("app: odd part", f"number {part}", strike)
    for length in ("10000000000", "-5", "5, 5", "0x5"):
        yield Attempt("app: odd part", f"a length of {length}", partial(_claims, admins, length))
    for name, size in {"a": 0, "b": in_parts.MOST + 1, "c": 10**30}.items():
        file = f'{{"name":"{MARK}-{name}.csv","size":{size},"modified":1}}'
        strike = partial(_puts, admins, "POST", "/send", admins.robbed, file.encode())
        yield Attempt("app: odd part", f"a file of {size:.0e}", strike)


def _puts(
    admins: Admins, method: str, path: str, cookie: str, body: bytes | Iterator[bytes]
) -> str | None:
    before = admins.parts
    status = 0
    with suppress(httpx.TransportError):  # refused before it was read
        answer = admins.ask(method, path, cookie, headers=SENDING, content=body)
        status = answer.status_code
    if admins.parts != before:
        return "changed the file"
    return str(status) if 0 < status < 400 else None


def _claims(admins: Admins, length: str) -> str | None:
    before = admins.parts
    lines = [
        f"PUT /send/{admins.file.id}/1 HTTP/1.1",
        f"Host: 127.0.0.1:{admins.port}",
        f"Cookie: {admins.robbed}",
        f"Content-Length: {length}",
        *(f"{name}: {value}" for name, value in SENDING.items()),
    ]
    answer = exchange(admins.port, "\r\n".join([*lines, "", "abcde"]))
    if admins.parts != before:
        return "changed the file"
    status = answer.split()[1] if answer.startswith("HTTP/") else "400"
    return status if int(status) < 400 else None
