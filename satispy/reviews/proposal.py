"""Which column is likely what, in a file whose header nobody knows."""

import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from pydantic import BaseModel

from satispy.reviews import exports, stars
from satispy.reviews.dates import NoSuchDay, TwoReadings, canonical_date
from satispy.reviews.headers import fold, unique
from satispy.reviews.nothing import says_nothing

#: Rows that are looked at, and cells that are shown.
ROWS: Final = 200
SHOWN: Final = 3
_LONGEST_SHOWN: Final = 80
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
#: What names of such columns often hold.
_HINTS: Final = {
    "comment": "comment|avis|verbatim|text|review|message|remarque|dit|opinion|feedback|content",
    "star": "note|star|etoile|rating|score|rate|mark|evaluation|satisfaction|mesure",
    "date": "date|jour|created|publi|depose|time|quand",
    "number": "id|num|ref|n°",
}
#: The other answers of a shop, times of orders, and the like.
_AGAINST: Final = {
    "comment": "reponse|reply|response|product|produit|url|link|titre|title",
    "star": "count|nombre d'avis|likes|helpful|utile|age",
    "date": "commande|order|reply|reponse|naissance|birth|update|modif",
    "number": "product|produit|order|commande|client|user",
}


class Proposal(BaseModel):
    """Field of a review → its likeliest column; and the first cells of every column."""

    columns: dict[str, str] = {}
    samples: dict[str, list[str]] = {}

    def as_options(self) -> str:
        """As `satispy upload` takes it."""
        return " ".join(
            f"--column {field}={shlex.quote(name)}" for field, name in self.columns.items()
        )


def propose(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Proposal:
    """The likeliest mapping, by the names of the columns and by what stands in them."""
    names = unique(header)
    columns: list[list[str]] = [[] for _ in header]
    for cells in rows:
        for column, cell in zip(columns, cells, strict=False):
            column.append(cell.strip())
    found: dict[str, str] = {}
    taken: set[int] = set()
    for field, how_like in _LIKE.items():
        scored = [
            (how_like([c for c in column if not says_nothing(c)]) + _by_name(field, name), -index)
            for index, (name, column) in enumerate(zip(header, columns, strict=True))
            if index not in taken and name.strip()
        ]
        score, index = max(scored, default=(0.0, 0))
        if score >= _ENOUGH[field]:
            found[field] = names[-index]
            taken.add(-index)
    order = [name for name in ("comment", "star", "date", "number") if name in found]
    return Proposal(
        columns={name: found[name] for name in order},
        samples={
            name: [_shown(cell) for cell in column if cell][:SHOWN]
            for name, column in zip(names, columns, strict=True)
            if name.strip()
        },
    )


def _by_name(field: str, name: str) -> float:
    plain = fold(name)
    if plain in exports.usual().columns.get(field, ()):
        return 1.5
    if re.search(_AGAINST[field].replace(" ", ""), plain):
        return -0.6
    return 0.6 if re.search(_HINTS[field], plain) else 0.0


def _share(cells: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, cells)) / len(cells) if cells else 0.0


def _like_comments(cells: Sequence[str]) -> float:
    """Several words, not all with a capital as those of names have, and hardly two alike."""
    wordy = _share(cells, lambda cell: len(_WORDS.findall(cell)) > 1 and "://" not in cell)
    named = _share(cells, lambda cell: len(cell.split()) > 1 and cell.istitle())
    length = sum(min(len(cell), 200) for cell in cells) / (200 * len(cells)) if cells else 0.0
    different = len(set(cells)) / len(cells) if cells else 0.0
    return wordy * (0.6 + 0.4 * different) + length - named if wordy > 0.2 else 0.0


def _like_stars(cells: Sequence[str]) -> float:
    def is_star(cell: str) -> bool:
        found = stars.mark(cell)
        return found is not None and 0 <= found[0] <= (found[1] or 10)

    few = len(set(cells)) <= 21
    several = len(set(cells)) > 1 or len(cells) < 3
    return _share(cells, is_star) if few and several else 0.0


def _like_dates(cells: Sequence[str]) -> float:
    def is_date(cell: str) -> bool:
        if cell.isdigit() and len(cell) < 5:
            return False
        try:
            return canonical_date(cell) is not None
        except TwoReadings:
            return True
        except NoSuchDay:
            return _MONTH_FIRST.fullmatch(cell) is not None

    return _share(cells, is_date)


def _like_numbers(cells: Sequence[str]) -> float:
    """Each once, and a single word; only with a name that says so."""
    once = bool(cells) and len(set(cells)) == len(cells)
    return 0.5 if once and _share(cells, lambda cell: " " not in cell) == 1 else -1.0


_MONTH_FIRST: Final = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}.*")
#: Below it nothing is proposed. A comment is short where its neighbours are, a date is a date.
_ENOUGH: Final = {"comment": 0.6, "star": 0.9, "date": 0.9, "number": 1.0}
#: In this order: dates are easiest to tell, then stars, of what is left.
_LIKE: Final = {
    "date": _like_dates,
    "star": _like_stars,
    "comment": _like_comments,
    "number": _like_numbers,
}


def _shown(cell: str) -> str:
    text = " ".join(cell.split())
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
