"""What a set of reviews says of each aspect, in figures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from satispy.aspects.impact import Impact, impacts
from satispy.aspects.reading import Mention, by_aspect


@dataclass(frozen=True)
class AspectFigures:
    name: str
    #: Reviews that speak of it, and those of them that complain.
    mentions: int
    complaints: int
    impact: Impact


def complaints(names: Sequence[str], mentions: Sequence[Sequence[Mention]]) -> np.ndarray:
    """Which review complains of which aspect, and which does not: int8 (reviews, aspects).

    -1 complains, 1 speaks of it and does not, 0 says nothing of it.
    """
    number = {name: at for at, name in enumerate(names)}
    found = np.zeros((len(mentions), len(names)), dtype=np.int8)
    for row, each in enumerate(mentions):
        for name, mention in by_aspect(each).items():
            found[row, number[name]] = -1 if mention.complains else 1
    return found


def figures(
    names: Sequence[str], said: np.ndarray, negative: Sequence[bool] | np.ndarray
) -> list[AspectFigures]:
    """By impact, the greatest first. `said` is what `complaints` returns."""
    found = [
        AspectFigures(name, int((said[:, at] != 0).sum()), int((said[:, at] < 0).sum()), impact)
        for at, (name, impact) in enumerate(
            zip(names, impacts(np.asarray(negative, dtype=bool), said < 0), strict=True)
        )
    ]
    return sorted(found, key=lambda each: -each.impact.points)
