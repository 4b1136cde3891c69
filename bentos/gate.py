"""What every request passes before BentoML sees it, and every refusal on its way out.

BentoML has no authentication, no body limit, no route table in front of its metrics, and a time
limit that keeps some kilobytes of each request until it passes. The gate is one ASGI layer around
the whole application: unknown paths, wrong types and oversized bodies cost it a few microseconds.
"""

import asyncio
import ipaddress
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bentos.problems import MEDIA_TYPE, of_bentoml, problem
from bentos.tokens import Tokens

logger = logging.getLogger("bentoml.satispy")

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Route:
    """What one path accepts."""

    methods: frozenset[str]
    #: The one media type of its bodies; None: it takes no body.
    media_type: bytes | None = None
    limit: int = 0
    #: Answers without a token: probes have none.
    open: bool = False
    #: Given the request as it arrives; the others get a body that was read whole.
    streamed: bool = False
    #: Fewer at once than the worker takes of all kinds.
    at_once: int | None = None

    @property
    def takes_body(self) -> bool:
        return self.media_type is not None


READ = frozenset({"GET", "HEAD"})
POST = frozenset({"POST"})

ROUTES: Mapping[str, Route] = {
    "/predict": Route(POST, b"application/json", MEGABYTE),
    "/explain": Route(POST, b"application/json", MEGABYTE),
    "/predict/csv": Route(POST, b"text/csv", 100 * MEGABYTE, streamed=True, at_once=4),
    "/models": Route(READ),
    "/metrics": Route(READ),
    "/livez": Route(READ, open=True),
    "/readyz": Route(READ, open=True),
    "/healthz": Route(READ, open=True),
    "/": Route(READ),
    "/docs.json": Route(READ),
    "/schema.json": Route(READ),  # BentoML's own clients ask for it
}
STATIC = "/static_content/"
_STATIC_ROUTE = Route(READ)


class Gate:
    def __init__(
        self, app: ASGIApp, tokens: Tokens, max_concurrency: int, seconds_to_send: float
    ) -> None:
        self.app = app
        self._tokens = tokens
        self._free = max_concurrency
        self._running: dict[str, int] = {path: 0 for path, route in ROUTES.items() if route.at_once}
        self._seconds_to_send = seconds_to_send

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # lifespan; there are no websockets here
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        route = ROUTES.get(path) or (_STATIC_ROUTE if path.startswith(STATIC) else None)
        headers = dict(scope["headers"])
        refusal = self._refusal(scope, route, headers)
        if route is None or refusal is not None:
            if b"expect" not in headers:  # who expects 100-continue has not sent it yet
                await self._discard(receive)
            await (refusal or _not_found(path))(scope, receive, send)
            return
        if not route.takes_body:
            await self.app(scope, receive, _in_our_form(send, scope, receive))
            return
        if self._free <= 0 or (route.at_once and self._running[path] >= route.at_once):
            busy = problem(
                429, "busy", "Too many requests at once; try again.", headers={"Retry-After": "1"}
            )
            await busy(scope, receive, send)
            return
        self._free -= 1
        if route.at_once:
            self._running[path] += 1
        try:
            if not route.streamed:
                try:
                    async with asyncio.timeout(self._seconds_to_send):
                        body = await _body(receive, route.limit)
                except TimeoutError:
                    late = f"The body did not arrive within {self._seconds_to_send:g} s."
                    await _closing(408, "too-slow", late)(scope, receive, send)
                    return
                if body is None:  # the client is gone
                    return
                if len(body) > route.limit:
                    await _too_large(route)(scope, receive, send)
                    return
                receive = _replay(body, receive)
            await self.app(scope, receive, _in_our_form(send, scope, receive))
        finally:
            self._free += 1
            if route.at_once:
                self._running[path] -= 1

    async def _discard(self, receive: Receive) -> None:
        """Read what is left of a refused body, for as long as one may take to send it.

        Many clients send a whole body before they look; closing on them resets the connection, and
        they never learn why. It costs no memory.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds_to_send):
                while (await receive()).get("more_body"):
                    pass

    def _refusal(
        self, scope: Scope, route: Route | None, headers: Mapping[bytes, bytes]
    ) -> Response | None:
        """Why this request goes no further, from its head alone."""
        if route is None:
            return _not_found(scope["path"])
        if scope["method"] not in route.methods:
            allowed = ", ".join(sorted(route.methods))
            detail = f"{scope['path']} takes {allowed}."
            return problem(405, "method", detail, headers={"Allow": allowed})
        if not route.open:
            refusal = self._identity_refusal(scope, headers)
            if refusal is not None:
                return refusal
        if not route.takes_body:
            return None
        sent_type = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if sent_type != route.media_type:
            wanted = (route.media_type or b"").decode()
            sent = sent_type.decode("latin-1") or "no Content-Type"
            detail = f"{scope['path']} takes {wanted}; this request has {sent}."
            return _closing(415, "media-type", detail, {"Accept-Post": wanted})
        if headers.get(b"content-encoding", b"identity") != b"identity":
            return _closing(415, "encoding", "Send the body as it is, not compressed.")
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > route.limit:
            return _too_large(route)
        return None

    def _identity_refusal(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Response | None:
        if self._tokens.required:
            if self._tokens.knows(headers.get(b"authorization", b"")):
                return None
            return problem(
                401,
                "token",
                "Send a valid token: Authorization: Bearer <token>.",
                headers={"WWW-Authenticate": 'Bearer realm="satispy"'},
            )
        if _is_loopback(scope.get("server")) and _is_loopback(scope.get("client")):
            return None
        return problem(
            403, "loopback-only", "This service has no tokens set, so it answers this machine only."
        )


def _is_loopback(address: tuple[str, int | None] | None) -> bool:
    if address is None:
        return False
    host = address[0]
    if host == "127.0.0.1":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _not_found(path: str) -> Response:
    return problem(404, "no-such-path", f"There is no {path[:100]!r} here; GET / shows what is.")


def _too_large(route: Route) -> Response:
    return _closing(413, "too-large", f"The limit of a body is {route.limit // MEGABYTE} MB.")


def _closing(
    status: int, name: str, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A refusal of a body that was not read: the connection cannot go on."""
    return problem(status, name, detail, headers={"Connection": "close", **(headers or {})})


async def _body(receive: Receive, limit: int) -> bytes | None:
    """The whole body; None if the client went away.

    Of one that passes the limit only so much is kept as shows it: the rest is read and thrown away.
    """
    message = await receive()
    if message["type"] != "http.request":
        return None
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] != "http.request":
            return None
        if size <= limit:
            parts.append(message.get("body", b""))
            size += len(parts[-1])
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _in_our_form(send: Send, scope: Scope, receive: Receive) -> Send:
    """A `send` that turns BentoML's refusals into problem details and lets the rest pass."""
    start: Message | None = None
    parts: list[bytes] = []

    async def translated(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            if message["status"] < 400 or _is_problem(message):
                await send(message)
            else:
                start = message
            return
        if start is None:
            await send(message)
            return
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            answer = of_bentoml(start["status"], b"".join(parts))
            await answer(scope, receive, send)

    return translated


def _is_problem(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(MEDIA_TYPE.encode())
        for name, value in message["headers"]
    )
