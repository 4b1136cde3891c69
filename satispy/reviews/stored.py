"""A row of the table: its columns, and rows as Arrow has them."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from arro3.core import Array, DataType, Field, RecordBatch, Schema

#: The star of a row that nobody is shown and no model learns from: of a review that was deleted,
#: and of what only keeps an identity known. Its position stays, so that no other row moves.
HIDDEN: Final = 0
SHOWN: Final = f"star <> {HIDDEN}"
#: The column that tables of before there were changes get with their first.
CHANGED: Final = "changed"

SCHEMA: Final = Schema(
    [
        Field("id", DataType.binary(), nullable=False),
        Field("comment", DataType.string(), nullable=False),
        Field("star", DataType.int8(), nullable=False),
        Field("source", DataType.string()),
        Field("company", DataType.string()),
        Field("number", DataType.string()),
        Field("date", DataType.string(), nullable=False),  # ISO; the upload's day if none was given
        Field("dated", DataType.bool(), nullable=False),  # whether one was given
        Field("extra", DataType.string()),  # the other columns, as JSON
        Field("position", DataType.int64(), nullable=False),  # 0, 1, 2… in merge order
        Field("upload", DataType.string(), nullable=False),
        Field("put", DataType.string(), nullable=False),
        Field("line", DataType.int64(), nullable=False),
        Field("mends", DataType.string()),  # the quarantined row it mends: "<upload>@<put>:<line>"
        Field("merged_at", DataType.timestamp("us", tz="UTC"), nullable=False),
        Field(
            CHANGED, DataType.string()
        ),  # who changed it since, as JSON (satispy.reviews.changing)
    ]
)
COLUMNS: Final = tuple(SCHEMA.names)


@dataclass(frozen=True)
class StoredReview:
    """One row of the table, before it has a position."""

    id: bytes
    comment: str
    star: int
    source: str | None
    company: str | None
    number: str | None
    date: str
    dated: bool
    extra: str | None
    upload: str
    put: str
    line: int
    mends: str | None = None
    changed: str | None = None


def as_batch(
    reviews: Sequence[StoredReview], first: int, now: dt.datetime, names: Collection[str]
) -> RecordBatch:
    """Rows from position `first` on, with the columns that the table has (`names`)."""
    fields = [SCHEMA.field(name) for name in COLUMNS if name in names]
    columns: dict[str, list[Any]] = {
        "position": list(range(first, first + len(reviews))),
        "merged_at": [int(now.timestamp() * 1e6)] * len(reviews),
    }
    arrays = []
    for field in fields:
        values = columns.get(field.name) or [getattr(each, field.name) for each in reviews]
        if field.name == "merged_at":
            arrays.append(Array(values, type=DataType.int64()).cast(field.type))
        else:
            arrays.append(Array(values, type=field.type))
    return RecordBatch.from_arrays(arrays, schema=Schema(fields))
