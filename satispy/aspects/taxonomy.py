"""What customers speak of, read from a TOML file that a shop may edit (docs/taxonomy.md)."""

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from satispy.aspects.impact import MOST_ASPECTS
from satispy.errors import BrokenTaxonomy

OTHER = "other"
KINDS = ("topics", "complaints", "praises")

Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Seeds = tuple[Words, ...]
#: Part of keys of JSON and of columns of CSVs.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class _Table(BaseModel):
    # A misspelled key would be seeds that nobody misses.
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tone(_Table):
    """What complains and what praises, whatever it is about."""

    complaints: Seeds = ()
    praises: Seeds = ()

    @property
    def topics(self) -> Seeds:
        return ()


class Aspect(_Table):
    name: Name
    fr: Title
    en: Title
    #: As they stand in the file.
    topics: Seeds = ()
    complaints: Seeds = ()
    praises: Seeds = ()
    #: (complaint, praise) that must be recognised before a taxonomy may serve.
    examples: tuple[tuple[Words, Words], ...] = ()


class _File(_Table):
    aspect: Annotated[tuple[Aspect, ...], Field(min_length=1, max_length=MOST_ASPECTS)]
    groups: dict[str, Seeds] = {}
    tone: Tone = Tone()


@dataclass(frozen=True)
class Taxonomy:
    aspects: tuple[Aspect, ...]
    tone: Tone
    groups: dict[str, Seeds]
    #: The file, which a model keeps: it reads as it was written.
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
        raise BrokenTaxonomy("%(name)s is not TOML: %(error)s", name=name, error=error) from error
    try:
        read = _File.model_validate(table)
    except ValidationError as error:
        wrong = "; ".join(_said(table, each) for each in error.errors()[:5])
        raise BrokenTaxonomy("%(name)s: %(wrong)s", name=name, wrong=wrong) from error
    found = Taxonomy(read.aspect, read.tone, read.groups, text)
    if twice := [each for each, times in Counter(found.names).items() if times > 1]:
        raise BrokenTaxonomy(
            "%(name)s names an aspect twice: %(twice)s", name=name, twice=", ".join(twice)
        )
    if OTHER in found.names:
        raise BrokenTaxonomy(
            "%(name)s: %(other)r is what fits no aspect; call this one otherwise",
            name=name,
            other=OTHER,
        )
    return found


def _said(table: dict[str, Any], error: Any) -> str:
    """Where it stands and what is wrong, in the words of the file."""
    place = list(error["loc"])
    where = ""
    if place[:1] == ["aspect"] and len(place) > 1:
        number = place[1]
        aspect = table["aspect"][number] if isinstance(table["aspect"], list) else {}
        called = aspect.get("name") if isinstance(aspect, dict) else None
        where = f"aspect {number + 1} ({called})" if called else f"aspect {number + 1}"
        place = place[2:]
    key = ".".join(str(each + 1) if isinstance(each, int) else str(each) for each in place)
    reason = {
        "missing": "is missing",
        "extra_forbidden": "is no key of this file (docs/taxonomy.md)",
    }.get(error["type"], f"is wrong: {error['msg']}")
    return " ".join(filter(None, (where, key and f"`{key}`", reason)))
