"""What every request passes before BentoML sees it, and every refusal on its way out.

BentoML has no authentication, no body limit, no route table in front of its metrics, and a time
limit that keeps some kilobytes of each request until it passes. The gate is one ASGI layer around
the whole application: unknown paths, wrong types and oversized bodies cost it a few microseconds.
"""

from contextlib import suppress

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bentos.answers import in_our_form, protected
from bentos.bodies import in_json
from bentos.connections import STATE, Connection
from bentos.heads import Heads, closing, not_found, too_large
from bentos.problems import problem
from bentos.routes import Route, find
from bentos.transfers import Pace, Places, Transfer
from satispy.settings import Settings

#: Bodies of texts that are on their way at once, each up to 1 MB in memory.
BODIES = 64
#: CSVs that are on their way at once, in or out, each up to 100 MB on disk.
CSVS = 16
MOST_SECONDS_OF_A_CSV = 600.0


class Gate:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._heads = Heads(settings)
        #: Work under way: taken when a request is complete, given back when its answer begins.
        self._free = settings.max_concurrency
        self._bodies = Places(BODIES, settings.seconds_to_send)
        self._csvs = Places(CSVS, settings.seconds_to_send)
        self._pace = Pace(settings.seconds_to_send, settings.seconds_to_send)
        self._csv_pace = Pace(settings.seconds_to_send, MOST_SECONDS_OF_A_CSV)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # BentoML would take websockets, and the gate knows no more
            await send({"type": "websocket.close", "code": 1008})
            return
        path = scope["path"]
        route = find(path)
        headers = dict(scope["headers"])
        refusal = self._heads.refusal(scope, route, headers)
        if route is None or refusal is not None:
            if b"expect" not in headers:  # who expects 100-continue has not sent it yet
                await self._discard(scope, receive)
            await (refusal or not_found(path))(scope, receive, protected(send))
        elif not route.takes_body:
            await self.app(scope, receive, in_our_form(send, scope, receive))
        elif route.streamed:
            await self._stream(scope, receive, send)
        else:
            if headers[b"content-type"] != route.media_type:
                scope = _with_type(scope, route)
            await self._work(scope, receive, send, route)

    async def _work(self, scope: Scope, receive: Receive, send: Send, route: Route) -> None:
        """A request that is answered when the whole of its body is there."""
        body = await self._body(scope, receive, route)
        if body is None:  # the client is gone
            return
        if not isinstance(body, Response):
            body = in_json(body)
        if isinstance(body, Response):
            await body(scope, receive, protected(send))
            return
        if self._free <= 0:
            await _busy()(scope, receive, protected(send))
            return
        self._free -= 1
        working = True

        def done() -> None:
            nonlocal working
            self._free += working
            working = False

        try:
            receive = _replay(body, receive)
            await self.app(scope, receive, in_our_form(send, scope, receive, done))
        finally:
            done()

    async def _body(self, scope: Scope, receive: Receive, route: Route) -> bytes | Response | None:
        """The whole body, or what refuses it; None if the client went away.

        Of one that passes the limit only so much is kept as shows it: the rest is thrown away.
        """
        connection = _connection(scope)
        if connection and connection.has_whole_request:
            message = await receive()  # at once
            body: bytes = message.get("body", b"")
            return body if len(body) <= route.limit else too_large(route)
        transfer, parts = Transfer(self._pace), []
        if not await self._bodies.take(transfer):
            return _busy()
        try:
            more = True
            while more:
                message = await transfer.wait(receive())
                if message["type"] != "http.request":
                    return None
                more = message.get("more_body", False)
                if transfer.size <= route.limit:
                    parts.append(message.get("body", b""))
                transfer.size += len(message.get("body", b""))
        except TimeoutError:
            return closing(408, "too-slow", "The body came too slowly.")
        finally:
            self._bodies.leave(transfer)
        return b"".join(parts) if transfer.size <= route.limit else too_large(route)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A CSV, in and out at its client's pace, within limits."""
        coming, going = Transfer(self._csv_pace), Transfer(self._csv_pace)
        if not await self._csvs.take(coming):
            await self._discard(scope, receive)
            await _busy()(scope, receive, protected(send))
            return
        connection = _connection(scope)
        whole = False

        async def receive_in_time() -> Message:
            nonlocal whole
            if whole:  # only a disconnection may still come
                return await receive()
            message = await coming.wait(receive())
            whole = not message.get("more_body")
            coming.size += len(message.get("body", b""))
            return message

        async def send_in_time(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._csvs.swap(coming, going)
            try:
                await going.wait(send(message))
                going.size += len(message.get("body", b""))
            except TimeoutError:
                if connection:  # closing it would wait for the client to read the rest
                    connection.abort()

        try:
            in_form = in_our_form(send_in_time, scope, receive)
            await self.app(scope, receive_in_time, in_form)
        finally:
            self._csvs.leave(coming)
            self._csvs.leave(going)

    async def _discard(self, scope: Scope, receive: Receive) -> None:
        """Read what is left of a refused body, for as long as one may take to send it.

        Many clients send a whole body before they look; closing on them resets the connection, and
        they never learn why. It costs no memory.
        """
        connection = _connection(scope)
        if connection and connection.has_whole_request:
            return
        transfer = Transfer(self._pace)
        with suppress(TimeoutError):
            while (await transfer.wait(receive())).get("more_body"):
                pass


def _connection(scope: Scope) -> Connection | None:
    """None in a test that has no server."""
    found: Connection | None = scope.get("state", {}).get(STATE)
    return found


def _busy() -> Response:
    return problem(
        429, "busy", "Too many requests at once; try again.", headers={"Retry-After": "1"}
    )


def _with_type(scope: Scope, route: Route) -> Scope:
    """However the type was spelled, BentoML reads the route's own."""
    others = [pair for pair in scope["headers"] if pair[0] != b"content-type"]
    return {**scope, "headers": [*others, (b"content-type", route.media_type)]}


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
