"""Keys of objects: which of them our client can name, and how a key is shown to people.

S3 takes any UTF-8 as a key. obstore reads keys as paths, and refuses some of them.
"""

from dataclasses import dataclass

from satispy.sentence import Sentence

MAX_BYTES = 1024  # S3's own limit
_SHOWN = 120


@dataclass(frozen=True)
class LeftOut:
    """An object that is skipped, and why, for people."""

    key: str
    reason: Sentence

    @property
    def sentence(self) -> Sentence:
        return Sentence("%(key)s (%(reason)s)", key=shown(self.key), reason=self.reason)

    def __str__(self) -> str:
        return str(self.sentence)


def why_unusable(key: str) -> Sentence | None:
    """Why no object can be read or written under this key by us; None if one can."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        return Sentence("its key is not valid Unicode")
    if size > MAX_BYTES:
        return Sentence("its key is longer than %(most)s bytes", most=MAX_BYTES)
    if any(ord(character) < 32 or ord(character) == 127 for character in key):
        return Sentence("its key has a control character")
    segments = key.split("/")
    if any(segment in (".", "..") for segment in segments):
        return Sentence("its key has a segment “.” or “..”")
    if "" in segments:
        return Sentence("its key has an empty segment")
    return None


def shown(key: str, most: int = _SHOWN) -> str:
    """On one line, with nothing that moves a terminal's cursor, and not endless."""
    escaped = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in key.encode("utf-8", "backslashreplace").decode()
    )
    return escaped if len(escaped) <= most else f"{escaped[: most - 20]}…{escaped[-19:]}"
