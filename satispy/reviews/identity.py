"""What makes two rows the same review (docs/decisions/0020-identity-of-a-review.md)."""

import sqlite3
from hashlib import blake2b
from typing import Final

from satispy.reviews.schema import Review

#: Bytes of an identity: two different reviews meet once in 10^26 pairs.
SIZE: Final = 16


def content_key(review: Review, masked: str) -> bytes:
    """A digest of what was said, by whom and when; masked, so that an export is recognised.

    Spaces and line ends count alike: exports turn one into the other.
    """
    said = (
        " ".join(masked.split()),
        str(review.star),
        review.source or "",
        review.company or "",
        review.date or "",
        review.number or "",
    )
    # Lengths keep the parts apart, whatever stands in them.
    text = "".join(f"{len(part)}:{part}" for part in said)
    return blake2b(text.encode(), digest_size=SIZE).digest()


def identity(content: bytes, twin: int) -> bytes:
    """The identity of the n-th row with this content (0 is the first)."""
    if not twin:
        return content
    return blake2b(content + twin.to_bytes(8, "big"), digest_size=SIZE).digest()


class TwinCounter:
    """How many rows of one file had the same content so far.

    SQLite keeps small counts in memory and large ones on disk, so that a file of any size is
    counted in bounded memory.
    """

    def __init__(self) -> None:
        self._counts = sqlite3.connect("", isolation_level=None)
        self._counts.execute("pragma cache_size = -32768")
        self._counts.execute("pragma journal_mode = off")
        self._counts.execute("begin")
        self._counts.execute("create table seen (content blob primary key, n int) without rowid")

    def next(self, content: bytes) -> int:
        [(count,)] = self._counts.execute(
            "insert into seen values (?, 1) on conflict do update set n = n + 1 returning n",
            (content,),
        ).fetchall()
        return int(count) - 1

    def close(self) -> None:
        self._counts.close()
