"""The rows of a CSV whose layout is known, each whole or broken, read line by line."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from satispy.reviews.layout import MAX_LINE, Layout, Source, uncompressed

#: Longest row, in characters. Longer ones are quarantined.
MAX_ROW: Final = 256 * 1024

_STARS: Final = frozenset("12345")


@dataclass(frozen=True)
class Row:
    """One row of the file. `broken` says why its cells could not be told apart."""

    line: int
    cells: list[str]
    broken: tuple[str, str] | None = None


def rows(source: Source, layout: Layout) -> Iterator[Row]:
    """Every row after the header, blank lines left out; a broken one says why."""
    width = len(layout.header)
    lines = _Lines(_decoded(source, layout))
    header_lines = True
    while True:
        lines.begin()
        reader = csv.reader(lines, delimiter=layout.separator, strict=True)
        broken: tuple[str, str] | None = None
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _RowTooLong:
            broken = ("row_too_long", f"the row has more than {MAX_ROW:,} characters, or a quote in"
                      " it is never closed")  # fmt: skip
        except csv.Error as error:
            broken = ("row_malformed", f"the row is not well-formed CSV: {_words(error)}")
        if header_lines:
            header_lines = False
            continue
        if not broken and not any(cell.strip() for cell in cells):
            continue
        if not broken and len(cells) != width:
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                cells = cells[:width]  # trailing separators
            else:
                broken = (
                    "row_malformed",
                    f"the row has {len(cells)} cells where the header has {width}",
                )
        if not broken and layout.codec and any("\ufffd" in cell for cell in cells):
            broken = ("row_not_text", f"the row holds bytes that are not {layout.codec}")
        if not broken and lines.hold_a_row(cells, layout):
            broken = ("row_malformed", "a quote opens here and swallows the rows that follow")
        if broken:
            # A stray quote joins lines that are rows of their own: only the first one is broken.
            first = lines.give_back_all_but_first()
            yield Row(lines.first_line, [first], broken)
            continue
        yield Row(lines.first_line, cells)


class _RowTooLong(Exception):
    """More lines belong to this row than any row may have."""


class _Lines:
    """Physical lines for csv.reader; those that turn out not to be one row are given back."""

    def __init__(self, decoded: Iterator[str]) -> None:
        self._source = decoded
        self._pending: list[str] = []
        self._taken: list[str] = []
        self._length = 0
        self._next_line = 1
        self.first_line = 1

    def begin(self) -> None:
        self._taken, self._length = [], 0
        self.first_line = self._next_line

    def __iter__(self) -> "Iterator[str]":
        return self

    def __next__(self) -> str:
        line = self._pending.pop() if self._pending else next(self._source)
        self._taken.append(line)
        self._next_line += 1
        self._length += len(line)
        if self._length > MAX_ROW:
            raise _RowTooLong
        return line

    def hold_a_row(self, cells: list[str], layout: Layout) -> bool:
        """Whether a line in the middle of this row is, taken alone, a whole row with a star.

        Then a stray quote has met another one further down. With fewer than four columns a line of
        a comment may look like a row by chance.
        """
        star = layout.columns["star"]
        if len(self._taken) < 3 or len(cells) < 4:
            return False
        for line in self._taken[1:-1]:
            if '"' not in line and line.count(layout.separator) == len(cells) - 1:
                alone = line.split(layout.separator)
                if alone[star].strip() in _STARS:
                    return True
        return False

    def give_back_all_but_first(self) -> str:
        first, *rest = self._taken or [""]
        self._pending.extend(reversed(rest))
        self._next_line -= len(rest)
        return first


def _decoded(source: Source, layout: Layout) -> Iterator[str]:
    """Physical lines as text, each with its line end; over-long ones are cut."""
    pieces = uncompressed(source, layout.compressed)
    if layout.codec:
        decoder = codecs.getincrementaldecoder(layout.codec)(errors="replace")
        pieces = (decoder.decode(piece).encode("utf-8", "surrogatepass") for piece in pieces)
    if layout.old_mac:
        pieces = (piece.replace(b"\r", b"\n") for piece in pieces)
    first = True
    for line in _byte_lines(pieces):
        if first:
            line = line.removeprefix(codecs.BOM_UTF8)
            first = False
        try:
            text = line.decode("utf-8")
            if not text.isascii():
                layout.encodings["utf-8"] = layout.encodings.get("utf-8", 0) + 1
        except UnicodeDecodeError:
            text = _cp1252(line)
            layout.encodings["cp1252"] = layout.encodings.get("cp1252", 0) + 1
        yield text


def _cp1252(line: bytes) -> str:
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:  # five bytes mean nothing in cp1252, and control characters here
        return line.decode("latin-1")


def _byte_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines with their ends. A line over MAX_LINE is yielded cut, so that it stays one line."""
    rest = b""
    skipping = False
    for piece in pieces:
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        for line in lines:
            if skipping:
                skipping = False
                continue
            yield line + b"\n"
        if skipping:
            rest = b""
        elif len(rest) > MAX_LINE:
            yield rest[: MAX_LINE - 1] + b"\n"
            rest, skipping = b"", True
    if rest and not skipping:
        yield rest


def _words(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end of data" in text:
        return "a quote is never closed"
    if "expected after" in text:
        return "a quote closes in the middle of a cell"
    return re.sub(r"\s+", " ", text)
