"""Files that an admin sends, by requests of their own beside the page's websocket: part by part, in
bounded memory, and on after a broken connection."""

import asyncio
from typing import Any, Final

from pydantic import ValidationError
from tornado.web import HTTPError, RequestHandler, stream_request_body

from satispy import journal
from satispy.dashboard.door.keeper import keeper
from satispy.errors import Conflict, Forbidden, NotFound, SatispyError
from satispy.journal import Actor, Fact, What
from satispy.reviews.in_parts import PART, File, InParts, Sending, Sent, Unsuitable
from satispy.reviews.receipts import upload_name
from satispy.visits import Visitor

#: No form sends it, and no script of another site may: the place of a form's token.
MARK: Final = "X-Satispy-Sending"

#: Files whose parts are being joined by this process.
_joining: dict[str, "asyncio.Task[Sent]"] = {}


class ForAdmins(RequestHandler):
    """Each request is an admin's at this moment, or does nothing; refusals are codes."""

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")

    def check_xsrf_cookie(self) -> None:
        if self.request.headers.get(MARK) != "1":
            raise HTTPError(403)

    async def prepare(self) -> None:
        door = keeper()
        visit = door.visit_of(self.get_cookie(door.cookie))
        if visit is None:
            raise Forbidden("nobody is signed in", signed_out=True)
        self.visitor: Visitor = await asyncio.to_thread(door.demand, visit, "admin")
        door.used(visit)
        self.store = InParts(door.store)

    async def sending(self, id: str) -> Sending:
        return await asyncio.to_thread(self.store.find, self.visitor.name, id)

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        if not isinstance(value, SatispyError):  # those are answers
            super().log_exception(typ, value, tb)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        match error:
            case Forbidden(signed_out=True):
                status, code = 401, "signed-out"
            case Forbidden():
                status, code = 403, "role"
            case Unsuitable():
                status, code = 422, error.code
            case NotFound():
                status, code = 404, "gone"
            case Conflict():
                status, code = 409, "parts"
            case SatispyError():
                status, code = 503, "storage"
            case _:
                status, code = status_code, "request"
        self.set_status(status)
        self.finish({"code": code})


class Begins(ForAdmins):
    async def post(self) -> None:
        try:
            file = File.model_validate_json(self.request.body)
        except ValidationError as error:
            raise HTTPError(400) from error
        sending = await asyncio.to_thread(self.store.begin, self.visitor.name, file)
        have = await asyncio.to_thread(self.store.have, sending)
        self.finish({"id": sending.id, "part": PART, "have": have})


class Sends(ForAdmins):
    async def get(self, id: str) -> None:
        """Where it is: parts that are there, on its way to `uploads/`, or put."""
        sending = await self.sending(id)
        task = _joining.get(sending.at())
        if task is not None and not task.done():
            self.finish({"state": "joining"})
            return
        if sent := await asyncio.to_thread(self.store.sent, sending):
            self.finish({"state": "sent", **sent.model_dump()})
            return
        if task is not None:
            del _joining[sending.at()]
            if error := task.exception():
                raise error
        have = await asyncio.to_thread(self.store.have, sending)
        self.finish({"state": "parts", "have": have})

    async def post(self, id: str) -> None:
        """All parts are there. Joining them may take longer than a proxy waits for an answer."""
        sending = await self.sending(id)
        task = _joining.get(sending.at())
        if task is None or task.done():
            await asyncio.to_thread(self.store.demand_all, sending)
            by = Actor(who=self.visitor.name, via="app")
            joining = asyncio.to_thread(_join, keeper().store, self.store, sending, by)
            _joining[sending.at()] = asyncio.create_task(joining)
        self.set_status(202)
        self.finish({"state": "joining"})

    async def delete(self, id: str) -> None:
        sending = await self.sending(id)
        await asyncio.to_thread(self.store.cancel, sending)
        self.set_status(204)


@stream_request_body
class Takes(ForAdmins):
    """One part. Who it is, and which size it must have, is known before it is read."""

    async def prepare(self) -> None:
        self._data = bytearray()
        if self.request.method != "PUT":
            raise HTTPError(405)
        self.check_xsrf_cookie()
        await super().prepare()
        id, part = self.path_args
        self._sending, self._part = await self.sending(id), int(part)
        size = self._sending.size_of(self._part)
        if not size or self.request.headers.get("Content-Length") != str(size):
            raise Conflict("this part has another size")
        self.request.connection.set_max_body_size(size)  # type: ignore[union-attr]

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.set_header("Connection", "close")  # what was not read of a part follows
        super().write_error(status_code, **kwargs)

    def data_received(self, chunk: bytes) -> None:
        self._data += chunk

    async def put(self, id: str, part: str) -> None:
        data = bytes(self._data)
        self._data.clear()
        await asyncio.to_thread(self.store.take, self._sending, self._part, data)
        self.set_status(204)


def _join(store: Any, parts: InParts, sending: Sending, by: Actor) -> Sent:
    fact = Fact(by=by, what=What.UPLOAD_SENT, on=upload_name(sending.key))
    with journal.acting(store, fact):
        return parts.join(sending)


ROUTES: list[tuple[str, type[RequestHandler]]] = [
    ("/send", Begins),
    ("/send/([0-9a-f]{32})", Sends),
    ("/send/([0-9a-f]{32})/([0-9]{1,5})", Takes),
]
