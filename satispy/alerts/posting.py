"""POST to an address that somebody typed in: to that host over TLS, and to nobody else.

The name is looked up once, and the address that was judged is the one that is connected to: a name
that means something else a moment later leads nowhere. A redirect is not followed. Whoever answers
slowly is left after `SECONDS` in all.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from satispy.errors import SatispyError

SECONDS: Final = 5.0  # to connect, and then for all the rest


class NotTold(SatispyError):
    """A channel has not confirmed. The message names no address: it may hold a secret."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, inner: bool = False) -> None:
    """Raises NotTold. inner: the host may be one of a network of our own, or this machine, where
    http will do."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username:
        raise NotTold("its address is not https://host/…")
    secure = parts.scheme == "https"
    try:
        port = parts.port or (443 if secure else 80)
    except ValueError as error:
        raise NotTold("its address has a port that is none") from error
    address = _address(parts.hostname, port, inner=inner)
    if not secure and not (inner and address.is_loopback):
        raise NotTold("only https is spoken to another machine")
    path = parts.path or "/"
    if parts.query:
        path += f"?{parts.query}"
    try:
        status = _answer(parts.hostname, str(address), port, path, body, headers, secure=secure)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotTold("it does not answer: %(name)s", name=type(error).__name__) from error
    if not 200 <= status < 300:
        if 300 <= status < 400:
            raise NotTold("it answers %(status)s, and redirects are not followed", status=status)
        raise NotTold("it answers %(status)s", status=status)


def _address(host: str, port: int, *, inner: bool) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    except (OSError, UnicodeError, ValueError) as error:
        raise NotTold("its host is not known") from error
    for address in addresses:
        plain = getattr(address, "ipv4_mapped", None) or address
        if inner and not (plain.is_link_local or plain.is_multicast or plain.is_unspecified):
            return address
        if plain.is_global and not plain.is_multicast:
            return address
    raise NotTold("its host is within a network of our own: `inner = true` allows that")


def _answer(
    host: str,
    address: str,
    port: int,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    secure: bool,
) -> int:
    """The status. The answer's body is not read."""
    sock = socket.create_connection((address, port), timeout=SECONDS)

    def hang_up() -> None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    # A time-out of the socket begins anew with each byte that comes.
    enough = threading.Timer(SECONDS, hang_up)
    enough.daemon = True
    enough.start()
    try:
        if secure:
            sock = ssl.create_default_context().wrap_socket(
                sock, server_hostname=host, do_handshake_on_connect=False
            )
            sock.do_handshake()
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
        connection.sock = sock
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    finally:
        enough.cancel()
        sock.close()
