"""Keys of objects: which of them our client can name, and how a key is shown to people.

S3 takes any UTF-8 as a key. obstore reads keys as paths, and refuses some of them.
"""

from dataclasses import dataclass

MAX_BYTES = 1024  # S3's own limit
_SHOWN = 120


@dataclass(frozen=True)
class LeftOut:
    """An object that is skipped, and why, for people."""

    key: str
    reason: str

    def __str__(self) -> str:
        return f"{shown(self.key)} ({self.reason})"


def why_unusable(key: str) -> str | None:
    """Why no object can be read or written under this key by us; None if one can."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        return "its key is not valid Unicode"
    if size > MAX_BYTES:
        return f"its key is longer than {MAX_BYTES} bytes"
    if any(ord(character) < 32 or ord(character) == 127 for character in key):
        return "its key has a control character"
    segments = key.split("/")
    if any(segment in (".", "..") for segment in segments):
        return "its key has a segment “.” or “..”"
    if "" in segments:
        return "its key has an empty segment"
    return None


def shown(key: str, most: int = _SHOWN) -> str:
    """On one line, with nothing that moves a terminal's cursor, and not endless."""
    escaped = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in key.encode("utf-8", "backslashreplace").decode()
    )
    return escaped if len(escaped) <= most else f"{escaped[: most - 20]}…{escaped[-19:]}"
