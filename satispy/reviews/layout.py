"""How a CSV is written: its compression, encoding, separator, header and columns.

`look` reads all of its bytes once, so that a file that must be refused as a whole is refused before
one row of it is merged; what only the rows can say is for satispy/reviews/survey.py.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Final

from satispy.errors import UploadRefused
from satispy.reviews import charsets, headers
from satispy.reviews.columns import Columns, choose
from satispy.reviews.dates import Order
from satispy.reviews.lines import MAX_LINE, Writing
from satispy.reviews.lines import read as read_lines
from satispy.reviews.nothing import says_nothing, trimmed
from satispy.reviews.other_formats import why_other
from satispy.reviews.said import Said
from satispy.reviews.stars import Scale
from satispy.reviews.unpacking import (
    MAX_BLOW_UP,
    MAX_BYTES,
    Gunzip,
    Source,
    is_gzip,
    uncompressed,
)
from satispy.sentence import Count, Sentence

__all__ = [
    "LINE",
    "MAX_BLOW_UP",
    "MAX_BYTES",
    "MAX_COLUMNS",
    "MAX_LINE",
    "RAW",
    "REASON",
    "UPLOAD",
    "Layout",
    "Source",
    "look",
    "uncompressed",
]

MAX_COLUMNS: Final = 1_000

#: What a quarantine file adds to a row; a mended row is recognised by the first two.
UPLOAD, LINE, REASON, RAW = "satispy_upload", "satispy_line", "satispy_reason", "satispy_raw"


@dataclass
class Layout:
    """How the file is written."""

    digest: str
    size: int
    compressed: bool
    writing: Writing
    sure: float  # of the encoding, 0 to 1
    separator: str
    header: list[str]
    above: int  # lines above the header
    titles: frozenset[str]  # what they say
    header_lines: int
    chosen: Columns
    marked: bool = False  # by a byte order mark
    crlf: bool = False  # the header ends in CRLF
    #: What the rows say (satispy/reviews/survey.py).
    literal: bool = False  # quotes mean nothing
    escaped: bool = False  # a backslash takes away the meaning of what follows
    surplus: int = 0  # empty cells that every row has behind the header's last
    order: Order = "day-first"
    rounded: int | None = None  # column of numbers whose last digits a spreadsheet made zeros
    #: For the receipt: code → figures.
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def columns(self) -> Mapping[str, int]:
        """Field of a review → index of its cell."""
        return self.chosen.fields

    @property
    def recognised(self) -> str | None:
        """The known export this is."""
        return self.chosen.recognised

    @property
    def encoding(self) -> str:
        """In words, for the receipt; complete once the rows have been read."""
        seen = {n: c for n, c in self.writing.seen.items() if n != "encoded twice"}
        first = self.writing.only or self.writing.wide
        if first is None:
            first = next(iter(seen)) if len(seen) == 1 else "utf-8"
        others = ", ".join(
            f"{'1 line' if count == 1 else f'{count} lines'} {name}"
            for name, count in seen.items()
            if name != first
        )
        shown = first[:6] if self.marked and first.startswith("utf-16") else first
        return f"{shown}, {others}" if others else shown

    @cached_property
    def origin(self) -> tuple[int, int] | None:
        """The cells that say which rejected row a row mends."""
        if UPLOAD in self.header and LINE in self.header:
            return self.header.index(UPLOAD), self.header.index(LINE)
        return None

    @property
    def extra(self) -> dict[str, int]:
        """The other columns, each with a name of its own."""
        known = {*self.columns.values(), self.chosen.title}
        return {
            f"{name} (rounded)" if index == self.rounded else name: index
            for index, name in enumerate(headers.unique(self.header))
            if index not in known and name.strip() and name not in (UPLOAD, LINE, REASON, RAW)
        }

    @cached_property
    def needed(self) -> tuple[int, ...]:
        """Cells without which a row is no row."""
        return tuple(self.columns[name] for name in self.chosen.required)

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """The cells of a row by field, a title joined to its comment."""
        found = {name: cells[index] for name, index in self.columns.items()}
        if self.chosen.title is not None:
            found["comment"] = _joined(cells[self.chosen.title], found["comment"])
        return found

    def context(self, today: str) -> dict[str, Any]:
        """What validating a row has to know of its file."""
        highest = self.chosen.scale
        scale = Scale(highest) if highest else None
        return {"today": today, "order": self.order, "scale": scale}

    def name_of(self, field_name: str) -> str:
        """The column of a field, in words; two that make one comment with a plus between them."""
        name = self.header[self.columns[field_name]]
        if field_name == "comment" and self.chosen.title is not None:
            return f"{self.header[self.chosen.title]} + {name}"
        return name


def look(
    source: Source,
    said: Said,
    *,
    recall: Callable[[Sequence[str]], Mapping[str, str] | None] = lambda header: None,
    fields: Callable[[Sequence[str], Mapping[str, str]], Columns] = choose,
) -> Layout:
    """Look at every byte once and at the header. Raises UploadRefused when the file as a whole
    can't be read. `recall` gives the mapping that was confirmed for a header before."""
    head, digest, size, compressed, census = _bytes_of(source)
    if other := why_other(head):
        raise UploadRefused(other)
    writing, sure = _writing(head, census, said)
    texts = [line.text for line in islice(read_lines(iter([head]), writing), 60)]
    if "\0" in texts[0]:
        raise UploadRefused("the file is not text: it begins with bytes no CSV has")
    if not any(text.strip("\ufeff \t\r\n") for text in texts):
        raise UploadRefused("the file is empty")

    def known(cells: Sequence[str]) -> int:
        chosen = fields(cells, said.columns)
        return len(chosen.fields) + (0 if chosen.complete else -1_000)

    found = headers.find(texts, known)
    if found is None:
        raise UploadRefused("the first line is not the header of a CSV")
    if len(found.cells) > MAX_COLUMNS:
        raise UploadRefused(
            "the file has %(cells)s columns; at most %(max_columns)s",
            cells=Count(len(found.cells)),
            max_columns=Count(MAX_COLUMNS),
        )
    chosen = fields(found.cells, said.columns)
    notes: dict[str, dict[str, Any]] = {}
    if not said.columns and (mapping := recall(found.cells)):
        remembered = fields(found.cells, mapping)
        if remembered.complete:
            chosen = remembered
            notes["mapping_remembered"] = {}
    last = texts[found.above + found.lines - 1]
    return Layout(
        digest=digest,
        size=size,
        compressed=compressed,
        writing=writing,
        sure=sure,
        separator=found.separator,
        header=found.cells,
        above=found.above,
        titles=frozenset(filter(None, (text.strip() for text in texts[: found.above]))),
        header_lines=found.lines,
        chosen=chosen,
        marked=head[:2] in (b"\xff\xfe", b"\xfe\xff"),
        crlf=last.endswith("\r\n"),
        order=said.dates or chosen.order or "day-first",
        notes=notes,
    )


def lines_of(data: bytes, said: Said) -> list[str]:
    """The lines of a text that is no table, in whatever encoding it is. Raises UploadRefused."""
    source = _in_memory(data)
    head, _, _, compressed, census = _bytes_of(source)
    if other := why_other(head):
        raise UploadRefused(other)
    writing, _ = _writing(head, census, said)
    return [line.text for line in read_lines(uncompressed(source, compressed), writing)]


def _in_memory(data: bytes) -> Source:
    return lambda: iter([data])


def _bytes_of(source: Source) -> tuple[bytes, str, int, bool, charsets.Census]:
    digest, size, unpacked = hashlib.sha256(), 0, 0
    head = bytearray()
    compressed = False
    unpack: Gunzip | None = None
    census: charsets.Census | None = None
    for part in source():
        digest.update(part)
        if not size:
            compressed = is_gzip(part)
            unpack = Gunzip() if compressed else None
        size += len(part)
        for piece in unpack.feed(part) if unpack else (part,):
            unpacked += len(piece)
            if len(head) < 2 * MAX_LINE:
                head += piece[: 2 * MAX_LINE - len(head)]
            if unpacked > MAX_BYTES:
                raise UploadRefused(
                    "the file is larger than %(max_bytes)s GB unpacked", max_bytes=MAX_BYTES >> 30
                )
            if unpack and unpacked > 64 << 20 and unpacked > MAX_BLOW_UP * size:
                raise UploadRefused(
                    "the gzip unpacks to more than %(max_blow_up)s times its size: a gzip bomb?",
                    max_blow_up=MAX_BLOW_UP,
                )
            if census is None and len(head) >= 4:
                census = charsets.Census()
                if not (wide := charsets.wide_codec(bytes(head))):
                    census.feed(bytes(head))
                continue
            if census and not wide:
                census.feed(piece)
    if unpack:
        unpack.finish()
    if not unpacked:
        raise UploadRefused("the file is empty")
    census = census or charsets.Census()
    census.finish()
    return bytes(head), digest.hexdigest(), size, compressed, census


def _writing(head: bytes, census: charsets.Census, said: Said) -> tuple[Writing, float]:
    """How the lines are to be read, and how sure that is."""
    wide = charsets.wide_codec(head)
    if said.encoding:
        named = charsets.given_codec(said.encoding)
        if named.startswith(("utf-16", "utf-32")):
            wide = wide or {"utf-16": "utf-16-le"}.get(named, named)
            return Writing(wide=wide, cr=_ends_in_cr(head.decode(wide, "replace"))), 1.0
        return Writing(only=named, nuls=False, cr=_ends_in_cr(head.decode("latin-1"))), 1.0
    if wide:
        marked = head[:2] in (b"\xff\xfe", b"\xfe\xff") or wide == "utf-32"
        return Writing(wide=wide, cr=_ends_in_cr(head.decode(wide, "replace"))), (
            1.0 if marked else 0.9
        )
    legacy, sure = ("cp1252", 1.0) if not census.others else charsets.legacy_codec(census.sample)
    if legacy is None and not census.utf8:
        guess = charsets.guess(census.sample)
        message = Sentence(
            "the encoding of the file is not certain: it is neither UTF-8 nor French "
            "in Windows, Mac or DOS letters%(perhaps)s. Say it: satispy upload "
            "--encoding cp1252 (or mac-roman, cp850 …), or object metadata "
            "x-amz-meta-satispy-encoding",
            perhaps=Sentence(" (perhaps %(guess)s)", guess=guess) if guess else "",
        )
        raise charsets.UnsureEncoding(message)
    cr = _ends_in_cr(head.decode("latin-1"))
    return Writing(legacy=legacy, cr=cr, nuls=census.nuls), sure


def _ends_in_cr(text: str) -> bool:
    """Whether the first line with something in it ends in CR alone."""
    quoted = False
    for index, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character in "\r\n" and not quoted and text[:index].strip("\ufeff \t\r\n"):
            return character == "\r" and text[index + 1 : index + 2] != "\n"
    return False


def _joined(title: str, body: str) -> str:
    """One comment of a title and a text; a title that is the beginning of the text is left out."""
    title, body = trimmed(title), trimmed(body)
    if says_nothing(title):
        return body
    if says_nothing(body):
        return title
    if body.casefold().startswith(title.rstrip("….").casefold()):
        return body
    return f"{title}\n{body}"
