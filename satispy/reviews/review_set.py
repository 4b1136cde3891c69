"""Rows of one version of the dataset for those who learn: facts in memory, texts as they come."""

import datetime as dt
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from satispy.reviews.newest import newest
from satispy.reviews.stored import HIDDEN

if TYPE_CHECKING:
    from arro3.core import RecordBatch
    from deltalake import DeltaTable

    from satispy.reviews.table import ReviewTable

T = TypeVar("T")

#: Rows of the files that are asked for together: a file is never read twice.
_ROWS_OF_A_QUERY: Final = 50_000
#: Rows that are asked for by their numbers: planning a longer query takes longer than that.
_MOST_LITERALS: Final = 2_000


class Texts(Protocol):
    """The comments of a review set. Each look is a reading: nothing keeps them."""

    def __iter__(self) -> Iterator[str]:
        """All, in merge order."""
        ...

    def of(self, rows: Iterable[int]) -> dict[int, str]:
        """Those of some rows, by their place in the set."""
        ...


class Kept(list[str]):
    """Texts that are in memory already."""

    def of(self, rows: Iterable[int]) -> dict[int, str]:
        return {row: self[row] for row in rows}


@dataclass(frozen=True)
class Identities(Sequence[str]):
    """In hex, each written when it is asked for; kept as bytes, all of one width."""

    joined: bytes
    width: int

    def __len__(self) -> int:
        return len(self.joined) // self.width if self.width else 0

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[row] for row in range(*at.indices(len(self)))]
        row = range(len(self))[at]
        return self.joined[row * self.width : (row + 1) * self.width].hex()


@dataclass(frozen=True)
class ReviewSet:
    """Rows of one version of the dataset: parallel sequences in merge order.

    Equal values of a column are one object: eight bytes a row.
    """

    version: int
    #: How many rows the version has in all, hidden ones too, and its uploads by when they were
    #: merged.
    rows: int
    names: list[str]
    #: Which of those rows each is: 0, 1, 2… where all were read and none is hidden.
    numbers: Sequence[int]
    ids: Sequence[str]
    stars: list[int]
    sources: list[str]
    companies: list[str]
    dates: list[dt.date]
    uploads: list[str]
    texts: Texts

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def comments(self) -> list[str]:
        """All texts at once: for sets that are known to be small."""
        return list(self.texts)


def read(table: "ReviewTable", version: int | None, most: int) -> ReviewSet:
    """`ReviewTable.read`."""
    delta = table.at(version)
    rows = int(delta.count())
    numbers = _shown(rows, hidden(table, delta))
    names: dict[str, None] = {}
    if most and len(numbers) > most:
        kinds: dict[tuple[Any, ...], int] = {}
        kind_of = array("l")
        for batch in in_order(table, delta, ("star", "source", "company", "upload")):
            of = (batch[name].to_pylist() for name in ("star", "source", "company"))
            kind_of.extend(kinds.setdefault(each, len(kinds)) for each in zip(*of, strict=True))
            names.update(dict.fromkeys(batch["upload"].to_pylist()))
        numbers = [numbers[at] for at in newest(kind_of, most)]
    found: dict[str, list[Any]] = {
        name: [] for name in ("star", "source", "company", "date", "upload")
    }
    known: dict[str, dict[Any, Any]] = {name: {} for name in found}
    made: dict[str, Callable[[Any], Any]] = {
        "date": lambda value: dt.date.fromisoformat(value[:10]),
        "source": lambda value: value or "",
        "company": lambda value: value or "",
    }
    ids: list[bytes] = []
    for batch in chosen(table, delta, ("id", *found), numbers):
        ids.append(b"".join(batch["id"].to_pylist()))
        for name, column in found.items():
            column.extend(_shared(batch[name].to_pylist(), known[name], made.get(name)))
    joined = b"".join(ids)
    return ReviewSet(
        version=int(delta.version()),
        rows=rows,
        names=list(names or dict.fromkeys(found["upload"])),
        numbers=numbers,
        ids=Identities(joined, len(joined) // max(len(numbers), 1)),
        stars=found["star"],
        sources=found["source"],
        companies=found["company"],
        dates=found["date"],
        uploads=found["upload"],
        texts=StoredTexts(table, delta, numbers),
    )


def hidden(table: "ReviewTable", delta: "DeltaTable") -> list[int]:
    """Positions whose rows nobody is shown, ascending. Only files that hold one are opened, by the
    statistics of the log: mostly none."""
    query = f"select position from reviews where star = {HIDDEN} order by position"  # noqa: S608 - a number
    return [at for batch in table.query(delta, query) for at in batch["position"].to_pylist()]


def _shown(rows: int, without: Sequence[int]) -> Sequence[int]:
    if not without:
        return range(rows)
    import numpy as np

    shown = np.ones(rows, bool)
    shown[list(without)] = False
    return array("q", np.flatnonzero(shown).astype(np.int64).tobytes())


def _shared(
    values: Iterable[Any], known: dict[Any, Any], made: Callable[[Any], Any] | None
) -> Iterator[Any]:
    """Each value, or what is made of it, as the one object that its equals are."""
    for value in values:
        if value not in known:
            known[value] = made(value) if made else value
        yield known[value]


@dataclass(frozen=True)
class StoredTexts:
    """Texts in the table: read in batches, or by their rows."""

    table: "ReviewTable"
    delta: "DeltaTable"
    numbers: Sequence[int]

    def __iter__(self) -> Iterator[str]:
        for batch in chosen(self.table, self.delta, ("comment",), self.numbers):
            yield from batch["comment"].to_pylist()

    def of(self, rows: Iterable[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        row_of = {self.numbers[row]: row for row in rows}
        wanted = sorted(row_of)
        for begin in range(0, len(wanted), _MOST_LITERALS):
            where = ",".join(map(str, wanted[begin : begin + _MOST_LITERALS]))
            sql = f"select position, comment from reviews where position in ({where})"  # noqa: S608 - numbers
            for batch in self.table.query(self.delta, sql):
                positions, comments = (batch[name].to_pylist() for name in ("position", "comment"))
                found.update(zip(map(row_of.__getitem__, positions), comments, strict=True))
        return found


def chosen(
    table: "ReviewTable", delta: "DeltaTable", wanted: Sequence[str], numbers: Sequence[int]
) -> Iterator["RecordBatch"]:
    """`in_order`, of the rows of these numbers only, which ascend."""
    if isinstance(numbers, range):
        yield from in_order(table, delta, wanted)
        return
    import numpy as np  # what merges has none
    from arro3.core import Array

    rows = np.asarray(numbers)
    for batch in in_order(table, delta, wanted):
        position = np.asarray(batch["position"])
        begin, end = np.searchsorted(rows, (position[0], position[-1] + 1))
        if begin < end:
            yield batch.take(Array.from_numpy(np.searchsorted(position, rows[begin:end])))


def in_order(
    table: "ReviewTable", delta: "DeltaTable", wanted: Sequence[str]
) -> Iterator["RecordBatch"]:
    """All rows that are shown, `position` and the wanted columns, in merge order and in batches.

    The table's files are read one after another by the positions that they hold. What comes before
    its turn waits as it is, in Arrow: within a file some, of files that overlap most.
    """
    import numpy as np
    from arro3.core import Array

    due = 0
    waiting: dict[int, RecordBatch] = {}
    for first, last in _ranges(delta):
        columns = ", ".join(dict.fromkeys(("position", "star", *wanted)))
        where = f"position >= {first} and position <= {last}"
        for batch in table.query(delta, f"select {columns} from reviews where {where}"):  # noqa: S608 - names from this room, numbers
            position = np.asarray(batch["position"])
            cuts = [0, *(np.flatnonzero(np.diff(position) != 1) + 1).tolist(), len(position)]
            for begin, end in pairwise(cuts):
                if begin < end:
                    waiting[int(position[begin])] = batch.slice(begin, end - begin)
            while due in waiting:
                part = waiting.pop(due)
                due += part.num_rows
                shown = np.flatnonzero(np.asarray(part["star"]) != HIDDEN)
                if len(shown) == part.num_rows:
                    yield part
                elif len(shown):
                    yield part.take(Array.from_numpy(shown))
    if waiting:
        raise ValueError(f"the table has no row {due}, and has rows beyond it")


def _ranges(delta: "DeltaTable") -> list[tuple[int, int]]:
    """First and last positions of files that are read together, ascending."""
    actions = delta.get_add_actions(flatten=True)
    names = ("min.position", "max.position")
    if not set(names) <= set(actions.schema.names):
        return [(0, int(delta.count()))]
    spans = list(zip(*(actions[name].to_pylist() for name in names), strict=True))
    if any(None in span for span in spans):
        return [(0, int(delta.count()))]
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and (first <= found[-1][1] or last - found[-1][0] < _ROWS_OF_A_QUERY):
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found
