"""What Bokeh asks of whoever guards it: who asks, and where strangers are sent."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from bokeh.server.auth_provider import AuthProvider
from tornado.web import RequestHandler
from tornado.websocket import WebSocketHandler

from satispy.dashboard.door import handlers, sending
from satispy.dashboard.door.keeper import keeper
from satispy.dashboard.render import render
from satispy.errors import StorageUnreachable
from satispy.locales.telling import told
from satispy.visits import Visitor


class Door(AuthProvider):
    """Pages, their websockets and everything else that Bokeh serves of a session are behind it."""

    @property
    def get_user_async(self) -> Any:
        return signed_in

    @property
    def get_login_url(self) -> Any:
        return _way_to_login

    @property
    def logout_url(self) -> str:
        return "/logout"

    @property
    def endpoints(self) -> list[tuple[str, type[RequestHandler]]]:
        return [*handlers.ROUTES, *sending.ROUTES]


async def signed_in(handler: RequestHandler) -> Visitor | None:
    """Whoever the cookie of this request lets in; their sessions find them on its request."""
    door = keeper()
    visit = door.visit_of(handler.get_cookie(door.cookie))
    if visit is None:
        return None
    # A page that is left alone connects again by itself: only people count.
    is_socket = isinstance(handler, WebSocketHandler)
    try:
        visitor = await asyncio.to_thread(door.find, visit, used=not is_socket)
    except StorageUnreachable as error:
        if not is_socket:
            handler.set_status(503)
            handler.set_header("Retry-After", "5")
            await handler.finish(render("door_unreachable.html", detail=told(error)))
        return None
    handler.request.satispy_visitor = visitor  # type: ignore[attr-defined]
    return visitor


def _way_to_login(handler: RequestHandler) -> str:
    """Relative, since a proxy may have taken a prefix away. Panel puts a dot in front."""
    path = handler.request.path.removeprefix(handler.application.prefix)  # type: ignore[attr-defined]
    up = "/.." * (path.count("/") - 1)
    # With a query of its own: Tornado would add the whole address.
    return f"{up}/login?" + urlencode({"next": handler.request.query})
