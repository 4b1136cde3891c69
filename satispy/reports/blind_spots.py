"""Where a headline figure hides that a model misses most of what it should find."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from satispy.reports.schema import ModelReport, Report, Slice

#: Of the rows of one label in a part; below, the part is a blind spot.
HALF = 0.5
#: The parts that are looked at. All reviews of a star have the same label: no part for this.
PARTS = ("length", "source", "company")


@dataclass(frozen=True)
class BlindSpot:
    """A part of the test rows in which some families find less than half of one label."""

    by: str
    value: str
    #: `negative` or `positive`, and how many rows of the part have it.
    label: str
    rows: int
    #: Share found, by family; only of those that miss most.
    found: Mapping[str, float] = field(default_factory=dict)


def every(report: Report) -> list[ModelReport]:
    """Its families and their ensemble."""
    return [*report.models.values(), *([report.ensemble] if report.ensemble else [])]


def blind_spots(models: Iterable[ModelReport]) -> list[BlindSpot]:
    """Lengths first, then sources and companies; within these, the part with most rows first."""
    spots: dict[tuple[str, str, str], BlindSpot] = {}
    for model in models:
        for part in model.slices:
            for label, rows, found in _recalls(part):
                if part.by in PARTS and found is not None and found < HALF:
                    key = part.by, part.value, label
                    known = spots.get(key, BlindSpot(part.by, part.value, label, rows))
                    spots[key] = BlindSpot(*key, known.rows, {**known.found, model.family: found})
    return sorted(spots.values(), key=lambda spot: (PARTS.index(spot.by), -spot.rows))


def _recalls(part: Slice) -> list[tuple[str, int, float | None]]:
    """(label, rows of it, share of these that are found)."""
    return [("negative", part.rows_0, part.recall_0), ("positive", part.rows_1, part.recall_1)]
