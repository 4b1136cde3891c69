"""Why a request goes no further, from its head alone: nothing of its body is read before."""

import ipaddress
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import Scope

from bentos.media_type import Ambiguous, parse_csv
from bentos.problems import problem
from bentos.routes import MEGABYTE, Route
from bentos.tokens import Tokens
from satispy.same_origin import DECIDING, Hosts, refusal, sent_twice
from satispy.settings import Settings

#: Sent twice, the gate would go by one of them and whoever reads the request next by the other.
SENT_ONCE = DECIDING | {
    b"authorization",
    b"connection",
    b"content-encoding",
    b"content-length",
    b"content-type",
    b"expect",
    b"transfer-encoding",
}
#: Headers that browsers add; without them the policy has only the Host to look at.
_OF_BROWSERS = frozenset({b"origin", b"sec-fetch-site", b"upgrade"})


class Heads:
    def __init__(self, settings: Settings) -> None:
        self._tokens = Tokens(settings.tokens)
        # A page under a name that was made to point here can do what being on this machine allows.
        # Where tokens are asked for that is nothing: the service may go by any name, its balancer's
        # or the address a probe asks, unless the setting says which.
        self._any_host = self._tokens.required and "hosts" not in settings.model_fields_set
        self._names = settings.hosts
        self._hosts: dict[int, Hosts] = {}

    def refusal(
        self, scope: Scope, route: Route | None, headers: Mapping[bytes, bytes]
    ) -> Response | None:
        """`headers` are the last of each name: whether there are more of one is found here."""
        sent: Sequence[tuple[bytes, bytes]] = scope["headers"]
        if len(headers) < len(sent) and (twice := sent_twice(sent, SENT_ONCE)):
            return two_meanings(f"The header {twice.decode()} was sent twice.")
        if b"transfer-encoding" in headers and b"content-length" in headers:
            return two_meanings("Send either Content-Length or Transfer-Encoding.")
        if scope["http_version"] not in ("1.1", "1.0"):
            return closing(400, "not-http", "This service speaks HTTP/1.1.")
        if route is None:
            return not_found(scope["path"])
        if scope["method"] not in route.methods:
            allowed = ", ".join(sorted(route.methods))
            detail = f"{scope['path']} takes {allowed}."
            return problem(405, "method", detail, headers={"Allow": allowed})
        if route.open and not _has_name(headers.get(b"host", b"")):
            return None
        refused = self._sender_refusal(scope, route, headers)
        if refused is not None:
            return refused
        return _body_refusal(scope, route, headers) if route.takes_body else None

    def _sender_refusal(
        self, scope: Scope, route: Route, headers: Mapping[bytes, bytes]
    ) -> Response | None:
        hosts = self._hosts_at(scope)
        host = headers.get(b"host", b"").decode("latin-1")
        if not (hosts.include(host) and _OF_BROWSERS.isdisjoint(headers)):
            foreign = refusal(hosts, scope["method"], scope["headers"], route.shows)
            if foreign is not None:
                name = {400: "two-meanings", 421: "host"}.get(foreign.status, "foreign-page")
                return closing(foreign.status, name, foreign.detail)
        if route.open:
            return None
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

    def _hosts_at(self, scope: Scope) -> Hosts:
        """The names it answers to, on the port that was asked: only the socket knows it."""
        port = (scope.get("server") or ("", 0))[1] or 0
        hosts = self._hosts.get(port)
        if hosts is None:
            hosts = Hosts(None) if self._any_host else Hosts.of(self._names, port)
            if hosts.names is not None and port == 80:  # clients leave it out
                bare = {name.removesuffix(":80") for name in hosts.names}
                hosts = Hosts(hosts.names | bare)
            self._hosts[port] = hosts
        return hosts


def _body_refusal(scope: Scope, route: Route, headers: Mapping[bytes, bytes]) -> Response | None:
    sent_type = headers.get(b"content-type", b"")
    if sent_type != route.media_type:
        try:
            media_type, charset, header = parse_csv(sent_type.decode("latin-1"))
        except Ambiguous as ambiguous:
            return two_meanings(str(ambiguous))
        wanted = (route.media_type or b"").decode()
        if media_type != wanted:
            sent = ascii(media_type[:80])[1:-1] or "no Content-Type"
            detail = f"{scope['path']} takes {wanted}; this request has {sent}."
            return closing(415, "media-type", detail, {"Accept-Post": wanted})
        if not route.streamed and charset not in ("", "utf-8", "utf8", "us-ascii"):
            return closing(415, "media-type", "JSON is UTF-8.", {"Accept-Post": wanted})
        if route.streamed and header == "absent":
            detail = "A CSV needs a header line: it says which column holds the texts."
            return closing(415, "media-type", detail, {"Accept-Post": wanted})
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        return closing(415, "encoding", "Send the body as it is, not compressed.")
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > route.limit:
        return too_large(route)
    return None


def _has_name(host: bytes) -> bool:
    """Whether a name was asked for. Probes ask an address, some without saying of whom."""
    try:
        ipaddress.ip_address(urlsplit(f"//{host.decode('latin-1')}").hostname or "127.0.0.1")
    except ValueError:
        return True
    return False


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


def not_found(path: str) -> Response:
    return problem(404, "no-such-path", f"There is no {path[:100]!r} here; GET / shows what is.")


def two_meanings(detail: str) -> Response:
    return closing(400, "two-meanings", detail)


def too_large(route: Route) -> Response:
    return closing(413, "too-large", f"The limit of a body is {route.limit // MEGABYTE} MB.")


def closing(
    status: int, name: str, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A refusal of a body that was not read: the connection cannot go on."""
    return problem(status, name, detail, headers={"Connection": "close", **(headers or {})})
