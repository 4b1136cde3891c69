"""What customers speak of, read from a TOML file that a shop may edit."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from satispy.errors import BrokenTaxonomy

OTHER = "other"
KINDS = ("topics", "complaints", "praises")


@dataclass(frozen=True)
class Aspect:
    name: str
    fr: str
    en: str
    #: As they stand in the file.
    topics: tuple[str, ...]
    complaints: tuple[str, ...]
    praises: tuple[str, ...]
    #: (complaint, praise) that a model must recognise.
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tone:
    """What complains and what praises, whatever it is about."""

    topics: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    praises: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taxonomy:
    aspects: Sequence[Aspect]
    tone: Tone
    groups: Mapping[str, tuple[str, ...]]
    #: The file, which a model keeps: it reads as it was taught.
    source: str = field(repr=False, compare=False)

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.aspects]


@cache
def shipped() -> Taxonomy:
    return parse((files(__package__) / "taxonomy.toml").read_text("utf-8"), "taxonomy.toml")


def parse(text: str, name: str) -> Taxonomy:
    """Raises BrokenTaxonomy, which calls the file by this name."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BrokenTaxonomy(f"{name} is not TOML: {error}") from error
    groups = {key: tuple(words) for key, words in table.get("groups", {}).items()}
    aspects = [_aspect(each, name) for each in table.get("aspect", [])]
    named = [each.name for each in aspects]
    if not aspects or len(set(named)) < len(named) or OTHER in named:
        raise BrokenTaxonomy(
            f"{name} must name at least one [[aspect]], none of them twice, and none {OTHER!r}"
        )
    said = table.get("tone", {})
    tone = Tone((), tuple(said.get("complaints", ())), tuple(said.get("praises", ())))
    return Taxonomy(aspects, tone, groups, text)


def _aspect(table: dict[str, Any], name: str) -> Aspect:
    try:
        return Aspect(
            table["name"],
            table["fr"],
            table["en"],
            topics=tuple(table.get("topics", ())),
            complaints=tuple(table.get("complaints", ())),
            praises=tuple(table.get("praises", ())),
            examples=tuple((bad, good) for bad, good in table.get("examples", [])),
        )
    except (KeyError, ValueError) as error:
        raise BrokenTaxonomy(
            f"{name}: {table.get('name', 'an aspect')} lacks {error}; each needs name, fr, en, and"
            " examples are pairs of a complaint and a praise"
        ) from error
