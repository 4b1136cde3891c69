"""How long a version of the dataset can be read: what the vacuum leaves, and what it has taken.

A version is read from its files. Joining small files, changing a review and restoring an older
version replace files, and the log keeps word of those that were replaced (tombstones) for a time
that is a property of the table. The vacuum deletes replaced files when that time is over, and
leftovers that no version has if they are as old. Without the property a checkpoint forgets
tombstones after a week: their files would be found by nobody, or be taken for leftovers.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deltalake import CommitProperties, DeltaTable

from satispy.reviews.table import RETENTION, ReviewTable

#: Of a table that does not say it: https://docs.delta.io/latest/table-properties.html
_DAYS_OF_DELTA = 7
_REPLACES_FILES = ("OPTIMIZE", "RESTORE", "UPDATE")
_VACUUMS = ("VACUUM START", "VACUUM END")


@dataclass(frozen=True)
class Readable:
    """`until`: when its first file may be deleted; None while nothing has replaced any."""

    now: bool
    until: dt.datetime | None = None

    def beyond_its_time(self, now: dt.datetime) -> bool:
        """Kept for a model that learned from it, or not vacuumed yet."""
        return self.now and self.until is not None and self.until <= now


def days(delta: DeltaTable) -> float:
    """For so long the table keeps word of files that were replaced."""
    said = re.fullmatch(r"interval (\d+) days?", delta.metadata().configuration.get(RETENTION, ""))
    return int(said[1]) if said else _DAYS_OF_DELTA


def promise(table: ReviewTable, wanted: float) -> None:
    """Versions younger than so many days stay readable from here on."""
    delta = table.at()
    if days(delta) != (whole := max(1, round(wanted))):
        delta.alter.set_table_properties({RETENTION: f"interval {whole} days"})


def vacuum(
    table: ReviewTable, older: float, keep: Collection[int] = (), *, dry_run: bool = False
) -> list[str]:
    """Delete files that were replaced more than `older` days ago; no file of the versions to
    `keep`. Versions that lose a file are gone. Returns the files."""
    delta = table.at()
    return delta.vacuum(
        retention_hours=int(older * 24),
        dry_run=dry_run,
        enforce_retention_duration=False,
        keep_versions=sorted(each for each in keep if each <= delta.version()) or None,
        # Leftovers too, by their age: not what is being written, nor what has no tombstone left.
        full=1 <= older <= days(delta),
        commit_properties=CommitProperties(
            custom_metadata={"rows": table.shown(delta), "added": 0}
        ),
    )


def readable(table: ReviewTable, history: Iterable[Mapping[str, Any]]) -> Iterator[Readable]:
    """Of each commit of a history, the newest first, whether its version can be read."""
    kept = dt.timedelta(days=days(table.at()))
    replaced: dt.datetime | None = None
    vacuumed = may_be_gone = False
    for entry in history:
        gone = may_be_gone and table.lacks_files(table.at(entry["version"]))
        yield Readable(not gone, replaced + kept if replaced else None)
        vacuumed = vacuumed or entry["operation"] in _VACUUMS
        if entry["operation"] in _REPLACES_FILES:
            replaced = dt.datetime.fromtimestamp(entry["timestamp"] / 1000, dt.UTC)
            may_be_gone = vacuumed
