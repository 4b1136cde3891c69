"""Rejected rows mended by hand, without a spreadsheet: some of a quarantine are shown, what was
typed is judged by the rules of merging, and the rows that pass are sent as an upload of their own.

They keep the upload and line they were rejected from, so merging adds each once. What still has a
fault is not sent, and stays where it is.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from satispy.errors import Conflict, NotFound
from satispy.reviews import remembered
from satispy.reviews.formulas import safe
from satispy.reviews.judging import judge, judged
from satispy.reviews.layout import LINE, RAW, UPLOAD, Layout, Source
from satispy.reviews.reading import Row
from satispy.reviews.reasons import Fault
from satispy.reviews.receipts import UPLOADS, Receipt, put_of, upload_name
from satispy.reviews.said import COLUMNS, DATES, ENCODING, said_in
from satispy.reviews.schema import MAX_COMMENT, NAMES, Review
from satispy.reviews.survey import examine
from satispy.reviews.table import ReviewTable
from satispy.storage import Store

#: Rows that are shown at once, and those of which is asked at once which are mended.
SHOWN: Final = 20
_WINDOW: Final = 500
_ENDING: Final = "-corrections"
#: Which field a fault is about, by the beginning of its code; others are about the whole row.
_FIELDS: Final = ("comment", "star", "date")


@dataclass(frozen=True)
class Rejected:
    """A row that waits to be mended."""

    number: int  # in the quarantine, 0 is the first
    line: int  # of the file it was rejected from
    values: dict[str, str]  # field → cell
    raw: str  # what the file held, where its cells could not be told apart
    faults: tuple[Fault, ...]

    def faults_of(self, field: str) -> tuple[Fault, ...]:
        """Those of a field; of "", the row's own."""
        return tuple(each for each in self.faults if _field_of(each) == field)


@dataclass(frozen=True)
class Sheet:
    """Some of the rows that wait: `columns` are the file's names for the fields."""

    key: str
    columns: dict[str, str]
    rows: tuple[Rejected, ...]
    next: int | None  # where those after them begin; None if there are none


@dataclass(frozen=True)
class Mended:
    """What was typed, judged: the rows that pass as a CSV, and what is wrong with the others."""

    key: str
    data: bytes
    rows: int
    faults: Mapping[int, tuple[Fault, ...]]
    metadata: Mapping[str, str]
    put: str = ""  # once it is sent

    @property
    def upload(self) -> str:
        return upload_name(self.key)


def sheet(store: Store, receipt: Receipt, day: str, begin: int = 0) -> Sheet:
    """The rows of this receipt's quarantine that wait, from row `begin` on; those that were mended
    before are left out. Raises NotFound, UploadRefused."""
    key = _quarantine(receipt)
    source, layout = _opened(store, receipt, day)
    table = ReviewTable(store)
    shown: list[Rejected] = []
    for window in _windows(source, layout, day, begin):
        merged = table.mended([_mark(row, layout) for _, row, _ in window])
        for number, row, found in window:
            if _mark(row, layout) in merged:
                continue
            if len(shown) == SHOWN:
                return Sheet(key, _columns(layout), tuple(shown), number)
            shown.append(_rejected(number, row, found, layout))
    return Sheet(key, _columns(layout), tuple(shown), None)


def judge_typed(
    store: Store, receipt: Receipt, day: str, typed: Mapping[int, Mapping[str, str]]
) -> Mended:
    """Judge what was typed: number of the row → field → what the cell is to hold.

    Raises NotFound, UploadRefused, and Conflict where the quarantine has fewer rows by now.
    """
    source, layout = _opened(store, receipt, day)
    context = layout.context(day)
    out, sent = io.StringIO(), 0
    writer = csv.writer(out, delimiter=layout.separator)
    writer.writerow(map(safe, layout.header))
    faults: dict[int, tuple[Fault, ...]] = {}
    left = set(typed)
    last = max(typed, default=-1)
    for number, (row, _) in islice(enumerate(judged(source, layout, day)), last + 1):
        if number not in left:
            continue
        left.discard(number)
        cells = [*row.cells]
        for name, value in typed[number].items():
            if name in layout.columns:
                cells[layout.columns[name]] = value[: 2 * MAX_COMMENT]
        found = judge(cells, layout, context)
        if isinstance(found, Review):
            writer.writerow(map(safe, cells))
            sent += 1
        else:
            faults[number] = tuple(found)
    if left:
        raise Conflict("the rejected rows of this file have changed since they were shown")
    key = f"{UPLOADS}{_name(receipt)}{_ENDING}.csv"
    data = out.getvalue().encode("utf-8-sig")
    return Mended(key, data, sent, faults, _metadata(store, receipt))


def send(store: Store, mended: Mended) -> Mended:
    """Put the rows that pass, for merging."""
    store.write(mended.key, mended.data, mended.metadata or None)
    return replace(mended, put=put_of(store.describe(mended.key)))


def _windows(
    source: Source, layout: Layout, day: str, begin: int
) -> Iterator[list[tuple[int, Row, Review | list[Fault]]]]:
    rows = ((n, row, found) for n, (row, found) in enumerate(judged(source, layout, day)))
    waiting = islice(rows, begin, None)
    while window := list(islice(waiting, _WINDOW)):
        yield window


def _rejected(number: int, row: Row, found: Review | Sequence[Fault], layout: Layout) -> Rejected:
    line = row.cells[layout.header.index(LINE)]
    raw = row.cells[layout.header.index(RAW)] if RAW in layout.header else ""
    return Rejected(
        number,
        int(line) if line.isdigit() else row.line,
        {name: row.cells[index] for name, index in layout.columns.items()},
        raw,
        () if isinstance(found, Review) else tuple(found),
    )


def _mark(row: Row, layout: Layout) -> str:
    """As the table remembers whom a row mends."""
    upload, line = (row.cells[layout.header.index(name)].strip() for name in (UPLOAD, LINE))
    return f"{upload}:{line}"


def _columns(layout: Layout) -> dict[str, str]:
    return {name: layout.header[layout.columns[name]] for name in NAMES if name in layout.columns}


def _opened(store: Store, receipt: Receipt, day: str) -> tuple[Source, Layout]:
    key = _quarantine(receipt)
    said = said_in(_metadata(store, receipt) | {ENCODING: ""}, {}, "")
    layout = examine(
        lambda: store.stream(key),
        said,
        today=day,
        recall=lambda header: remembered.recall(store, header),
    )
    if layout.origin is None:
        raise NotFound("%(key)s does not name the rows it holds", key=key)
    return lambda: store.stream(key), layout


def _metadata(store: Store, receipt: Receipt) -> dict[str, str]:
    """What the sender said of the columns and dates: it holds for the mended rows as well."""
    try:
        metadata = store.describe(receipt.key).metadata
    except NotFound:  # removed since
        return {}
    return {name: metadata[name] for name in (COLUMNS, DATES) if metadata.get(name)}


def _quarantine(receipt: Receipt) -> str:
    if not receipt.quarantine:
        raise NotFound("no row of %(upload)s was rejected", upload=receipt.upload)
    return receipt.quarantine


def _name(receipt: Receipt) -> str:
    return upload_name(receipt.key).rpartition("/")[2].removesuffix(_ENDING)


def _field_of(fault: Fault) -> str:
    kind = fault.code.partition("_")[0]
    return kind if kind in _FIELDS else ""
