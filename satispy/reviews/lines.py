"""The physical lines of a file, as text and as the bytes they came from."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from satispy.reviews.twice_encoded import mend

#: Longest physical line, in bytes. Longer ones are cut, and quarantined.
MAX_LINE: Final = 1024 * 1024

#: What a byte order mark becomes when UTF-8 is read as cp1252, or as latin-1.
_MARKS: Final = ("\ufeff", "ï»¿")


class Line(NamedTuple):
    text: str
    raw: bytes


@dataclass
class Writing:
    """How the lines of a file are written. `seen` counts, while they are read, the lines beyond
    ASCII by their encoding."""

    wide: str | None = None  # utf-16-le, utf-16-be, utf-32: each character two or four bytes
    legacy: str | None = "cp1252"  # of lines that are no UTF-8; None: nobody knows
    only: str | None = None  # the encoding that a person named, for all lines
    cr: bool = False  # rows end with CR, as on old Macs
    nuls: bool = False  # zeros in a file that is not wide: some of its lines may be
    seen: dict[str, int] = field(default_factory=dict)

    def count(self, encoding: str) -> None:
        self.seen[encoding] = self.seen.get(encoding, 0) + 1

    def decode(self, raw: bytes) -> str:
        if raw.isascii():
            return raw.decode("ascii")
        text = self._decoded(raw)
        for mark in _MARKS:
            text = text.removeprefix(mark)
        mended = mend(text)
        if mended != text:
            self.count("encoded twice")
        return mended

    def _decoded(self, raw: bytes) -> str:
        if self.only:
            self.count(self.only)
            return raw.decode(self.only, "surrogateescape")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            if self.legacy is None:
                self.count("unknown")
                return raw.decode("utf-8", "surrogateescape")
            self.count(self.legacy)
            try:
                return raw.decode(self.legacy)
            except UnicodeDecodeError:  # five bytes mean nothing in cp1252
                return raw.decode("latin-1")
        self.count("utf-8")
        return text


def read(pieces: Iterable[bytes], writing: Writing) -> Iterator[Line]:
    """Every line with its end; over-long ones cut."""
    writing.seen.clear()
    if writing.wide == "utf-32":
        yield from _utf32(pieces)
    elif writing.wide or writing.nuls:
        yield from _wide_lines(pieces, writing)
    else:
        for raw in _byte_lines(pieces, cr=writing.cr):
            yield Line(writing.decode(raw), raw)


def _byte_lines(pieces: Iterable[bytes], *, cr: bool) -> Iterator[bytes]:
    """Lines with their ends. A line over MAX_LINE is yielded cut, so that it stays one line."""
    rest = b""
    skipping = False
    for piece in pieces:
        data = rest + piece
        if cr:
            lines = data.splitlines(keepends=True)
            # A CR at the very end may be half of a CRLF.
            rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        else:
            whole, end, rest = data.rpartition(b"\n")
            lines = (whole + end).split(b"\n")[:-1]
            lines = [line + b"\n" for line in lines]
        for line in lines:
            if skipping:
                skipping = False
                continue
            yield line
        if skipping:
            rest = b""
        elif len(rest) > MAX_LINE:
            yield rest[: MAX_LINE - 1] + b"\n"
            rest, skipping = b"", True
    if rest and not skipping:
        yield rest


def _utf32(pieces: Iterable[bytes]) -> Iterator[Line]:
    decoder = codecs.getincrementaldecoder("utf-32")(errors="replace")
    as_utf8 = (decoder.decode(piece).encode("utf-8", "surrogatepass") for piece in pieces)
    order = "utf-32-le"  # the bytes of a line as they would be written again
    for raw in _byte_lines(as_utf8, cr=False):
        text = raw.decode("utf-8", "replace")
        yield Line(text, text.encode(order, "replace"))


def _wide_lines(pieces: Iterable[bytes], writing: Writing) -> Iterator[Line]:
    """Lines of UTF-16, among which others may stand: some programs append in another encoding.

    Which one a line is in shows where it begins: in UTF-16 every separator has a zero beside it.
    """
    buffer = b""
    for piece in pieces:
        buffer += piece
        at = 0
        # The end of a line and the zero beside it must both have come.
        while (end := _line_end(buffer, at, writing)) is not None and end + 2 <= len(buffer):
            yield _wide_line(buffer[at:end], writing)
            at = end
        buffer = buffer[at:]
        if len(buffer) > 2 * MAX_LINE:
            yield _wide_line(buffer[:MAX_LINE], writing)
            buffer = b""
    while buffer:
        end = _line_end(buffer, 0, writing) or len(buffer)
        yield _wide_line(buffer[:end], writing)
        buffer = buffer[end:]


def _line_end(buffer: bytes, at: int, writing: Writing) -> int | None:
    newline = buffer.find(b"\n", at)
    codec = _codec_of(buffer[at : newline + 2] if newline >= 0 else buffer[at:], writing)
    if codec is None:
        return newline + 1 if newline >= 0 else None
    ends = _ENDS[codec, writing.cr]
    for match in ends.finditer(buffer, at):
        if (match.start() - at) % 2 == 0:
            return match.end()
    return None


_ENDS: Final = {
    ("utf-16-le", False): re.compile(rb"\n\0"),
    ("utf-16-be", False): re.compile(rb"\0\n"),
    ("utf-16-le", True): re.compile(rb"\r\0\n\0|\r\0|\n\0"),
    ("utf-16-be", True): re.compile(rb"\0\r\0\n|\0\r|\0\n"),
}


def _codec_of(start: bytes, writing: Writing) -> str | None:
    """The UTF-16 that a line which begins so is in; None if it is not."""
    if b"\0" not in start:
        return None
    if writing.wide:
        return writing.wide
    start = start[:400]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if min(even, odd) * 5 > max(even, odd) or max(even, odd) * 2 < len(start) * 0.4:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _wide_line(raw: bytes, writing: Writing) -> Line:
    codec = _codec_of(raw, writing)
    if codec is None:
        if writing.wide and raw.isascii():
            writing.count("utf-8")
        return Line(writing.decode(raw), raw)
    if codec != writing.wide:
        writing.count(codec)
    text = raw.decode(codec, "replace").removeprefix("\ufeff")
    mended = mend(text)
    if mended != text:
        writing.count("encoded twice")
    return Line(mended, raw)
