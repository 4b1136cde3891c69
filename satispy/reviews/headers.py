"""Names of columns, and the line of a file where they stand."""

import csv
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: How many lines a title, a period and blank lines above the header may take.
MOST_LINES_ABOVE: Final = 40
SEPARATORS: Final = ",;\t|"
#: « sep=; » tells Excel how to open the file.
_DECLARED: Final = re.compile(r'"?sep=(\\t|[^"\r\n])"?[\s;,]*', re.IGNORECASE)

_VARIES: Final = frozenset("_-–.'’ʼ`´\ufffd")


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """A column's name without what spelling varies in: case, accents and their composition,
    apostrophes, spaces, underscores, hyphens, dots, and marks at its ends."""
    plain = unicodedata.normalize("NFKD", name)
    kept = "".join(
        c
        for c in plain
        if not (
            c in _VARIES
            or c.isspace()
            or unicodedata.combining(c)
            or unicodedata.category(c) == "Cf"
        )
    )
    return kept.strip(":*?").casefold()


def unique(header: Sequence[str]) -> list[str]:
    """The names with « (2) », « (3) » behind those that came before."""
    seen: dict[str, int] = {}
    result = []
    for name in header:
        key = fold(name)
        seen[key] = seen.get(key, 0) + 1
        result.append(f"{name} ({seen[key]})" if key and seen[key] > 1 else name)
    return result


@dataclass(frozen=True)
class Found:
    """Where the header stands."""

    separator: str
    above: int  # lines above it
    lines: int  # lines of its own
    cells: list[str]
    complete: bool


def find(lines: Sequence[str], fields: Callable[[Sequence[str]], int]) -> Found | None:
    """The header among the first lines: the first in which what is needed stands, else the
    likeliest. `fields` says how many fields of a review a header has, below 0 if one that is needed
    is missing.
    """
    lines = lines[: MOST_LINES_ABOVE + 20]
    declared: str | None = None
    best: tuple[tuple[int, int, int], Found] | None = None
    for start in range(min(len(lines), MOST_LINES_ABOVE)):
        if not lines[start].strip():
            continue
        if declared is None and (match := _DECLARED.fullmatch(lines[start].strip())):
            declared = "\t" if match[1] == "\\t" else match[1]
            continue
        for separator in (declared,) if declared else SEPARATORS:
            read = _cells(lines[start:], separator)
            if read is None:
                continue
            cells, used = read
            known = fields(cells)
            found = Found(separator, start, used, cells, known >= 0)
            score = (known, sum(bool(cell) for cell in cells), -start)
            if best is None or score > best[0]:
                best = (score, found)
        if best and best[1].complete:
            break
    return best[1] if best else None


def _cells(lines: Sequence[str], separator: str) -> tuple[list[str], int] | None:
    """The cells of a header that begins here, and how many lines it takes."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        cells = next(reader, [])
    except csv.Error:
        return None
    return [cell.strip().strip("\ufeff").strip() for cell in cells], reader.line_num
