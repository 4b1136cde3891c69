"""The words of the primer, read from lexicon/*.toml: phrases by aspect and polarity."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from satispy.primer.french import Noun

ASPECTS = (
    "delivery", "order", "quality", "conformity", "service", "refund", "price", "packaging",
    "website", "general",
)  # fmt: skip


@dataclass(frozen=True)
class Polar:
    """The same of both polarities; `of(1)` is what the satisfied say."""

    bad: tuple[str, ...]
    good: tuple[str, ...]

    def of(self, label: int) -> tuple[str, ...]:
        return self.good if label else self.bad

    @classmethod
    def parse(cls, table: dict[str, Any], ending: str = "") -> "Polar":
        return cls(tuple(table["bad" + ending]), tuple(table["good" + ending]))

    @classmethod
    def none(cls) -> "Polar":
        return cls((), ())


@dataclass(frozen=True)
class Aspect:
    name: str
    subjects: tuple[Noun, ...]
    adjectives: Polar
    clauses: Polar
    #: Said many times, with other words in their slots; none of some aspects.
    combined: Polar
    #: Good when there is none: « aucun retard ».
    troubles: tuple[Noun, ...]
    #: Bad when there is none: « aucune réponse ».
    wants: tuple[Noun, ...]


@cache
def aspect(name: str) -> Aspect:
    table = _table(name)
    return Aspect(
        name,
        _nouns(table["subjects"]),
        Polar.parse(table, "_adjectives"),
        Polar.parse(table),
        Polar.parse(table, "_combined") if "bad_combined" in table else Polar.none(),
        _nouns(table["troubles"]),
        _nouns(table["wants"]),
    )


@cache
def tone() -> dict[str, Any]:
    return _table("tone")


@cache
def spelling() -> dict[str, dict[str, list[str]]]:
    return _table("spelling")


@cache
def slots() -> tuple[dict[str, tuple[Noun, ...]], dict[str, tuple[str, ...]]]:
    """(nouns, other words) by the name of the slot they fill."""
    table = _table("slots")
    nouns = {name: _nouns(entries) for name, entries in table["nouns"].items()}
    return nouns, {name: tuple(entries) for name, entries in table["plain"].items()}


def _nouns(entries: list[str]) -> tuple[Noun, ...]:
    return tuple(map(Noun.parse, entries))


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "lexicon" / f"{name}.toml").read_text("utf-8"))
