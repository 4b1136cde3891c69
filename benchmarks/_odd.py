"""One odd CSV with what must become of it, and the rows that most of them are made of."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEADER = ["inID", "Commentaire", "star", "source", "company", "index_org", "star_org", "date"]
FRENCH = ["très déçue", "ça va, sans plus", "œuvre d’art… à 9 €", "reçu à temps", "Noël gâché"]
DAY = "2020-07-27"

#: What stands in the dataset of a row: comment, star, and its date if one was given.
Said = tuple[str, int, str | None]


@dataclass(frozen=True)
class Odd:
    """`rows`: how many a person would count (None: not for a person to say, but the receipt must
    add up); `refused`: the whole file must be; otherwise `bad` rows are rejected, and exactly the
    rows of `stored` are in the dataset, in their order."""

    name: str
    data: Callable[[], bytes]
    rows: int | None = 3
    bad: int | None = 0
    refused: bool = False
    ending: str = ".csv"
    stored: Sequence[Said] | None = None

    @property
    def exact(self) -> bool:
        return self.refused or self.stored is not None


def rows(count: int = 3, start: int = 0) -> list[list[str]]:
    return [
        [str(i), text, star, "TrustPilot", "ShowRoom", str(start + i), star, "27/07/2020"]
        for i in range(count)
        for text, star in [(f"{FRENCH[i % 5]} {start + i}", str(i % 5 + 1))]
    ]


def base(count: int = 3, start: int = 0) -> list[Said]:
    """What is stored of `rows`."""
    return [(row[1], int(row[2]), DAY) for row in rows(count, start)]


def text(
    body: list[list[str]] | None = None,
    header: list[str] | None = None,
    separator: str = ",",
    end: str = "\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(HEADER if header is None else header)
    writer.writerows(rows() if body is None else body)
    return out.getvalue()


def odd(name: str, data: bytes | str, stored: Sequence[Said], bad: int = 0) -> Odd:
    """A file of which these rows are added and so many rejected."""
    made = data.encode() if isinstance(data, str) else data
    return Odd(name, lambda: made, len(stored) + bad, bad, stored=stored)


def refused(name: str, data: bytes | str, ending: str = ".csv") -> Odd:
    made = data.encode() if isinstance(data, str) else data
    return Odd(name, lambda: made, 0, 0, refused=True, ending=ending)
