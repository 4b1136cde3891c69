"""The dataset looked at: searched, filtered, page by page, and one review with where it came from.

DataFusion finds and counts; of what it finds, one page of rows is all that Python ever sees.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from deltalake import DeltaTable
from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter

from satispy.errors import NotFound
from satispy.journal import Actor
from satispy.reviews.stored import CHANGED, COLUMNS, HIDDEN, SHOWN
from satispy.reviews.table import ReviewTable, quoted

PAGE: Final = 25
#: Words of a search, and the sources and companies that are offered: the commonest.
MOST_WORDS: Final = 10
MOST_OFFERED: Final = 200
#: Letters that French, or a keyboard without accents, writes one for the other.
_ALIKE: Final = ("aàâäáã", "cç", "eéèêë", "iîïí", "nñ", "oôöóõ", "uùûüú", "yÿ", "'’")
_CLASSES: Final = {letter: f"[{group}]" for group in _ALIKE for letter in group}


@dataclass(frozen=True)
class Wanted:
    """Which reviews: all words, in any letter case and with or without accents; empty: any."""

    words: str = ""
    stars: tuple[int, ...] = ()
    source: str = ""
    company: str = ""
    since: dt.date | None = None
    until: dt.date | None = None  # that day included


class Change(BaseModel):
    """What somebody changed of a review, as its row remembers it."""

    model_config = ConfigDict(frozen=True)

    id: str
    by: Actor
    at: AwareDatetime
    why: str
    star: int  # what it was before
    text: bool  # whether it got another comment


_CHANGES: Final = TypeAdapter(tuple[Change, ...])


@dataclass(frozen=True)
class Review:
    """One row with its provenance."""

    id: str
    comment: str
    star: int
    source: str
    company: str
    number: str
    date: str  # ISO
    dated: bool  # whether the file gave the date
    position: int
    upload: str
    put: str
    line: int
    mends: str
    merged_at: dt.datetime
    extra: dict[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()  # the newest last

    @property
    def deleted(self) -> bool:
        """Then only its provenance is left."""
        return self.star == HIDDEN

    @property
    def day(self) -> dt.date:
        return dt.date.fromisoformat(self.date[:10])


@dataclass(frozen=True)
class Page:
    """Some of the reviews that were wanted, the newest by date first."""

    version: int
    total: int
    first: int
    reviews: tuple[Review, ...]


def page(
    table: ReviewTable,
    wanted: Wanted,
    version: int | None = None,
    first: int = 0,
    size: int = PAGE,
) -> Page:
    """So many from the `first` on, of a version or the newest. Raises NotFound."""
    delta = table.at(version)
    where = _where(wanted)
    [total] = _column(table, delta, f"select count(*) n from reviews{where}", "n")  # noqa: S608 - made below
    # Two narrow columns are sorted; texts are read of the page's rows only.
    order = f"order by date desc, position desc limit {int(size)} offset {int(first)}"
    found = _column(table, delta, f"select date, position from reviews{where} {order}", "position")  # noqa: S608
    rows = {each.position: each for each in _rows(table, delta, found)}
    return Page(int(delta.version()), total, first, tuple(rows[position] for position in found))


def one(table: ReviewTable, id: str, version: int | None = None) -> Review:
    """The review of this identity, in hex; one that was deleted says who did that. Raises
    NotFound."""
    delta = table.at(version)
    if re.fullmatch(r"[0-9a-f]{32}", id):
        query = f"select position from reviews where id = X'{id}'"  # noqa: S608 - hex
        for found in _rows(table, delta, _column(table, delta, query, "position")):
            if found.changes or not found.deleted:
                return found
    raise NotFound(
        "version %(version)s of the dataset holds no review %(id)r", version=delta.version(), id=id
    )


def offered(table: ReviewTable, version: int | None = None) -> tuple[list[str], list[str]]:
    """The sources and the companies that a version has, the commonest first."""
    delta = table.at(version)

    def commonest(name: str) -> list[str]:
        query = (
            f"select {name}, count(*) n from reviews where {name} is not null and {SHOWN}"  # noqa: S608 - ours
            f" group by {name} order by n desc, {name} limit {MOST_OFFERED}"
        )
        return _column(table, delta, query, name)

    return commonest("source"), commonest("company")


def _where(wanted: Wanted) -> str:
    said = [SHOWN]
    if wanted.stars:
        said.append(f"star in ({', '.join(str(int(star)) for star in wanted.stars)})")
    said += [
        f"{name} = {quoted(value)}"
        for name, value in (("source", wanted.source), ("company", wanted.company))
        if value
    ]
    if wanted.since:
        said.append(f"date >= {quoted(wanted.since.isoformat())}")
    if wanted.until:  # a date may have a time
        said.append(f"date < {quoted((wanted.until + dt.timedelta(days=1)).isoformat())}")
    said += [
        f"regexp_like(comment, {quoted(_pattern(word))}, 'i')"
        for word in wanted.words.split()[:MOST_WORDS]
    ]
    return f" where {' and '.join(said)}"


def _pattern(word: str) -> str:
    """For Rust's regular expressions, whose time follows the text whatever the pattern."""
    return "".join(_CLASSES.get(letter, re.escape(letter)) for letter in word.lower())


def _column(table: ReviewTable, delta: DeltaTable, query: str, name: str) -> list[Any]:
    return [value for batch in table.query(delta, query) for value in batch[name].to_pylist()]


def _rows(table: ReviewTable, delta: DeltaTable, positions: Sequence[int]) -> Iterator[Review]:
    if not positions:
        return
    among = ", ".join(map(str, positions))
    there = {each.name for each in delta.schema().fields}
    names = [name for name in COLUMNS if name in there]
    query = f"select {', '.join(names)} from reviews where position in ({among})"  # noqa: S608
    for batch in table.query(delta, query):
        columns = [batch[name].to_pylist() for name in names]
        for values in zip(*columns, strict=True):
            row = dict(zip(names, values, strict=True))
            row["id"] = bytes(row["id"]).hex()
            row["extra"] = json.loads(row["extra"]) if row["extra"] else {}
            row["changes"] = _CHANGES.validate_json(row.pop(CHANGED, None) or "[]")
            for name in ("source", "company", "number", "mends"):
                row[name] = row[name] or ""
            yield Review(**row)


def as_stored(changes: Sequence[Change]) -> str:
    """What the column holds."""
    return _CHANGES.dump_json(tuple(changes)).decode()
