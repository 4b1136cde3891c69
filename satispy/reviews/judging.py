"""Which rows of a file are reviews, and what is wrong with the others."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from satispy.reviews import quarantine as quarantines
from satispy.reviews.layout import Layout, Source
from satispy.reviews.reading import Row
from satispy.reviews.reading import rows as read_rows
from satispy.reviews.reasons import Fault
from satispy.reviews.schema import Review


def judged(
    source: Source, layout: Layout, today: str
) -> Iterator[tuple[Row, Review | list[Fault]]]:
    """Each row with the review it is, or with its faults, the one that counts first."""
    context = layout.context(today)
    ours = quarantines.written_by_us(layout)
    for row in read_rows(source, layout):
        if row.broken:
            yield row, [Fault(*row.broken, row.cells[0])]
            continue
        if ours:
            row, fault = quarantines.as_sent(row, layout)
            if fault:
                yield row, [fault]
                continue
        yield row, judge(row.cells, layout, context)


def judge(cells: Sequence[str], layout: Layout, context: Mapping[str, Any]) -> Review | list[Fault]:
    """The review that a row's cells are, or their faults; `context` is the layout's."""
    try:
        return Review.model_validate(layout.values(cells), context=dict(context))
    except ValidationError as error:
        faults = [Fault.of(each) for each in error.errors()]
        # With another fault, that one counts: an empty comment alone is a rating without words.
        return sorted(faults, key=lambda fault: fault.code == quarantines.NO_WORDS)
