"""A client of the app that is no browser: it opens the websocket, and sends what it makes up."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4

import httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from satispy.dashboard import ahead

#: The app is asked one thing: on a busy machine it is slow.
PATIENCE = 120.0


@asynccontextmanager
async def in_time(what: str) -> AsyncIterator[None]:
    """Raises RuntimeError, naming it, where the app does not answer this in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except (TimeoutError, httpx.TimeoutException) as error:
        raise RuntimeError(f"{what}: no answer within {PATIENCE:.0f} s") from error


@dataclass(frozen=True)
class Widget:
    """A component of the page as it came: its models' ids, and what is written on it."""

    component: str
    data: str
    kind: str  # Select, Button, …
    label: str


class RawPage:
    """A session of the app's, as one cookie opens it."""

    def __init__(
        self, app: str, cookie: str, socket: WebSocketClientConnection, token: str
    ) -> None:
        self._app, self._cookie = app, cookie
        self._socket = socket
        self.token = token
        self.widgets: list[Widget] = []
        #: As it came, and in JSON.
        self._document: Any = None
        self.document = ""
        #: The review that was last shown, as its address names it.
        self.review = ""
        #: What came since it was last asked for, in JSON: changes of the page.
        self._heard: list[str] = []
        #: What came ahead of the session, when it was there, and when the session was.
        self.ahead = ""
        self.read_at = self.whole_at = 0.0

    @classmethod
    async def opened(cls, app: str, cookie: str) -> Self:
        """Raises httpx or Tornado's errors where the door is shut."""
        text, read_at = "", 0.0
        async with (
            httpx.AsyncClient(timeout=120) as web,
            web.stream("GET", app, headers={"Cookie": cookie}) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise httpx.HTTPStatusError("shut", request=answer.request, response=answer)
            async for part in answer.aiter_text():
                text += part
                if not read_at and ahead.SENT in text:
                    read_at = time.perf_counter()
        token = token_of(text)
        page = cls(app, cookie, await connected(app, cookie, token), token)
        page.ahead, page.read_at = text.partition(ahead.SENT)[0], read_at
        await page.received("ACK")
        await page.send("PULL-DOC-REQ", {})
        page._document = (await page.received("PULL-DOC-REPLY"))["doc"]
        page.whole_at = time.perf_counter()
        page.document = json.dumps(page._document, ensure_ascii=False)
        page.widgets = list(_widgets(page._document))
        return page

    async def drawn(self) -> None:
        """Say what a browser says when the page stands: only then do changes come to it."""
        event = {"type": "event", "name": "document_ready", "values": {"type": "map"}}
        event = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}
        await self.patch(event)

    async def open_pages(self, *numbers: int) -> None:
        """As a visitor opens one tab after another: a page's widgets come when it is opened."""
        await self.drawn()
        (tabs,) = (each for each in self.widgets if each.kind == "Tabs")
        (data,) = (each for each in _objects(self._document) if each["id"] == tabs.data)
        places = [each["id"] for each in data["attributes"]["objects"]]
        for number in numbers:
            await self.set(tabs, "active", number)
            made = False
            while not made:
                changes = (await self.received("PATCH-DOC"))["events"]
                filled = [each["model"]["id"] for each in changes if each.get("attr") == "children"]
                made = places[number] in filled
            await self.answered()  # and what it shows and hides at once

    async def send(self, kind: str, content: Any, *buffers: bytes) -> None:
        header = {"msgid": uuid4().hex, "msgtype": kind}
        if buffers:
            header["num_buffers"] = len(buffers)
        try:
            for part in (header, {}, content):
                await self._socket.write_message(json.dumps(part))
            for number, buffer in enumerate(buffers):
                await self._socket.write_message(json.dumps({"id": str(number)}))
                await self._socket.write_message(buffer, binary=True)
        except WebSocketClosedError as error:
            raise ConnectionError("closed") from error

    async def set(self, widget: Widget, attribute: str, value: object) -> None:
        changed = {"kind": "ModelChanged", "model": {"id": widget.data}}
        await self.patch(changed | {"attr": attribute, "new": value})

    async def go(self, address: str) -> None:
        """To what stands behind the #."""
        location = next(
            each["id"]
            for each in _objects(self._document)
            if each["name"] == "panel.models.location.Location"
        )
        changed = {"kind": "ModelChanged", "model": {"id": location}}
        await self.patch(changed | {"attr": "hash", "new": address})

    async def click(self, widget: Widget) -> None:
        data = {"target": None, "currentTarget": None, "relatedTarget": None}
        await self.patch(_event("dom_event", widget, node="click", data=_map(data)))

    async def upload(self, name: str, content: bytes) -> None:
        """As the app's own script sends a small file, whatever is answered."""
        about = {"name": name, "size": len(content), "modified": 1}
        headers = {"Cookie": self._cookie, "X-Satispy-Sending": "1"}
        base = self._app.removesuffix("/app")
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=120) as web:
            answer = await web.post("/send", json=about)
            id = answer.json().get("id") or "0" * 32
            for method, path, body in (("PUT", "/0", content), ("POST", "", None)):
                with suppress(httpx.TransportError):  # refused before it was read
                    await web.request(method, f"/send/{id}{path}", content=body)

    async def drop(self, widget: Widget, name: str, content: bytes) -> None:
        """On a box for files that sends them by the websocket."""
        chunk = {
            **{"type": "status", "status": "upload_event", "chunk": 1, "total_chunks": 1},
            **{"data": {"type": "bytes", "data": {"id": "0"}}, "name": name},
            "mime_type": "text/csv",
        }
        for status in ("initializing", "", "finished"):
            data = _map({"status": status, "type": "status"} if status else chunk)
            event = _event("data_event", widget, data=data)
            await self.patch(event, *([] if status else [content]))

    async def patch(self, event: dict[str, Any], *buffers: bytes) -> None:
        await self.send("PATCH-DOC", {"events": [event]}, *buffers)

    async def answered(self) -> None:
        """Once what was sent is worked on. Raises ConnectionError if the app has hung up."""
        await self.send("SERVER-INFO-REQ", {})
        await self.received("SERVER-INFO-REPLY")

    async def settled(self) -> None:
        """And what that started had time to end."""
        await self.answered()
        await asyncio.sleep(0.3)
        await self.answered()

    def heard(self) -> str:
        """What came since this was last asked, in JSON."""
        heard, self._heard = "".join(self._heard), []
        return heard

    def close(self) -> None:
        self._socket.close()

    async def received(self, kind: str) -> Any:
        """The content of the next message of this kind; others are passed over.

        Raises RuntimeError where it does not come in time.
        """
        async with in_time(kind):
            while (came := await self._message())[0] != kind:
                pass
        return came[1]

    async def _message(self) -> tuple[str, Any]:
        header = json.loads(await self._frame())
        await self._frame()
        content = json.loads(await self._frame())
        for _ in range(2 * header.get("num_buffers", 0)):
            await self._frame()
        if header["msgtype"] == "PATCH-DOC":
            self.widgets += _widgets(content["events"])
            self._heard.append(json.dumps(content, ensure_ascii=False))
            if shown := re.search(r"#donnees\.(r[0-9a-f]{32})", self._heard[-1]):
                self.review = shown[1]
        return header["msgtype"], content

    async def _frame(self) -> str | bytes:
        frame = await self._socket.read_message()
        if frame is None:
            raise ConnectionError(f"closed: {self._socket.close_reason}")
        return frame


def token_of(page: str) -> str:
    found = re.search(r'"token":"([^"]+)"', page)
    if not found:
        raise ValueError("there is no token in this page")
    return found[1]


async def connected(app: str, cookie: str, token: str) -> WebSocketClientConnection:
    """Raises tornado's HTTPClientError where it is refused."""
    origin = "/".join(app.split("/")[:3])
    headers = {"Origin": origin} | ({"Cookie": cookie} if cookie else {})
    address = f"{app.replace('http', 'ws', 1)}/ws"
    request = HTTPRequest(address, headers=headers, connect_timeout=120, request_timeout=120)
    return await websocket_connect(request, subprotocols=["bokeh", token])


def _event(name: str, widget: Widget, **values: object) -> dict[str, Any]:
    entries = [["model", {"id": widget.component}], *map(list, values.items())]
    data = {"type": "event", "name": name, "values": {"type": "map", "entries": entries}}
    return {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": data}


def _map(values: dict[str, object]) -> dict[str, object]:
    return {"type": "map", "entries": [list(each) for each in values.items()]}


def _widgets(document: Any) -> Iterator[Widget]:
    for one in _objects(document):
        attributes = one.get("attributes", {})
        data = attributes.get("data")
        if isinstance(data, dict) and "attributes" in data and "class_name" in attributes:
            label = data["attributes"].get("label")
            yield Widget(one["id"], data["id"], attributes["class_name"], str(label or ""))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "id" in value and "name" in value:
            yield value
        for each in value.values():
            yield from _objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from _objects(each)
