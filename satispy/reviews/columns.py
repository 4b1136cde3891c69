"""Which column of a file each field of a review is read from."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl

from satispy.errors import UploadRefused
from satispy.reviews import exports
from satispy.reviews.dates import Order
from satispy.reviews.headers import fold, unique
from satispy.reviews.proposal import Proposal
from satispy.reviews.schema import NAMES, REQUIRED
from satispy.reviews.stars import SCALES
from satispy.sentence import Sentence

_SCALED: Final = re.compile(rf"(.*\S)\s*/\s*({'|'.join(map(str, (5, *SCALES)))})")
_POSITION: Final = re.compile(r"#(\d{1,4})")


class UnknownHeader(UploadRefused):
    """A column that is needed is not in the header."""

    def __init__(self, message: Sentence, header: Sequence[str], proposal: Proposal) -> None:
        super().__init__(message)
        self.header = list(header)
        self.proposal = proposal


class SameName(UploadRefused):
    """A column that is needed is there more than once."""

    def __init__(self, message: Sentence, name: str, positions: Sequence[int]) -> None:
        super().__init__(message)
        self.name = name
        self.positions = list(positions)


@dataclass(frozen=True)
class Columns:
    """Where the fields stand. `twice` names columns that are there more than once."""

    fields: Mapping[str, int] = field(default_factory=dict)
    title: int | None = None
    personal: frozenset[int] = frozenset()
    scale: int | None = None  # the highest mark, if that is not 5 stars
    order: Order | None = None
    recognised: str | None = None
    twice: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    required: tuple[str, ...] = REQUIRED

    @property
    def complete(self) -> bool:
        return not self.missing and all(name in self.fields for name in self.required)


def parse_mapping(text: str) -> dict[str, str]:
    """`{"comment": "Titre comment"}` or `comment=Titre%20comment&star=…` as a mapping."""
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else dict(parse_qsl(text))
    except ValueError as error:
        raise UploadRefused("the column mapping is not JSON: %(error)s", error=error) from error
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise UploadRefused("the column mapping must give a column name for each field")
    if unknown := sorted(set(found) - set(NAMES)):
        raise UploadRefused(
            "the column mapping names %(unknown)s; fields are %(names)s",
            unknown=", ".join(unknown),
            names=", ".join(NAMES),
        )
    return found


def choose(header: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """By what a person said, else by the known export this is, else by our names, else by the
    names that hand-made files use."""
    names = [fold(name) for name in header]
    export = exports.recognise(names)
    chosen = Columns(
        personal=frozenset(
            index for index, name in enumerate(names) if export and name in export.personal
        ),
        order=export.dates if export else None,
        recognised=export.name if export else None,
    )
    if export and "star" not in mapping:
        chosen = replace(chosen, scale=export.scale)
    for name, said in mapping.items():
        chosen = _mapped(chosen, header, names, name, said)
    ours = _named(names, lambda field: tuple(fold(name) for name in NAMES[field]))
    if export:
        theirs = _named(names, lambda field: export.columns.get(field, ()))
        chosen = _with(chosen, theirs, ours)
        if "comment" not in mapping:
            chosen = replace(chosen, title=export.find("title", names))
    else:
        chosen = _with(chosen, ours)
        if not chosen.complete and not mapping:
            chosen = _usual(chosen, names)
    return replace(chosen, twice=_twice(header, chosen, mapping))


def choose_text(header: Sequence[str], column: str = "") -> Columns:
    """Only where the texts stand, for who judges them: stars may be missing."""
    if column:
        chosen = _mapped(Columns(), header, [fold(name) for name in header], "comment", column)
    else:
        chosen = choose(header, {})
        names = [fold(name) for name in header]
        found = _named(names, lambda field: exports.usual().columns.get(field, ()))
        if "comment" not in chosen.fields and "comment" in found:
            title = exports.usual().find("title", names)
            chosen = replace(chosen, fields=found, title=title)
    if "comment" not in chosen.fields:
        return Columns(missing=("comment",), required=())
    text = Columns({"comment": chosen.fields["comment"]}, chosen.title, required=())
    return replace(text, twice=_twice(header, text, {"comment": column}))


def _usual(chosen: Columns, names: Sequence[str]) -> Columns:
    usual = exports.usual()
    if not usual.fits(names):
        return chosen
    theirs = _named(names, lambda field: usual.columns.get(field, ()))
    fields = {**theirs, **chosen.fields}
    personal = frozenset(i for i, name in enumerate(names) if name in usual.personal)
    return replace(
        chosen,
        fields=fields,
        title=usual.find("title", names),
        personal=personal - set(fields.values()),
        recognised=usual.name,
    )


def _with(chosen: Columns, *sources: Mapping[str, int]) -> Columns:
    fields = dict(chosen.fields)
    for source in sources:
        for name, index in source.items():
            if name not in fields and name not in chosen.missing:
                fields[name] = index
    return replace(chosen, fields=fields)


def _named(names: Sequence[str], accepted: Callable[[str], Sequence[str]]) -> dict[str, int]:
    found = {}
    for field_name in NAMES:
        for name in accepted(field_name):
            if name in names:
                found[field_name] = names.index(name)
                break
    return found


def _mapped(
    chosen: Columns, header: Sequence[str], names: Sequence[str], field_name: str, said: str
) -> Columns:
    """A column as a person named it: by its name, its position (« #3 »), with its scale
    (« note/10 »), or two that make one comment (« Titre+Avis »)."""
    index, scale, title = locate(header, names, said), None, None
    if index is None and field_name == "comment" and "+" in said:
        first, _, second = said.partition("+")
        title, index = locate(header, names, first), locate(header, names, second)
        if title is None:
            index = None
    scaled = _SCALED.fullmatch(said.strip())
    if field_name == "star" and scaled:
        scale = int(scaled[2])
        if index is None:
            index = locate(header, names, scaled[1])
    if index is None:
        return replace(chosen, missing=(*chosen.missing, field_name))
    return replace(
        chosen,
        fields={**chosen.fields, field_name: index},
        title=title if field_name == "comment" else chosen.title,
        scale=scale if field_name == "star" else chosen.scale,
        personal=chosen.personal - {index},
    )


def locate(header: Sequence[str], names: Sequence[str], said: str) -> int | None:
    """The column that somebody means: exactly as it is written, then as it is read, then « #3 »."""
    told_apart = unique(header)
    for spelled in (list(header), told_apart):
        if said.strip() in spelled:
            return spelled.index(said.strip())
    folded = fold(said)
    for read in (list(names), [fold(name) for name in told_apart]):
        if folded and folded in read:
            return read.index(folded)
    match = _POSITION.fullmatch(said.strip())
    if match and 1 <= int(match[1]) <= len(header):
        return int(match[1]) - 1
    return None


def _twice(header: Sequence[str], chosen: Columns, mapping: Mapping[str, str]) -> tuple[str, ...]:
    names = [fold(name) for name in header]
    taken = {chosen.title, *chosen.fields.values()} - {None}
    return tuple(
        sorted({header[i] for i in taken if i is not None and _ambiguous(names, i, mapping)})
    )


def _ambiguous(names: Sequence[str], index: int, mapping: Mapping[str, str]) -> bool:
    """Whether another column has the same name and nobody said which one is meant."""
    if names.count(names[index]) < 2:
        return False
    said = [
        part.strip()
        for value in mapping.values()
        for part in (*value.split("+"), *(_SCALED.sub(r"\1", value).split("+")))
    ]
    by_copy = any(fold(part).startswith(f"{names[index]}(") for part in said)
    return f"#{index + 1}" not in said and not by_copy
