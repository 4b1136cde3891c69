"""What would become of a file, without sending it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from satispy.errors import UploadRefused
from satispy.reviews import notes
from satispy.reviews.columns import UnknownHeader
from satispy.reviews.judging import judged
from satispy.reviews.layout import Layout, Source
from satispy.reviews.notes import Note
from satispy.reviews.proposal import Proposal
from satispy.reviews.quarantine import Quarantine
from satispy.reviews.receipts import Reason
from satispy.reviews.said import Said
from satispy.reviews.schema import Review
from satispy.reviews.survey import examine, look_at_header
from satispy.sentence import Sentence

#: Rows that are shown.
FIRST: Final = 5


@dataclass(frozen=True)
class Explained:
    """How a file is read and which of its rows are reviews; `refused` if none would be."""

    layout: Layout | None = None
    refused: Sentence | None = None
    proposal: Proposal | None = None
    reviews: int = 0
    rejected: int = 0
    first: list[tuple[int, Review]] = field(default_factory=list)  # line, review
    reasons: list[Reason] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def explain(file: Path, said: Said, timezone: str) -> Explained:
    """Read all of it, as merging would."""
    today = dt.datetime.now(ZoneInfo(timezone)).date().isoformat()
    source = _source(file)
    try:
        layout = examine(source, said, today=today)
    except UnknownHeader as unknown:
        return Explained(refused=unknown.sentence, proposal=unknown.proposal)
    except UploadRefused as refusal:
        return Explained(refused=refusal.sentence)
    reviews = 0
    first: list[tuple[int, Review]] = []
    with Quarantine(file.name, layout, masked=False) as rejected:
        for row, found in judged(source, layout, today):
            if not isinstance(found, Review):
                rejected.add(row, found)
                continue
            reviews += 1
            if len(first) < FIRST:
                first.append((row.line, found))
        return Explained(
            layout=layout,
            reviews=reviews,
            rejected=rejected.count,
            first=first,
            reasons=rejected.reasons(),
            notes=notes.of_layout(layout) + notes.without_words(rejected.count - rejected.to_mend),
        )


def columns_of(source: Source) -> Proposal | None:
    """The columns of a file whose header is not known, with cells of each as they stand in it; None
    if the header is known. Raises UploadRefused when it is no CSV."""
    try:
        look_at_header(source)
    except UnknownHeader as unknown:
        return unknown.proposal
    return None


def _source(file: Path) -> Source:
    def parts() -> Iterator[bytes]:
        with file.open("rb") as opened:
            while part := opened.read(1 << 20):
                yield part

    return parts
