"""Parts of the test rows, and what moved between two distributions, in an order to read them in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from satispy.reports.schema import ModelReport, Slice

#: Values of one distribution that are worth showing.
MOST = 6


@dataclass(frozen=True)
class PartScores:
    """One part, with what each model does on it."""

    by: str
    value: str
    rows: int
    scores: Mapping[str, Slice]  # by family


@dataclass(frozen=True)
class Moved:
    """The share of one value before and after."""

    name: str
    before: float
    after: float


def parts(models: Iterable[ModelReport]) -> list[PartScores]:
    """Every part that any model is scored on; of each kind in the order of its numbers."""
    found: dict[tuple[str, str], dict[str, Slice]] = {}
    kinds: list[str] = []
    for model in models:
        for one in model.slices:
            found.setdefault((one.by, one.value), {})[model.family] = one
            if one.by not in kinds:
                kinds.append(one.by)
    ordered = sorted(found, key=lambda key: (kinds.index(key[0]), _number(key[1]), key[1]))
    return [
        PartScores(by, value, max(one.rows for one in found[by, value].values()), found[by, value])
        for by, value in ordered
    ]


def shifted(before: Mapping[str, float], after: Mapping[str, float]) -> list[Moved]:
    """The values that moved most, in their own order."""
    moved = [
        Moved(name, before.get(name, 0.0), after.get(name, 0.0)) for name in {**before, **after}
    ]
    most = sorted(moved, key=lambda one: -abs(one.after - one.before))[:MOST]
    return sorted(most, key=lambda one: (_number(one.name), one.name))


def _number(text: str) -> int:
    """`16-50 words` stands after `6-15 words`."""
    match = re.match(r"\d+", text)
    return int(match[0]) if match else 0
