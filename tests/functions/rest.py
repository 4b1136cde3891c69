"""The REST API over a folder, called as API Gateway calls it, or as a WSGI application."""

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

from functions.rest.api import Api
from functions.rest.http import answered
from satispy.accounts import Accounts
from satispy.settings import Settings
from satispy.storage import Store

PASSWORDS = {"anne": "a long password", "root": "another long one"}


class Rest:
    """Remembers what left the API: announcements, signed addresses, retrains."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.announced: list[bool] = []
        self.signed: list[str] = []
        self.retrained: list[int] = []
        self.api = Api(
            store,
            Settings(),
            announce=lambda: self.announced.append(True),
            sign=self._sign,
            retrain=self._retrain,
            accounts=Accounts(store, cost=16, sleep=lambda seconds: None),  # no test is slow
        )
        self.api.accounts.create("anne", "user", PASSWORDS["anne"])
        self.api.accounts.create("root", "admin", PASSWORDS["root"])

    def _sign(self, key: str) -> str:
        self.signed.append(key)
        return f"https://bucket.example/{key}?signature"

    def _retrain(self, version: int) -> str:
        self.retrained.append(version)
        return f"v{version:05d}"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        name: str | None = "anne",
        password: str | None = None,
        **headers: str,
    ) -> tuple[int, Any, dict[str, str]]:
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        if name:
            sent["Authorization"] = basic(name, password or PASSWORDS.get(name, ""))
        return self.call_with(
            method,
            path,
            list(sent.items()),
            body if isinstance(body, str) or body is None else json.dumps(body),
        )

    def call_with(
        self,
        method: str,
        path: str,
        sent: list[tuple[str, str]],
        body: str | None,
        address: str = "203.0.113.7",
    ) -> tuple[int, Any, dict[str, str]]:
        """Headers in the order and as often as they are sent; API Gateway tells them twice."""
        event = {
            "httpMethod": method,
            "path": path,
            "headers": dict(sent),
            "multiValueHeaders": {
                name: [value for other, value in sent if other == name] for name, _ in sent
            },
            "body": body,
            "requestContext": {"identity": {"sourceIp": address}},
        }
        answer = answered(event, self.api.answer)
        return answer["statusCode"], json.loads(answer["body"]), answer["headers"]

    def wsgi(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        headers = {
            name[5:].replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        if "CONTENT_TYPE" in environ:
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        event = {
            "httpMethod": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"],
            "headers": headers,
            "body": base64.b64encode(environ["wsgi.input"].read(length)).decode(),
            "isBase64Encoded": True,
        }
        answer = answered(event, self.api.answer)
        start(f"{answer['statusCode']} .", list(answer["headers"].items()))
        return [answer["body"].encode()]


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
