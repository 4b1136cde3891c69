"""Which code page French reviews of 1 to 100 rows are in: by our reading and charset-normalizer's.

Generated reviews as cp1252, Mac Roman, cp850 and ISO 8859-15 write them. Right is what gives the
same letters back; unsure is a file that waits for a word; the rest would be merged as rubbish.
FILES (100) files of each size and code page.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from charset_normalizer import from_bytes

from satispy.demo.generate import FORUM, SURVEY, Writer
from satispy.reviews.charsets import CANDIDATES, legacy_codec

SIZES = (1, 3, 10, 100)


def ours(lines: Sequence[bytes]) -> str | None:
    return legacy_codec(line for line in lines if not line.isascii())[0]


def theirs(lines: Sequence[bytes]) -> str | None:
    """With the same candidates to choose from."""
    found = from_bytes(b"\n".join(lines), cp_isolation=list(CANDIDATES)).best()
    return found.encoding if found else None


def run() -> dict[str, Any]:
    writer, draw = Writer(20, 1.0), random.Random(21)
    count = int(os.environ.get("FILES", "100"))
    readers: dict[str, Callable[[Sequence[bytes]], str | None]] = {
        "ours": ours,
        "charset-normalizer": theirs,
    }
    figures: dict[str, Any] = {}
    print(f"{'rows':>5} {'':20} {'right':>7} {'unsure':>7} {'wrong':>7}")
    for size in SIZES:
        files = [_file(writer, draw, size, codec) for codec in CANDIDATES for _ in range(count)]
        for name, read in readers.items():
            found = Counter(_judged(read(lines), lines, text) for lines, text in files)
            shares = {kind: found[kind] / len(files) for kind in ("right", "unsure", "wrong")}
            print(f"{size:>5} {name:20}" + "".join(f" {shares[kind]:7.1%}" for kind in shares))
            figures[f"{name}_{size}"] = shares
    return figures


def _file(writer: Writer, draw: random.Random, size: int, codec: str) -> tuple[list[bytes], str]:
    """A file that has letters beyond ASCII, and its text as its code page can write it."""
    while True:
        reviews = [writer.review(draw.choice((FORUM, SURVEY)))[0] for _ in range(size)]
        lines = [review.replace("\n", " ").encode(codec, "ignore") for review in reviews]
        if any(not line.isascii() for line in lines):
            return lines, b"\n".join(lines).decode(codec)


def _judged(codec: str | None, lines: Sequence[bytes], text: str) -> str:
    if codec is None:
        return "unsure"
    return "right" if b"\n".join(lines).decode(codec, "replace") == text else "wrong"
