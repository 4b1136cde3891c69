"""A deployment on an emulator that answers late."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.exceptions import ClientError

from infra.deploy import Cloud, create_change_set

ERROR = "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code></Error></ErrorResponse>"
CHANGE = {"StackName": "satispy", "ChangeSetName": "c1", "TemplateBody": "{}"}


class Formation(ThreadingHTTPServer):
    """Makes a change set, and goes away before it says so; refuses what it has already."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.made: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    server: Formation

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        name = parse_qs(self.rfile.read(length).decode())["ChangeSetName"][0]
        if name == "refused":
            return self.refuse("ValidationError")
        if name in self.server.made:
            return self.refuse("AlreadyExistsException")
        self.server.made.append(name)
        self.close_connection = True
        return None

    def refuse(self, code: str) -> None:
        body = ERROR.format(code).encode()
        self.send_response(400)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Silent."""


@pytest.fixture
def formation() -> Iterator[Formation]:
    server = Formation()
    yield server
    server.shutdown()
    server.server_close()


def client(formation: Formation) -> Any:
    cloud = Cloud(f"http://127.0.0.1:{formation.server_port}", "eu-west-3", "key", "secret")
    return cloud.client("cloudformation")


def test_a_change_set_whose_answer_was_lost_is_there_and_no_error(formation: Formation) -> None:
    create_change_set(client(formation), **CHANGE)
    assert formation.made == ["c1"]


def test_a_change_set_that_is_refused_is_an_error(formation: Formation) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        create_change_set(client(formation), **CHANGE | {"ChangeSetName": "refused"})
