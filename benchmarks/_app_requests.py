"""What the app is asked over HTTP by who may not: each path that shows or does something."""

import json
from dataclasses import dataclass, field

import httpx

#: A form's token is whatever a client sends twice: it keeps other sites out, and no client.
TOKEN = "a" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-XSRFToken": TOKEN}
SENDING = {"X-Satispy-Sending": "1"}
PLANTED = {"name": "planted.csv", "size": 27, "modified": 1}


@dataclass(frozen=True)
class Request:
    method: str
    #: {sending}: a file that an admin is sending.
    path: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_page(self) -> bool:
        """That somebody who is signed in may ask for, and that costs a second."""
        return self.method == "GET" and not self.path.startswith("/send")

    @property
    def of_another(self) -> bool:
        return "{sending}" in self.path

    async def ask(self, web: httpx.AsyncClient, cookie: str, sending: str) -> httpx.Response:
        cookies = "; ".join(filter(None, (cookie, f"_xsrf={TOKEN}")))
        return await web.request(
            self.method,
            self.path.replace("{sending}", sending),
            headers={**self.headers, "Cookie": cookies},
            content=self.body or None,
        )

    def is_through(self, answer: httpx.Response, visit: str) -> bool:
        """By the answer; visit: the name of the cookie that lets in. A success of sending is one,
        as is a page or a visit for whoever has none."""
        lets_in = any(
            each.partition(";")[0].partition("=")[2].strip('"')
            for each in answer.headers.get_list("set-cookie")
            if each.startswith(visit + "=")
        )
        sends = self.path.startswith("/send") and answer.is_success
        return lets_in or sends or (answer.is_success and '"token":"' in answer.text)


async def begun(app: str, cookie: str) -> str:
    """A file that an admin is sending, of which no part has come."""
    file = PLANTED | {"name": "boss.csv"}
    async with httpx.AsyncClient(timeout=120) as web:
        answer = await web.post(
            app.removesuffix("/app") + "/send", json=file, headers={**SENDING, "Cookie": cookie}
        )
    answer.raise_for_status()
    return str(answer.json()["id"])


_GUESS = "name=boss&password=guessed-guessed"
_FIRST = "code=guessed&name=eve&password=guessed-guessed&again=guessed-guessed"
_PART = "Commentaire,star\nplanted,5\n"

REQUESTS = [
    Request("GET", "/app"),
    Request("GET", "/app/"),
    Request("GET", "/"),
    Request("GET", "/app?bokeh-session-id=a"),
    Request("GET", "/app/autoload.js?bokeh-autoload-element=a"),
    Request("GET", "/app/metadata"),
    Request("GET", "/app/ws"),
    Request("GET", "//app"),
    Request("GET", "/login/../app"),
    Request("GET", "/%61pp"),
    Request("GET", "/liveness?endpoint=/app"),
    Request("GET", "/login?next=//evil.example"),
    Request("HEAD", "/app"),
    Request("OPTIONS", "/app"),
    Request("POST", "/app", "a=b", FORM),
    Request("PUT", "/app", "a=b", FORM),
    Request("DELETE", "/app", "", FORM),
    Request("POST", "/login", _GUESS, FORM),
    Request("POST", "/enter", "code=guessed", FORM),
    Request("POST", "/first", _FIRST, FORM),
    Request("POST", "/logout", "", FORM),
    Request("POST", "/send", json.dumps(PLANTED), SENDING),
    Request("POST", "/send", json.dumps(PLANTED)),
    Request("GET", "/send/{sending}", "", SENDING),
    Request("PUT", "/send/{sending}/0", _PART, SENDING),
    Request("POST", "/send/{sending}", "", SENDING),
    Request("DELETE", "/send/{sending}", "", SENDING),
    Request("PUT", f"/send/{'0' * 32}/0", _PART, SENDING),
]
