"""Exports known by name: one small TOML file each, recognised by its header.

A file says which columns must be there (`header`: one list for each form the export has had), which
column each field is read from (the first that is there), which one holds a title to join to the
comment, which hold personal data and are dropped, and, where the export is known for it, the form
of its dates and the highest mark of its scale. `usual_names.toml` has no `header`: it says what
hand-made files call their columns, and is asked last.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from satispy.reviews.dates import Order
from satispy.reviews.headers import fold
from satispy.reviews.schema import NAMES, REQUIRED

_USUAL: Final = "usual_names.toml"


@dataclass(frozen=True)
class Export:
    """Where the columns of one known export stand."""

    name: str
    headers: tuple[frozenset[str], ...]
    columns: Mapping[str, tuple[str, ...]]  # field → names of its column, the best first
    title: tuple[str, ...] = ()
    personal: frozenset[str] = frozenset()
    dates: Order | None = None
    scale: int | None = None

    def fits(self, header: Sequence[str]) -> int:
        """How many of a folded header's names it knows this export by; 0 if it is not this one."""
        have = set(header)
        if not self.headers:
            return 1 if all(self.find(field, header) is not None for field in REQUIRED) else 0
        return max((len(wanted) for wanted in self.headers if wanted <= have), default=0)

    def find(self, field: str, header: Sequence[str]) -> int | None:
        """The column of a field, or of the title, in a folded header."""
        names = self.title if field == "title" else self.columns.get(field, ())
        return next((header.index(name) for name in names if name in header), None)


def recognise(header: Sequence[str]) -> Export | None:
    """The known export that a folded header is the header of, the most specific one."""
    best = max(known(), key=lambda export: export.fits(header))
    return best if best.fits(header) else None


@lru_cache(maxsize=1)
def usual() -> Export:
    return _load(_USUAL)


@lru_cache(maxsize=1)
def known() -> tuple[Export, ...]:
    """Every export with a name, in the order of their files."""
    folder = files(__name__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(_load(name) for name in names if name != _USUAL)


def _load(name: str) -> Export:
    said: dict[str, Any] = tomllib.loads((files(__name__) / name).read_text(encoding="utf-8"))
    columns = {field: _folded(names) for field, names in said["columns"].items()}
    title = columns.pop("title", ())
    if unknown := set(columns) - set(NAMES):
        raise ValueError(f"{name}: no field is called {', '.join(sorted(unknown))}")
    return Export(
        name=said["name"],
        headers=tuple(frozenset(_folded(names)) for names in said.get("header", ())),
        columns=columns,
        title=title,
        personal=frozenset(_folded(said.get("personal", ()))),
        dates=said.get("dates"),
        scale=said.get("scale"),
    )


def _folded(names: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(fold(name) for name in ([names] if isinstance(names, str) else names))
