"""The rows of a CSV whose layout is known, each whole or broken, read line by line."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

from satispy.reviews.headers import fold
from satispy.reviews.layout import Layout, Source, uncompressed
from satispy.reviews.lines import Line
from satispy.reviews.lines import read as read_lines
from satispy.reviews.stars import mark

#: Longest row, in characters. Longer ones are quarantined.
MAX_ROW: Final = 256 * 1024
#: Lines that a cell whose quotes are broken may go on for.
_MOST_BROKEN: Final = 50
#: Stands for a line end within a cell that is not quoted; csv.reader would end the row there. No
#: text holds this code point.
_INNER_END: Final = "\ufdd0"
#: A quote that is no half of a doubled one.
_QUOTE: Final = re.compile(r'(?<!")"(?!")')
_DIGIT: Final = re.compile(r"\s*\d")
#: No column has a longer name, where a row is looked at for being a header.
_LONGEST_NAME: Final = 100
_NOT_TEXT: Final = re.compile("[\ud800-\udfff]")
#: What a backslash before a letter stands for, where backslashes escape.
_ESCAPES: Final = {"\\n": _INNER_END, "\\r": "", "\\t": "\t"}


@dataclass(slots=True)
class Row:
    """One row of the file. `broken` says why its cells could not be told apart; then its only cell
    is the text of its lines."""

    line: int
    cells: list[str]
    broken: tuple[str, str] | None = None
    lines: Sequence[Line] = ()
    missing: int = 0  # cells at its end

    @property
    def raw(self) -> bytes:
        return b"".join(line.raw for line in self.lines)


class Record(NamedTuple):
    """The cells of one or more lines, before their number is looked at."""

    line: int
    lines: list[Line]
    cells: list[str]
    broken: tuple[str, str] | None = None

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.lines)


def rows(source: Source, layout: Layout) -> Iterator[Row]:
    """Every row after the header, blank lines left out; a broken one says why."""
    shape = Shape(layout)
    for record in records(source, layout):
        row = shape.row(record)
        if row:
            yield row


def records(source: Source, layout: Layout) -> Iterator[Record]:
    """The records after the header, whatever number of cells they have; blank lines have none."""
    taken = _Lines(read_lines(uncompressed(source, layout.compressed), layout.writing), layout)
    above = taken.skip(layout.above + layout.header_lines)
    yield from _rows_above(above[: layout.above], layout)
    # One reader for all: what it does begins anew with each record, also after an error.
    reader = csv.reader(taken, **_dialect(layout))
    while True:
        taken.begin()
        cells: list[str] = []
        broken: tuple[str, str] | None = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _RowTooLong:
            broken = ("row_too_long", f"the row has more than {MAX_ROW:,} characters, or a quote in"
                      " it is never closed")  # fmt: skip
        except csv.Error as error:
            broken = ("row_malformed", f"the row is not well-formed CSV: {_words(error)}")
        if broken:
            taken.give_back_after_a_broken_quote()
        elif len(taken.lines) > 1 and all(stands_alone(one.text, layout) for one in taken.lines):
            # Quotes of two rows may have met, or a customer wrote what looks like rows.
            if _closes_with_an_inch(taken.lines[-1].text):
                broken = ("row_malformed", "a quote opens here and swallows the rows that follow")
                taken.give_back(1)
            else:
                broken = (
                    "row_ambiguous",
                    "each line of this quoted cell could be a row: is a quote missing?",
                )
        if not broken and not any(cell.strip() for cell in cells):
            cells = []
        if taken.inner_ends:
            cells = [cell.replace(_INNER_END, "\n") for cell in cells]
        yield Record(taken.first_line, taken.lines, cells, broken)


def stands_alone(line: str, layout: Layout) -> bool:
    """Whether a line is, taken alone, a whole row with a star; one stray quote does not matter."""
    width = len(layout.header) + layout.surplus
    if line.count(layout.separator) < width - 1 or width < 2:
        return False
    try:
        cells = next(csv.reader([line], delimiter=layout.separator, strict=True), [])
    except csv.Error:
        cells = line.replace('"', "", 1).rstrip("\r\n").split(layout.separator)
    if len(cells) != width:
        return False
    star = layout.columns.get("star")
    if star is None:
        return True
    found = mark(cells[star])
    return found is not None and (1 <= found[0] <= 5 or layout.chosen.scale is not None)


class Shape:
    """What the number of cells and their place say: short rows, surplus, a header again."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._width = len(layout.header)
        self._star = layout.columns.get("star")
        self._header = [fold(name) for name in layout.header]
        self._again: Sequence[int] | None = None  # where our columns are in the newest header
        self._stranger = 0  # the line of a header with other columns

    def row(self, record: Record) -> Row | None:
        broken, cells = record.broken, record.cells
        if not broken and (not cells or self._is_header(record)):
            return None
        if not broken and self._stranger:
            broken = (
                "row_malformed",
                f"other columns begin at line {self._stranger}: make a file of its own of them",
            )
        if not broken:
            if "\\N" in cells:
                cells = [("" if cell == "\\N" else cell) for cell in cells]
            broken = self._fault(cells)
        if broken:
            text = _NOT_TEXT.sub("\ufffd", record.text)
            return Row(record.line, [text], broken, record.lines)
        short = self._width - len(cells)
        if short:
            cells = cells[: self._width] + [""] * (self._width - len(cells))
        if self._again is not None:
            cells = [cells[index] for index in self._again]
        return Row(record.line, cells, None, record.lines, max(0, short))

    def _fault(self, cells: list[str]) -> tuple[str, str] | None:
        """Why the cells are no row: too many or too few, or bytes that are no text."""
        layout, writing, count = self._layout, self._layout.writing, len(cells)
        doubtful = writing.only or "unknown" in writing.seen
        if doubtful and any(_NOT_TEXT.search(cell) for cell in cells):
            return "row_not_text", "the row holds bytes whose encoding is not known"
        if writing.wide and any("\ufffd" in cell for cell in cells):
            return "row_not_text", f"the row holds bytes that are not {writing.wide}"
        if count == self._width:
            return None
        if count > self._width:
            if count == self._width + layout.surplus and not any(cells[self._width :]):
                return None
            more = count - self._width
            return (
                "row_cell_too_many",
                f"the row has {'one cell' if more == 1 else f'{more} cells'} too many: its text"
                " holds the separator and no quotes",
            )
        if count < self._width and any(index >= count for index in layout.needed):
            cells_of = "1 cell" if count == 1 else f"{count} cells"
            return "row_malformed", f"the row has {cells_of} where the header has {self._width}"
        return None

    def _is_header(self, record: Record) -> bool:
        """Whether the header comes again, or a line that stood above it: files were joined."""
        star, cells = self._star, record.cells
        if star is not None and star < len(cells) and _DIGIT.match(cells[star]):
            return False  # as in nearly all rows
        if self._layout.titles and record.text.strip() in self._layout.titles:
            return True
        if len(record.lines) > self._layout.header_lines:
            return False
        names = [fold(cell) for cell in record.cells if len(cell) < _LONGEST_NAME]
        while names and len(names) > self._width and not names[-1]:
            names.pop()
        wanted = [self._header[index] for index in self._layout.columns.values()]
        if not wanted or not all(name in names for name in wanted):
            return False
        if sorted(names) == sorted(self._header):
            same = names == self._header
            self._again = None if same else [names.index(name) for name in self._header]
            self._stranger = 0
        else:
            self._stranger = record.line
        self._layout.notes.setdefault("header_again", {"line": record.line})
        return True


def _rows_above(above: list[Line], layout: Layout) -> Iterator[Record]:
    """Lines above the header that are rows all the same, not a title: nothing may vanish."""
    for number, line in enumerate(above, 1):
        if "star" in layout.columns and stands_alone(line.text, layout):
            yield Record(
                number, [line], [], ("row_malformed", "the row stands above the header of its file")
            )


class _RowTooLong(Exception):
    """More lines belong to this row than any row may have."""


class _Lines:
    """Physical lines for csv.reader; those that turn out not to be one row are given back."""

    def __init__(self, lines: Iterator[Line], layout: Layout) -> None:
        self._source = lines
        self._layout = layout
        self._pending: list[Line] = []
        self._length = 0
        self._next_line = 1
        self._escaped = layout.escaped
        self.lines: list[Line] = []
        self.first_line = 1
        self.inner_ends = False

    def begin(self) -> None:
        self.lines, self._length, self.inner_ends = [], 0, False
        self.first_line = self._next_line

    def skip(self, count: int) -> list[Line]:
        skipped = list(islice(self._source, count))
        self._next_line += len(skipped)
        return skipped

    def __iter__(self) -> "Iterator[str]":
        return self

    def __next__(self) -> str:
        line = self._next()
        self.lines.append(line)
        self._length += len(line.text)
        if self._length > MAX_ROW:
            raise _RowTooLong
        text = line.text
        if 0 <= text.find("\r") < len(text) - 2:
            text = self._inner_cr(line)
        if self._is_cut(text):
            text = self._joined(text)
        if self._escaped and "\\" in text:
            text, found = _unescaped(text)
            self.inner_ends = self.inner_ends or found
        return text

    def _next(self) -> Line:
        line = self._pending.pop() if self._pending else next(self._source)
        self._next_line += 1
        return line

    def give_back(self, keep: int) -> None:
        """All lines but the first `keep` are to be read again."""
        rest = self.lines[keep:]
        del self.lines[keep:]
        self._pending.extend(reversed(rest))
        self._next_line -= len(rest)

    def give_back_after_a_broken_quote(self) -> None:
        """Keep the lines of the cell whose quotes are broken, and no row of its own."""
        keep = 1
        if not stands_alone(self.lines[0].text, self._layout):
            keep = self._end_of_a_broken_cell() or 1
        self.give_back(keep)

    def _end_of_a_broken_cell(self) -> int | None:
        """How many lines there are to the one in which the cell's last quote stands, or to the
        next whole row; None if neither is near."""
        for index in range(1, _MOST_BROKEN):
            if index == len(self.lines):
                try:
                    self.lines.append(self._next())
                except StopIteration:
                    return None
            text = self.lines[index].text
            odd = text.count('"') % 2 == 1
            if not odd and stands_alone(text, self._layout):
                return index
            if odd:
                return index + 1
        return None

    def _inner_cr(self, line: Line) -> str:
        """A CR in the middle of a line: the end of a row if rows are what stands around it, else
        a line end within a cell."""
        parts = re.split(r"(?<=\r)(?!\n)", line.text)
        raws = re.split(rb"(?<=\r)(?!\n)", line.raw)
        if len(raws) == len(parts) and all(
            stands_alone(part, self._layout) for part in parts if part.strip()
        ):
            self.lines[-1] = Line(parts[0], raws[0])
            self._pending.extend(
                Line(part, raw) for part, raw in zip(parts[:0:-1], raws[:0:-1], strict=True)
            )
            # One line of the file: the others are counted with it.
            return parts[0]
        self.inner_ends = True
        return re.sub(r"\r(?!\n)", _INNER_END, line.text)

    def _is_cut(self, text: str) -> bool:
        """Whether a line end within a cell, without quotes, has cut a row: where rows end in CRLF
        a bare LF is one."""
        return (
            self._layout.crlf
            and len(self.lines) == 1
            and text.endswith("\n")
            and not text.endswith("\r\n")
            and text.count('"') % 2 == 0
            and text.count(self._layout.separator) < len(self._layout.header) - 1
        )

    def _joined(self, text: str) -> str:
        """The line with those after it that make it a whole row; as it is if none do."""
        wanted = len(self._layout.header) - 1 + self._layout.surplus
        whole = text
        more: list[Line] = []
        for _ in range(_MOST_BROKEN):
            try:
                line = self._next()
            except StopIteration:
                break
            more.append(line)
            whole = whole.removesuffix("\n") + _INNER_END + line.text
            if line.text.endswith("\r\n") or whole.count(self._layout.separator) >= wanted:
                break
        if whole.count(self._layout.separator) == wanted and whole.endswith("\r\n"):
            self.lines.extend(more)
            self.inner_ends = True
            return whole
        self._pending.extend(reversed(more))
        self._next_line -= len(more)
        return text


def _dialect(layout: Layout) -> dict[str, Any]:
    options: dict[str, Any] = {"delimiter": layout.separator, "strict": True}
    if layout.literal:
        options["quoting"] = csv.QUOTE_NONE
    if layout.escaped:
        options["escapechar"] = "\\"
    return options


def _unescaped(text: str) -> tuple[str, bool]:
    """`\\n` and `\\t` as what they stand for; other escapes are for csv.reader. And whether there
    was a line end among them. `\\N` is left, with its backslash doubled: a cell of it is empty."""
    parts = re.split(r"(\\.)", text)
    found = False
    for index in range(1, len(parts), 2):
        if parts[index] in _ESCAPES:
            found = found or parts[index] == "\\n"
            parts[index] = _ESCAPES[parts[index]]
        elif parts[index] == "\\N":
            parts[index] = "\\\\N"
    return "".join(parts), found


def _closes_with_an_inch(line: str) -> bool:
    """Whether the quote that ends a cell in this line is an inch mark: 15\"."""
    match = _QUOTE.search(line)
    return bool(match and re.search(r"\d\s?$", line[: match.start()]))


def _words(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end of data" in text:
        return "a quote is never closed"
    if "expected after" in text:
        return "a quote closes in the middle of a cell"
    return re.sub(r"\s+", " ", text)
