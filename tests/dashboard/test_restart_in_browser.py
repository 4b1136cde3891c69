"""A page outlives the process that served it."""

from urllib.parse import urlsplit

import pytest
from conftest import running_app, sign_in
from made_up_reports import make_report, write_report
from playwright.sync_api import Browser, WebSocketRoute, expect

from satispy.storage import Store

pytestmark = pytest.mark.e2e


def test_an_open_page_goes_on_by_itself_when_the_app_has_started_anew(
    chromium: Browser, cloud: dict[str, str], s3: Store
) -> None:
    write_report(s3, make_report(1))
    visitor = chromium.new_context(locale="fr-FR")
    page = visitor.new_page()
    sockets: list[WebSocketRoute] = []
    page.route_web_socket("**/ws*", lambda socket: _pass_on(socket, sockets))
    with running_app(**cloud) as address:
        sign_in(visitor, address)
        page.goto(address)
        expect(page.get_by_role("row", name="v00001")).to_be_visible()
        port = urlsplit(address).port or 0
        # The first of a message's three parts: killed in the midst of it, the app sends no other.
        sockets[-1].send('{"msgid": "half", "msgtype": "OK", "reqid": "of nobody"}')
    lost = page.get_by_text("Connexion perdue, nouvel essai…", exact=True)
    expect(lost).to_be_visible()
    with running_app(port, **cloud):
        expect(lost).to_be_hidden()
        expect(page.get_by_text("En direct")).to_be_visible()
        write_report(s3, make_report(2))
        expect(page.get_by_role("row", name="v00002")).to_be_visible()
    visitor.close()


def _pass_on(socket: WebSocketRoute, sockets: list[WebSocketRoute]) -> None:
    socket.connect_to_server()
    sockets.append(socket)
