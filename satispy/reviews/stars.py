"""How many stars a cell gives, however it is written; other scales are named, never guessed."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pydantic_core import PydanticCustomError

from satispy.plain_text import unaccented

#: Forms that are read, for who must mend a cell.
FORMS: Final = "5, 5.0, 5/5, 4 sur 5, 4 étoiles, ★★★★☆, FIVE, cinq"
#: No mark is longer.
LONGEST: Final = 100
#: Highest marks of scales that are not stars.
SCALES: Final = (10, 20, 100)

_WORDS: Final = {
    word: value
    for value, words in enumerate(
        (
            "zero|aucune",
            "one|un|une",
            "two|deux",
            "three|trois",
            "four|quatre",
            "five|cinq",
        )
    )
    for word in words.split("|")
}
_NUMBER: Final = r"[+-]?\d{1,9}(?:[.,]\d{0,9})?"
_UNIT: Final = r"(?:etoiles?|stars?|[★⭐*])"
_RATED: Final = r"(?:(?:notee?|note|rated|rating|evaluation|score)\s*:?\s*)?"
_VALUE: Final = re.compile(
    rf"{_RATED}({_NUMBER})\s*(%)?(?:\s*-?\s*{_UNIT})?"
    rf"(?:\s*(?:/|sur|out\s+of)\s*({_NUMBER})\s*{_UNIT}?)?",
    re.ASCII,
)
_WORD: Final = re.compile(rf"(?:star_rating_)?([a-z]+)(?:[\s_-]{_UNIT})?", re.ASCII)
_SIGNS: Final = re.compile(r"[★⭐🌟✭✮☆✩✰\s]+")
_FULL: Final = frozenset("★⭐🌟✭✮")
_EMPTY: Final = frozenset("☆✩✰")
_HALF: Final = re.compile("[½⯪⯨]")


@dataclass(frozen=True)
class Scale:
    """What the marks of a column are out of, if a mapping says so; converted to 1 to 5 stars.

    Out of 5, marks between two stars go to the nearer one, halves up. Of other scales each fifth
    is a star: of 10, 0-2 are 1 and 9-10 are 5.
    """

    highest: int

    def stars(self, mark: float) -> int:
        stars = math.floor(mark + 0.5) if self.highest == 5 else math.ceil(mark * 5 / self.highest)
        return max(1, stars) if mark > 0 or self.highest != 5 else stars


def mark(text: str) -> tuple[float, float | None] | None:
    """The mark in a cell and what the cell itself says it is out of; None if there is none."""
    if len(text) > 2 * LONGEST:
        return None
    text = _plain(text)
    if match := _VALUE.fullmatch(text):
        value, percent, highest = match.groups()
        return _float(value), 100.0 if percent else _float(highest) if highest else None
    if (match := _WORD.fullmatch(text)) and match[1] in _WORDS:
        return float(_WORDS[match[1]]), None
    if text and text.strip("*") == "":
        return float(len(text)), None if len(text) <= 5 else float(len(text))
    if _SIGNS.fullmatch(text):
        full = sum(sign in _FULL for sign in text)
        signs = full + sum(sign in _EMPTY for sign in text)
        if signs:
            return float(full), float(signs) if signs > full else None
    return None


def read_star(text: str, scale: Scale | None = None) -> int:
    """1 to 5. Raises PydanticCustomError, whose type says what is wrong."""
    text = text.strip()
    if len(text) > LONGEST:  # it is remembered, and may be a whole comment
        raise _invalid()
    return _read(text, scale.highest if scale else None)


@lru_cache(maxsize=4096)
def _read(text: str, highest: int | None) -> int:
    if not _plain(text):
        raise PydanticCustomError("star_missing", "the star is missing")
    if _HALF.search(text):
        raise _half()
    found = mark(text)
    if found is None:
        raise _invalid()
    value, out_of = found
    if out_of is not None and out_of != (highest or 5):
        raise PydanticCustomError(
            "star_scale",
            "the mark is out of {highest}, not out of 5; map it: star='<its column>/{highest}'",
            {"highest": f"{out_of:g}"},
        )
    if highest is not None:
        if 0 <= value <= highest and (highest != 5 or value > 0):
            return Scale(highest).stars(value)
        raise PydanticCustomError(
            "star_out_of_range",
            "the mark is not between 0 and {highest}",
            {"highest": str(highest)},
        )
    if value % 1 == 0.5 and 0 < value < 5:
        raise _half()
    if value % 1:
        raise _invalid()
    return in_range(int(value))


def in_range(value: int) -> int:
    if not 1 <= value <= 5:
        raise PydanticCustomError("star_out_of_range", "the star is not between 1 and 5")
    return value


def foreign_scale(name: str, cells: Mapping[str, int]) -> int | None:
    """The highest mark of the scale a column is on, if that is not 5 stars: by its name, by what
    its cells say they are out of, or because many lie beyond 5.

    `cells`: how often each text stands in the column. A few typing errors make no scale.
    """
    if named := re.search(r"(?:/|\bsur\s|\bout of\s)\s*(10|20|100)\b", _plain(name)):
        return int(named[1])
    total, beyond, values, said = 0, 0, set(), 0
    for text, count in cells.items():
        found = mark(text)
        if found is None:
            continue
        value, out_of = found
        total += count
        if out_of not in (None, 5.0):
            said += count
            values.add(out_of)
        elif value > 5 and out_of is None:
            beyond += count
            values.add(value)
    if not total or not values:
        return None
    if said > total / 2:
        return int(max(values))
    if re.search(r"\bnps\b|net promoter", _plain(name)):
        return 10
    several = len(values) > 1 or (beyond > 2 and max(values) in SCALES)
    many = several and beyond >= 0.1 * total
    if not many and not (len(values) > 2 and beyond >= 0.01 * total):
        return None
    return next((scale for scale in SCALES if max(values) <= scale), None)


def _invalid() -> PydanticCustomError:
    return PydanticCustomError(
        "star_invalid", "the star is not a whole number from 1 to 5, nor written as one"
    )


def _half() -> PydanticCustomError:
    return PydanticCustomError(
        "star_half",
        "the star is half a star; only whole ones are read unless the column is mapped with its"
        " scale: star='<its column>/5' rounds them up",
    )


def _plain(text: str) -> str:
    text = text.strip().strip('"').strip()
    if text.isascii():
        return text.casefold()
    kept = unaccented(text.replace("\ufe0f", "").replace("\u200b", ""))
    return " ".join(kept.casefold().split())


def _float(text: str) -> float:
    return float(text.replace(",", "."))
