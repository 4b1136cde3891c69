"""What a sender says of a file: the metadata (x-amz-meta-…) of its object."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from satispy.errors import UploadRefused
from satispy.reviews.columns import parse_mapping
from satispy.reviews.dates import Order

#: The name of what maps columns, `field=column` joined by `&`.
COLUMNS: Final = "satispy-columns"
#: Those of which encoding the file is in, and of which number of a date is the day.
ENCODING: Final = "satispy-encoding"
DATES: Final = "satispy-dates"


@dataclass(frozen=True)
class Said:
    """What a person said of a file; nothing of it is guessed then."""

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    dates: Order | None = None


def said_in(metadata: Mapping[str, str], columns: Mapping[str, str], dates: str) -> Said:
    """What the sender said of the file, else these, which hold for every upload.

    Raises UploadRefused.
    """
    given = metadata.get(COLUMNS)
    dates = metadata.get(DATES) or dates
    if dates not in ("", "day-first", "month-first"):
        raise UploadRefused("dates are day-first or month-first, not %(dates)r", dates=dates)
    return Said(
        columns=parse_mapping(given) if given else columns,
        encoding=metadata.get(ENCODING, ""),
        dates=cast(Order, dates) if dates else None,
    )
