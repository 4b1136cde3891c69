"""The dataset through time: its log, two versions compared, exported, restored, tidied."""

import csv
import datetime as dt
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Final

from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import CommitFailedError

from satispy.errors import Conflict
from satispy.reviews import retention, review_set
from satispy.reviews.formulas import safe
from satispy.reviews.retention import Readable
from satispy.reviews.schema import EXPORTED
from satispy.reviews.stored import CHANGED, SHOWN
from satispy.reviews.table import KEEPS_ITS_LOG, ReviewTable, gone

#: Many small files make every look-up slow: the merge that makes every 16th version joins them.
TIDY_EVERY: Final = 16
#: Into files of the first size; once there are so many of a size, these are joined to the next: a
#: row is written again as often as there are sizes, and not with each tidying.
_JOINED_SIZES: Final = (512 << 10, 8 << 20, 128 << 20)
_MANY: Final = 16


@dataclass(frozen=True)
class Commit:
    """One version: what made it, and how many rows the dataset has since."""

    version: int
    at: dt.datetime
    what: str  # "merge", "change", "restore", "create", "tidy", "settings", "vacuum"
    upload: str | None
    added: int
    rows: int | None
    readable: Readable


@dataclass(frozen=True)
class Difference:
    """What version `b` has and `a` has not, and the other way round."""

    a: int
    b: int
    added: int
    removed: int
    added_by: Counter[tuple[str, str, int]]  # (upload, source, star) → rows
    removed_by: Counter[tuple[str, str, int]]


_WHAT: Final = {
    "CREATE TABLE": "create",
    "WRITE": "merge",
    "RESTORE": "restore",
    "OPTIMIZE": "tidy",
    "UPDATE": "change",
    "ADD COLUMN": "settings",
    "SET TBLPROPERTIES": "settings",
    "VACUUM START": "vacuum",
    "VACUUM END": "vacuum",
}


def log(table: ReviewTable, limit: int | None = None) -> list[Commit]:
    """The commits, the newest first."""
    history = table.at().history(limit)
    return [
        Commit(
            version=entry["version"],
            at=dt.datetime.fromtimestamp(entry["timestamp"] / 1000, dt.UTC),
            what=entry.get("what") or _WHAT.get(entry["operation"], entry["operation"].lower()),
            upload=entry.get("upload"),
            added=int(entry.get("added", 0)),
            rows=entry.get("rows"),
            readable=readable,
        )
        for entry, readable in zip(history, retention.readable(table, history), strict=True)
    ]


def count(table: ReviewTable, version: int | None = None) -> dict[tuple[str, str, int], int]:
    """Rows of a version by (upload, source, star)."""
    found: dict[tuple[str, str, int], int] = {}
    query = (
        f"select upload, source, star, count(*) n from reviews where {SHOWN}"  # noqa: S608 - ours
        " group by upload, source, star"
    )
    for batch in table.query(table.at(version), query):
        for row in _rows(batch, ("upload", "source", "star", "n")):
            found[row["upload"], row["source"] or "", row["star"]] = row["n"]
    return found


def compare(table: ReviewTable, a: int, b: int) -> Difference:
    """Which reviews two versions do not share."""
    before, after = table.at(a), table.at(b)
    added, removed = _only_in(table, after, before), _only_in(table, before, after)
    return Difference(
        a, b, added=added.total(), removed=removed.total(), added_by=added, removed_by=removed
    )


def export(table: ReviewTable, version: int | None, path: Path) -> int:
    """Write a version as a CSV that, uploaded, adds nothing; returns its rows. `.gz` packs it."""
    delta = table.at(version)
    distinct = "select distinct extra from reviews where extra is not null"
    extra = sorted(
        {
            name
            for batch in table.query(delta, distinct)
            for row in _rows(batch, ("extra",))
            for name in json.loads(row["extra"])
        }
    )
    header = [*EXPORTED, *extra]
    columns = ("comment", "star", "source", "company", "number", "date", "dated")
    written = 0
    with _open(path) as file:
        writer = csv.writer(file)
        writer.writerow(map(safe, header))
        for batch in review_set.in_order(table, delta, (*columns, "extra")):
            for row in _rows(batch, (*columns, "extra")):
                more = json.loads(row["extra"]) if row["extra"] else {}
                writer.writerow(
                    [
                        written,
                        safe(row["comment"]),
                        row["star"],
                        *(safe(row[name] or "") for name in ("source", "company", "number")),
                        # A date nobody gave is not part of the review: see the decision 0020.
                        row["date"] if row["dated"] else "",
                        *(safe(more.get(name, "")) for name in extra),
                    ]
                )
                written += 1
    return written


def restore(table: ReviewTable, version: int) -> int:
    """Make a new version with the rows of an old one; nothing in between is lost. Returns it."""
    wanted = table.at(version)
    if table.lacks_files(wanted):
        raise gone(version)
    rows = table.shown(wanted)
    delta = table.at()
    table.known_ids.forget()
    try:
        delta.restore(
            version,
            commit_properties=CommitProperties(
                max_commit_retries=0, custom_metadata={"rows": rows, "added": 0}
            ),
        )
    except CommitFailedError as error:
        raise Conflict("an upload was merged meanwhile; look at the log and try again") from error
    table.known_ids.forget()
    return int(delta.version())


def joined_size(sizes: Iterable[int]) -> int:
    """Up to which size the files of a table, of these sizes, are to be joined by now."""
    sizes = list(sizes)
    for smaller, size in reversed(list(pairwise(_JOINED_SIZES))):
        if sum(smaller / 2 <= each < size for each in sizes) >= _MANY:
            return size
    return _JOINED_SIZES[0]


def tidy(table: ReviewTable, *, whole: bool = False) -> bool:
    """Join small files, or with `whole` all that can be joined. Rows, positions and what readers
    see stay the same."""
    delta = table.at()
    if not KEEPS_ITS_LOG.items() <= delta.metadata().configuration.items():
        delta.alter.set_table_properties(KEEPS_ITS_LOG)  # a table of before there were these
    sizes = delta.get_add_actions()["size_bytes"].to_pylist()
    target = _JOINED_SIZES[-1] if whole else joined_size(sizes)
    if sum(size < target for size in sizes) < 2:
        return False
    try:
        delta.optimize.compact(
            target_size=target,
            max_concurrent_tasks=1,
            commit_properties=CommitProperties(
                max_commit_retries=0, custom_metadata={"rows": table.shown(delta), "added": 0}
            ),
        )
    except CommitFailedError:  # an upload came first; a later merge will join them
        return False
    return True


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "wt", encoding="utf-8", newline="")
    return path.open("w", encoding="utf-8", newline="")


def _rows(batch: Any, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    columns = [batch[name].to_pylist() for name in names]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _only_in(
    table: ReviewTable, here: DeltaTable, there: DeltaTable
) -> Counter[tuple[str, str, int]]:
    """Rows of one version that another has not, by (upload, source, star).

    What versions share are mostly files: where all are, none is read.
    """
    found: Counter[tuple[str, str, int]] = Counter()
    if set(here.file_uris()) <= set(there.file_uris()):
        return found
    ours, theirs = (f"{_change_in(each)} as its" for each in (here, there))
    query = (
        "select upload, source, star, count(*) n"  # noqa: S608 - names of ours
        f" from (select id, upload, source, star, {ours} from reviews where {SHOWN}) here"
        f" left anti join (select id, {theirs} from others where {SHOWN}) there"
        " on here.id = there.id and here.its is not distinct from there.its"
        " group by upload, source, star"
    )
    for batch in table.query(here, query, there):
        for row in _rows(batch, ("upload", "source", "star", "n")):
            found[row["upload"], row["source"] or "", row["star"]] = row["n"]
    return found


def _change_in(version: DeltaTable) -> str:
    """A review that was corrected is another one, in versions that know of changes."""
    there = CHANGED in {field.name for field in version.schema().fields}
    return CHANGED if there else "cast(null as varchar)"
