"""Whom our servers answer: by the name they were asked under, and by the page that asks.

A server on loopback is reached by every page in a browser of this machine: by forms, images,
frames and redirects, and by everything a page of our own may do once a name of the attacker's
resolves to 127.0.0.1 (DNS rebinding). The browser tells in headers that no page can set: Host,
Origin (RFC 6454) and Sec-Fetch-* (https://www.w3.org/TR/fetch-metadata/). Programs send no Origin
and no Sec-Fetch, so nothing here keeps another local user out: that takes a key or a token.

Standard library only: the environments of the emulators have nothing else of ours.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum, auto

#: What decides is sent once. Of two, the reader behind us might believe the other.
DECIDING = frozenset(
    {b"host", b"origin", b"sec-fetch-site", b"sec-fetch-mode", b"sec-fetch-dest", b"upgrade"}
)
#: On every answer. No page frames it, guesses its type, or reads it from another site.
PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}


class Shows(Enum):
    """What a GET of this path would show."""

    #: Alike to everybody, and nothing changes: health, static files.
    NOTHING_SECRET = auto()
    #: A page that other sites may link to, but neither frame nor fetch.
    A_PAGE = auto()
    SECRETS = auto()


@dataclass(frozen=True)
class Refusal:
    status: int
    #: A sentence for people, without control characters, at most some 200 characters.
    detail: str


@dataclass(frozen=True)
class Hosts:
    """The values of `Host` under which a server answers, in lower case; None: under any."""

    names: frozenset[str] | None

    @classmethod
    def of(cls, setting: str, *ports: int) -> "Hosts":
        """From SATISPY_HOSTS: names, with these ports unless they have one; `*` is any name.

        >>> sorted(Hosts.of("localhost, satispy.example:80, [::1]", 3000).names)
        ['[::1]:3000', 'localhost:3000', 'satispy.example:80']
        """
        names = [name.lower() for name in setting.replace(",", " ").split()]
        if "*" in names:
            return cls(None)
        found: set[str] = set()
        for name in names:
            has_port = ":" in name.rpartition("]")[2]
            found |= {name} if has_port else {f"{name}:{port}" for port in ports}
        return cls(frozenset(found))

    def include(self, host: str) -> bool:
        return self.names is None or host.lower() in self.names


def refusal(
    hosts: Hosts,
    method: str,
    headers: Iterable[tuple[bytes, bytes]],
    shows: Shows = Shows.SECRETS,
) -> Refusal | None:
    """Why this request goes no further; None if it may."""
    headers = list(headers)
    if twice := sent_twice(headers, DECIDING):
        return Refusal(400, f"The header {twice.decode()} was sent twice.")
    sent = {name.lower(): value.strip() for name, value in headers if name.lower() in DECIDING}
    if b"host" not in sent:
        return Refusal(400, "The header host is missing.")
    host = sent[b"host"].decode("latin-1")
    if not hosts.include(host):
        return Refusal(
            421, f"Nothing here goes by the name {_shown(host)}. If it should: SATISPY_HOSTS."
        )
    reads = method in ("GET", "HEAD") and b"upgrade" not in sent
    if reads and shows is Shows.NOTHING_SECRET:
        return None
    followed_link = (
        sent.get(b"sec-fetch-mode") == b"navigate" and sent.get(b"sec-fetch-dest") == b"document"
    )
    if reads and shows is Shows.A_PAGE and followed_link and b"origin" not in sent:
        return None
    if b"origin" in sent and not _same(sent[b"origin"].decode("latin-1"), host):
        return _foreign(f"A page of {_shown(sent[b'origin'].decode('latin-1'))}")
    # `none` is the person's own doing: an address typed, a bookmark.
    if sent.get(b"sec-fetch-site", b"none") not in (b"same-origin", b"none"):
        return _foreign("A page of another site")
    return None


def sent_twice(headers: Iterable[tuple[bytes, bytes]], names: Collection[bytes]) -> bytes | None:
    """The first of these header names (in lower case) that occurs more than once."""
    seen: set[bytes] = set()
    for raw, _ in headers:
        name = raw.lower()
        if name in seen:
            return name
        if name in names:
            seen.add(name)
    return None


def _same(origin: str, host: str) -> bool:
    # Either scheme: a proxy that ends TLS in front of us passes on Origin as the browser wrote it.
    return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def _foreign(who: str) -> Refusal:
    return Refusal(403, f"{who} asks, in a browser; this answers its own pages and programs only.")


def _shown(text: str) -> str:
    return ascii(text)[:90]
