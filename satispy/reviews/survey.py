"""What only all rows of a file together can say: its dialect, which number of a date is the day,
and what its marks are out of.

One bounded pass over the rows, before any is merged.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from satispy.errors import UploadRefused
from satispy.reviews import dates, stars
from satispy.reviews.columns import Columns, SameName, UnknownHeader, choose
from satispy.reviews.headers import fold
from satispy.reviews.layout import Layout, Source, look
from satispy.reviews.proposal import ROWS, Proposal, propose
from satispy.reviews.reading import Record, Shape, records
from satispy.reviews.said import Said
from satispy.reviews.schema import NAMES, REQUIRED
from satispy.sentence import Sentence

#: Different cells of a column that are counted one by one; those beyond are too many to be marks.
_MOST_DIFFERENT: Final = 10_000
#: More of a cell is not kept; no mark and no date is that long.
_LONGEST: Final = 201
#: Spreadsheets keep 15 digits.
_LONG: Final = re.compile(r"\d{16,30}", re.ASCII)


def examine(
    source: Source,
    said: Said | Mapping[str, str],
    *,
    today: str = "9999",
    recall: Callable[[Sequence[str]], Mapping[str, str] | None] = lambda header: None,
    fields: Callable[[Sequence[str], Mapping[str, str]], Columns] = choose,
) -> Layout:
    """How the file is written. Raises UploadRefused when it can't be read as a whole."""
    said = said if isinstance(said, Said) else Said(said)
    *_, layout = survey(source, said, today=today, recall=recall, fields=fields)
    assert layout is not None  # noqa: S101  the last that a survey gives
    return layout


def look_at_header(source: Source) -> Layout:
    """The layout without what all rows say of it. Raises UploadRefused, UnknownHeader."""
    layout = look(source, Said())
    _refuse_unclear_columns(source, layout, {})
    return layout


def survey(
    source: Source,
    said: Said,
    *,
    today: str = "9999",
    recall: Callable[[Sequence[str]], Mapping[str, str] | None] = lambda header: None,
    fields: Callable[[Sequence[str], Mapping[str, str]], Columns] = choose,
    every: int = 1_000_000,
) -> Iterator[Layout | None]:
    """The layout in the end, None after so many rows: who has other work to do can do it then."""
    layout = look(source, said, recall=recall, fields=fields)
    _refuse_unclear_columns(source, layout, said.columns)
    found = _Survey(layout, today)
    for _ in found.take(records(source, layout), every):
        yield None
    if found.settle_dialect():  # what was counted was counted by another reading
        found = _Survey(layout, today)
        for _ in found.take(records(source, layout), every):
            yield None
    found.settle_values(said)
    yield layout


class _Survey:
    """Counts over all rows, in bounded memory."""

    def __init__(self, layout: Layout, today: str) -> None:
        self._layout = layout
        self._today = today
        self._faults = self._uneven = 0  # broken records; lines with another number of separators
        self._escapes = self._backslashes = self._nothing = 0
        self._behind: set[int] = set()  # numbers of empty cells behind the header's last; -1: full
        self._with_more = self._standing = 0  # rows with such cells; those whose star stands well
        self._marks: Counter[str] = Counter()
        self._dates: Counter[str] = Counter()
        self._census = dates.Census()
        self._long_numbers = self._rounded = 0

    def take(self, found: Iterator[Record], every: int) -> Iterator[None]:
        shape = Shape(self._layout)
        for number, record in enumerate(found, 1):
            if number % every == 0:
                yield
            if not record.cells and not record.broken:
                continue
            self._count_dialect(record)
            row = shape.row(record)
            if row and not row.broken:
                self._count_values(row.cells)

    def _count_dialect(self, record: Record) -> None:
        layout, width = self._layout, len(self._layout.header)
        self._faults += record.broken is not None
        if layout.separator == "\t":
            self._uneven += sum(line.text.count("\t") != width - 1 for line in record.lines)
        if "\\" in record.text:
            whole = not record.broken and len(record.cells) == width
            self._escapes += not whole and _whole_if_escaped(record, layout)
            self._backslashes += whole and '\\"' in record.text
            self._nothing += "\\N" in record.cells
        if not record.broken and record.cells != layout.header:
            behind = record.cells[width:]
            self._behind.add(-1 if any(cell.strip() for cell in behind) else len(behind))
            if behind:
                self._with_more += 1
                self._standing += self._star_stands(record.cells)

    def _count_values(self, cells: Sequence[str]) -> None:
        columns = self._layout.columns
        if "star" in columns:
            star = cells[columns["star"]][:_LONGEST]
            if star in self._marks or len(self._marks) < _MOST_DIFFERENT:
                self._marks[star] += 1
        if "date" in columns:
            self._dates[cells[columns["date"]][:_LONGEST]] += 1
            if len(self._dates) >= _MOST_DIFFERENT:
                self._fold_dates()
        if "number" in columns and _LONG.fullmatch(number := cells[columns["number"]].strip()):
            self._long_numbers += 1
            self._rounded += not number[15:].strip("0")

    def _fold_dates(self) -> None:
        self._census += dates.count(self._dates.items(), self._today)
        self._dates.clear()

    def settle_dialect(self) -> bool:
        """Whether the rows must be read in another way than they were."""
        layout = self._layout
        if layout.separator == "\t":
            # Each line has its tabs, so no quote needs a meaning.
            layout.literal = self._faults > 0 and self._uneven == 0
            layout.escaped = self._nothing > 0
        if self._escapes > self._backslashes:
            layout.escaped = True
        behind = min(self._behind, default=0)
        if (
            len(self._behind) == 1
            and behind > 0
            and not layout.origin
            and self._standing * 2 > self._with_more
        ):
            layout.surplus = behind
        return layout.literal or layout.escaped or layout.surplus > 0

    def _star_stands(self, cells: Sequence[str]) -> bool:
        """Whether a star is where the header says, and no separator within a comment has shifted
        the row: « Bien, mais cher,4, »."""
        if "star" not in self._layout.columns:
            return True
        cell = cells[self._layout.columns["star"]]
        return stars.mark(cell) is not None and not cell.startswith(" ")

    def settle_values(self, said: Said) -> None:
        layout = self._layout
        if self._long_numbers and self._rounded == self._long_numbers:
            layout.rounded = layout.columns["number"]
            fields = {n: at for n, at in layout.columns.items() if n != "number"}
            layout.chosen = replace(layout.chosen, fields=fields)
            layout.notes["numbers_rounded"] = {"count": self._rounded}
        self._fold_dates()
        census = self._census
        if "date" in layout.columns and (census.day or census.month or census.either):
            stated = said.dates or layout.chosen.order
            layout.order = stated or census.order
            why = "said" if said.dates else "export" if stated else "column"
            if layout.order != "day-first" or not census.day or census.month:
                layout.notes["dates"] = {"order": layout.order, "why": why, **vars(census)}
        if "star" in layout.columns and layout.chosen.scale is None:
            name = layout.header[layout.columns["star"]]
            if highest := stars.foreign_scale(name, self._marks):
                raise UploadRefused(_other_scale(name, highest, self._marks))


def _proposed(source: Source, layout: Layout) -> Proposal:
    """By the first rows, read as if nothing were needed of them."""
    free = replace(layout, chosen=Columns(required=()), notes={})
    shape = Shape(free)
    found = (shape.row(record) for record in islice(records(source, free), ROWS))
    return propose(layout.header, [row.cells for row in found if row and not row.broken])


def _other_scale(name: str, highest: int, marks: Mapping[str, int]) -> Sentence:
    beyond = [cell.strip() for cell in marks if (m := stars.mark(cell)) and m[0] > 5]
    shown = Sentence(" (for instance %(cells)s)", cells=", ".join(beyond[:3]))
    return Sentence(
        "the marks in '%(column)s' are on a scale to %(highest)s, not stars from 1 to 5%(shown)s:"
        " nothing was merged. To convert them, map the column with its scale: --column"
        " star='%(column)s/%(highest)s'; if they are stars all the same: --column"
        " star='%(column)s/5'",
        column=name,
        highest=highest,
        shown=shown if beyond else "",
    )


def _whole_if_escaped(record: Record, layout: Layout) -> bool:
    """Whether the first line has the header's number of cells once its backslashes escape."""
    try:
        read = csv.reader(
            [record.lines[0].text], delimiter=layout.separator, strict=True, escapechar="\\"
        )
        return len(next(read, [])) == len(layout.header)
    except csv.Error:
        return False


def _listed(words: Sequence[str]) -> Sentence:
    """One at least."""
    if len(words) == 1:
        return Sentence(words[0])
    return Sentence("%(first)s and %(last)s", first=", ".join(words[:-1]), last=words[-1])


def _no_column(
    missing: Sequence[str], header: Sequence[str], mapping: Mapping[str, str], likely: Proposal
) -> Sentence:
    shown = ", ".join(repr(name[:60]) for name in header[:30])
    more = Sentence(" and %(more)s more", more=len(header) - 30)
    likeliest = Sentence(". The likeliest: %(options)s", options=likely.as_options())
    return Sentence(
        "no column for %(needed)s. Found: %(shown)s%(more)s. Needed: a comment (%(comment)r) and a"
        " star (%(star)r). If they have other names, map them: object metadata"
        " x-amz-meta-satispy-columns: %(example)s, `satispy upload --column"
        " comment='…'`, or the setting SATISPY_COLUMNS%(likeliest)s",
        needed=_listed([repr(mapping.get(name, NAMES[name][0])) for name in missing]),
        shown=shown,
        more=more if len(header) > 30 else "",
        comment=NAMES["comment"][0],
        star=NAMES["star"][0],
        example=json.dumps(dict.fromkeys(REQUIRED, "…"), ensure_ascii=False),
        likeliest=likeliest if likely.columns else "",
    )


def _refuse_unclear_columns(source: Source, layout: Layout, mapping: Mapping[str, str]) -> None:
    """Raises UnknownHeader, SameName."""
    header, chosen = layout.header, layout.chosen
    missing = sorted({*chosen.missing, *(n for n in chosen.required if n not in chosen.fields)})
    if missing:
        likely = _proposed(source, layout)
        raise UnknownHeader(_no_column(missing, header, mapping, likely), header, likely)
    for name in chosen.twice:
        places = [i + 1 for i, other in enumerate(header) if fold(other) == fold(name)]
        field = next(
            (f for f, index in chosen.fields.items() if fold(header[index]) == fold(name)),
            "comment",
        )
        message = Sentence(
            "%(count)s columns are called %(name)r: say which one is meant by its "
            "position, --column %(field)s='#%(first)s' or %(field)s='#%(last)s'",
            count=len(places),
            name=name,
            field=field,
            first=places[0],
            last=places[-1],
        )
        raise SameName(message, name, places)
