"""The share of negative reviews month by month, as the places of a chart drawn in HTML.

In percent of the plot's width and height, so that it is as wide as its place without a script.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from satispy.dashboard.satisfaction import Share

#: Between the edge and the first and last month.
_ROOM: Final = 2.5
_STEPS: Final = (1, 2, 5, 10, 20, 25)
#: Labels that stand beside one another on a phone.
_LABELS: Final = 5


@dataclass(frozen=True)
class Month:
    day: date
    share: Share
    across: float
    up: float
    #: The part of the width in which the mouse means this month.
    left: float
    width: float
    labelled: bool


@dataclass(frozen=True)
class MonthChart:
    months: Sequence[Month]
    #: Percent of negative reviews and its height, from 0 up.
    ticks: Sequence[tuple[int, float]]
    #: Points of SVG, whose y counts from the top.
    line: str
    band: str


def chart(months: Sequence[tuple[date, Share]]) -> MonthChart:
    """Of two months or more, in order."""
    first, last = months[0][0].toordinal(), months[-1][0].toordinal()
    places = [
        _ROOM + (100 - 2 * _ROOM) * (day.toordinal() - first) / (last - first) for day, _ in months
    ]
    highest = max(share.interval[1] for _, share in months)
    top = min(100, math.ceil(highest * 20 + 0.5) * 5)
    step = next(each for each in _STEPS if top / each <= _LABELS)
    edges = [0.0, *((one + two) / 2 for one, two in pairwise(places)), 100.0]
    every = math.ceil(len(months) / _LABELS)

    def up(share: float) -> float:
        return 10_000 * share / top

    lows = [up(share.interval[0]) for _, share in months]
    highs = [up(share.interval[1]) for _, share in months]
    return MonthChart(
        months=[
            Month(
                day=day,
                share=share,
                across=places[at],
                up=up(share.share),
                left=edges[at],
                width=edges[at + 1] - edges[at],
                labelled=(len(months) - 1 - at) % every == 0,
            )
            for at, (day, share) in enumerate(months)
        ],
        ticks=[(each, 100 * each / top) for each in range(0, top + 1, step)],
        line=_points(places, [up(share.share) for _, share in months]),
        band=_points([*places, *places[::-1]], [*highs, *lows[::-1]]),
    )


def _points(across: Sequence[float], up: Sequence[float]) -> str:
    return " ".join(f"{x:.2f},{100 - y:.2f}" for x, y in zip(across, up, strict=True))
