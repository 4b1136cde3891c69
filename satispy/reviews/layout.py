"""How a CSV is written: its compression, encoding, separator, header and columns.

`examine` looks at all of its bytes once, so that a file that must be refused as a whole is refused
before one row of it is merged.
"""

import codecs
import csv
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl

from satispy.errors import UploadRefused
from satispy.reviews.schema import NAMES, REQUIRED

#: Longest physical line, in bytes. Longer ones are quarantined.
MAX_LINE: Final = 1024 * 1024
#: Most bytes of one file, unpacked; and how far a gzip may blow up once past the first 64 MB.
MAX_BYTES: Final = 8 * 1024**3
MAX_BLOW_UP: Final = 100
MAX_COLUMNS: Final = 1_000

#: What a quarantine file adds to a row; a mended row is recognised by the first two.
UPLOAD, LINE, REASON, RAW = "satispy_upload", "satispy_line", "satispy_reason", "satispy_raw"

Source = Callable[[], Iterator[bytes]]


@dataclass
class Layout:
    """How the file is written. `encodings` fills while the rows are read."""

    digest: str
    size: int
    compressed: bool
    codec: str | None  # None: each line is UTF-8 or else cp1252
    separator: str
    header: list[str]
    columns: dict[str, int]  # field of Review → index of its cell
    old_mac: bool = False
    encodings: dict[str, int] = field(default_factory=dict)

    @property
    def encoding(self) -> str:
        if self.codec:
            return self.codec
        other = self.encodings.get("cp1252", 0)
        if not other:
            return "utf-8"
        lines = "1 line" if other == 1 else f"{other} lines"
        return f"utf-8, {lines} cp1252" if self.encodings.get("utf-8") else "cp1252"

    @cached_property
    def origin(self) -> tuple[int, int] | None:
        """The cells that say which rejected row a row mends."""
        if UPLOAD in self.header and LINE in self.header:
            return self.header.index(UPLOAD), self.header.index(LINE)
        return None

    @property
    def extra(self) -> dict[str, int]:
        known = set(self.columns.values())
        return {
            name: index
            for index, name in enumerate(self.header)
            if index not in known and name.strip() and name not in (UPLOAD, LINE, REASON, RAW)
        }


def parse_mapping(text: str) -> dict[str, str]:
    """`{"comment": "Titre comment"}` or `comment=Titre%20comment&star=…` as a mapping."""
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else dict(parse_qsl(text))
    except ValueError as error:
        raise UploadRefused(f"the column mapping is not JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise UploadRefused("the column mapping must give a column name for each field")
    if unknown := sorted(set(found) - set(NAMES)):
        raise UploadRefused(
            f"the column mapping names {', '.join(unknown)}; fields are {', '.join(NAMES)}"
        )
    return found


def examine(source: Source, mapping: Mapping[str, str]) -> Layout:
    """Look at every byte once. Raises UploadRefused when the file as a whole can't be read."""
    digest, size, unpacked = hashlib.sha256(), 0, 0
    head = bytearray()
    compressed: bool | None = None
    unpack: _Gunzip | None = None
    for part in source():
        digest.update(part)
        size += len(part)
        if compressed is None:
            compressed = part[:2] == b"\x1f\x8b"
            unpack = _Gunzip() if compressed else None
        for piece in unpack.feed(part) if unpack else (part,):
            unpacked += len(piece)
            if len(head) < 2 * MAX_LINE:
                head += piece[: 2 * MAX_LINE - len(head)]
            if unpacked > MAX_BYTES:
                raise UploadRefused(f"the file is larger than {MAX_BYTES >> 30} GB unpacked")
            if unpack and unpacked > 64 << 20 and unpacked > MAX_BLOW_UP * size:
                raise UploadRefused(
                    f"the gzip unpacks to more than {MAX_BLOW_UP} times its size: a gzip bomb?"
                )
    if unpack:
        unpack.finish()
    if not unpacked:
        raise UploadRefused("the file is empty")
    return _layout(bytes(head), digest.hexdigest(), size, bool(compressed), mapping)


def uncompressed(source: Source, compressed: bool) -> Iterator[bytes]:
    """The bytes of the file, out of their gzip if they are in one."""
    if not compressed:
        yield from source()
        return
    unpack = _Gunzip()
    for part in source():
        yield from unpack.feed(part)


class _Gunzip:
    """Gzip, one or many members, a bounded piece at a time."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data:
                if self._member.eof:
                    if not data.strip(b"\0"):  # padding after the last member
                        return
                    self._member = zlib.decompressobj(wbits=31)
                yield self._member.decompress(data, 1 << 20)
                data = self._member.unconsumed_tail or self._member.unused_data
                while not data and not self._member.eof:
                    piece = self._member.decompress(b"", 1 << 20)
                    if not piece:
                        break
                    yield piece
        except zlib.error as error:
            raise UploadRefused(f"the gzip is damaged: {error}") from error

    def finish(self) -> None:
        if not self._member.eof:
            raise UploadRefused("the gzip ends too early: was the upload cut off?")


def _layout(
    head: bytes, digest: str, size: int, compressed: bool, mapping: Mapping[str, str]
) -> Layout:
    codec = _wide_codec(head)
    text = head.decode(codec, "replace") if codec else _cp1252_or_utf8(head)
    text = text.removeprefix("\ufeff")
    if "\0" in text.partition("\n")[0]:
        raise UploadRefused("the file is not text: it begins with bytes no CSV has")
    old_mac = "\r" in text and "\n" not in text
    if old_mac:
        text = text.replace("\r", "\n")
    if not text.strip():
        raise UploadRefused("the file is empty")
    separator, header = _header(text, mapping)
    if len(header) > MAX_COLUMNS:
        raise UploadRefused(f"the file has {len(header):,} columns; at most {MAX_COLUMNS:,}")
    columns = _columns(header, mapping)
    return Layout(digest, size, compressed, codec, separator, header, columns, old_mac)


def _wide_codec(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # No byte order mark, yet every second byte of plain letters is zero.
    even, odd = head[:200:2].count(0), head[1:200:2].count(0)
    if len(head) >= 8 and max(even, odd) > len(head[:200]) * 0.35:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _cp1252_or_utf8(head: bytes) -> str:
    line, _, _ = head.partition(b"\n")
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")
    return head.decode("utf-8", "replace")


def _header(text: str, mapping: Mapping[str, str]) -> tuple[str, list[str]]:
    """The separator under which most of our columns are found, and the header's cells."""
    lines = text.splitlines(keepends=True)
    best: tuple[tuple[int, int], str, list[str]] | None = None
    for separator in ",;\t|":
        try:
            cells = next(csv.reader(lines, delimiter=separator, strict=True), [])
        except csv.Error:
            continue
        header = [cell.strip() for cell in cells]
        score = (len(_known(header, mapping)), len(header))
        if best is None or score > best[0]:
            best = (score, separator, header)
    if best is None:
        raise UploadRefused("the first line is not the header of a CSV")
    return best[1], best[2]


def _known(header: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    lower = [name.strip().casefold() for name in header]
    found = {}
    for name, accepted in NAMES.items():
        wanted = (mapping[name],) if name in mapping else accepted
        for candidate in wanted:
            if candidate.strip().casefold() in lower:
                found[name] = lower.index(candidate.strip().casefold())
                break
    return found


def _columns(header: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    columns = _known(header, mapping)
    missing = [name for name in {*REQUIRED, *mapping} if name not in columns]
    if missing:
        shown = ", ".join(repr(name[:60]) for name in header[:30]) + (
            f" and {len(header) - 30} more" if len(header) > 30 else ""
        )
        needed = " and ".join(f"{mapping.get(name, NAMES[name][0])!r}" for name in sorted(missing))
        example = json.dumps(dict.fromkeys(REQUIRED, "<its column>"))
        raise UploadRefused(
            f"no column for {needed}. Found: {shown}. Needed: a comment ({NAMES['comment'][0]!r}) "
            f"and a star ({NAMES['star'][0]!r}). If they have other names, map them: object "
            f"metadata x-amz-meta-satispy-columns: {example}, `satispy upload --column "
            "comment='<its column>'`, or the setting SATISPY_COLUMNS"
        )
    names = [name.casefold() for name in header]
    for name in columns:
        if names.count(names[columns[name]]) > 1:
            raise UploadRefused(f"two columns are called {header[columns[name]]!r}")
    return columns
