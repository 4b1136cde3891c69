"""The rows of a version of the dataset between two positions: what a partition of it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from arro3.core import Array, DataType

from satispy.reviews.newest import newest
from satispy.reviews.stored import SHOWN
from satispy.reviews.table import ReviewTable
from satispy.storage import Store


@dataclass(frozen=True)
class Rows:
    """Parallel, in merge order."""

    ids: Sequence[str]
    comments: Sequence[str]
    stars: Sequence[int]
    sources: Sequence[str]
    companies: Sequence[str]
    uploads: Sequence[str]


def at_positions(
    store: Store, version: int, first: int, end: int, only: Sequence[int] | None = None
) -> Rows:
    """From `first` to before `end`, or only those named of them. Raises NotFound if files of the
    version are gone. The table's statistics say where positions are: other files stay unopened."""
    wanted = ("id", "comment", "star", "source", "company", "upload")
    table = ReviewTable(store)
    query = (
        f"select position, {', '.join(wanted)} from reviews"  # noqa: S608 - names and numbers
        f" where position >= {first} and position < {end} and {SHOWN} order by position"
    )
    columns: dict[str, list[Any]] = {name: [] for name in wanted}
    kept = None if only is None else set(only)
    for batch in table.query(table.at(version), query):
        if kept is not None:
            here = enumerate(batch["position"].to_pylist())
            rows = [at for at, position in here if position in kept]
            batch = batch.take(Array(rows, type=DataType.int64()))
        for name in wanted:
            columns[name].extend(batch[name].to_pylist())
    return Rows(
        [value.hex() for value in columns["id"]],
        columns["comment"],
        columns["star"],
        [value or "" for value in columns["source"]],
        [value or "" for value in columns["company"]],
        columns["upload"],
    )


def positions(store: Store, version: int) -> int:
    """One beyond the last position of a version; some before it may be empty."""
    table = ReviewTable(store)
    [batch] = table.query(table.at(version), "select max(position) as last from reviews")
    last = batch["last"].to_pylist()[0]
    return 0 if last is None else int(last) + 1


def newest_positions(store: Store, version: int, most: int) -> list[int]:
    """As `ReviewTable.read` chooses of a larger dataset, without its texts."""
    table = ReviewTable(store)
    query = f"select position, star, source, company from reviews where {SHOWN} order by position"  # noqa: S608 - ours
    positions: list[int] = []
    number: dict[tuple[int, str | None, str | None], int] = {}
    kinds: list[int] = []
    for batch in table.query(table.at(version), query):
        positions += batch["position"].to_pylist()
        of = (batch[name].to_pylist() for name in ("star", "source", "company"))
        kinds += [number.setdefault(kind, len(number)) for kind in zip(*of, strict=True)]
    return [positions[at] for at in newest(kinds, most)]
