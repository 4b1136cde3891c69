"""Mappings that people confirmed, each for one header: `mappings/<header>.json`.

A mapping that was sent with a file, and by which rows were merged, holds for every later file of
that header that says none itself.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ValidationError

from satispy import journal
from satispy.errors import BrokenArtefact, NotFound, SatispyError
from satispy.journal import Actor, Fact, What
from satispy.reviews.headers import fold
from satispy.storage import Store

PREFIX: Final = "mappings/"


class Remembered(BaseModel):
    """Field of a review → the column it is read from, as it was said."""

    header: list[str]
    columns: dict[str, str]
    upload: str  # the first that said so

    @property
    def id(self) -> str:
        """The beginning of its key, for people to name it by."""
        return key_of(self.header).removeprefix(PREFIX)[:8]


def remember(store: Store, header: Sequence[str], columns: Mapping[str, str], upload: str) -> None:
    if recall(store, header) != columns:
        fact = Fact(
            by=Actor(who="merge_upload", via="pipeline"),
            what=What.MAPPING_REMEMBERED,
            on=Remembered(header=list(header), columns={}, upload=upload).id,
            after={"upload": upload},
        )
        # Before it is kept: a merge that is killed in between comes again, and enters it once.
        journal.record(store, fact, event=f"mapping of {key_of(header)} by {upload}")
        kept = Remembered(header=list(header), columns=dict(columns), upload=upload)
        store.write(key_of(header), kept.model_dump_json(indent=2).encode())


def recall(store: Store, header: Sequence[str]) -> dict[str, str] | None:
    try:
        return Remembered.model_validate_json(store.read(key_of(header))).columns
    except (NotFound, ValidationError):  # what somebody else put there maps nothing
        return None


def all(store: Store) -> list[Remembered]:
    """All that are remembered, by their ids."""
    return store.parsed(PREFIX.rstrip("/"), _parsed)[0]


def forget(store: Store, id: str) -> Remembered:
    """By its id, or the beginning of it. Raises NotFound, and SatispyError if it means several."""
    found = [each for each in all(store) if id and each.id.startswith(id)]
    if not found:
        raise NotFound(
            "no mapping %(id)r is remembered: satispy reviews mappings shows which are", id=id
        )
    if len(found) > 1:
        ids = ", ".join(each.id for each in found)
        raise SatispyError("%(id)r is the beginning of %(ids)s: name one", id=id, ids=ids)
    store.delete(key_of(found[0].header))
    return found[0]


def _parsed(key: str, data: bytes) -> Remembered:
    try:
        found = Remembered.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not a mapping") from error
    if key_of(found.header) != key:
        raise BrokenArtefact("a mapping of another header")
    return found


def key_of(header: Sequence[str]) -> str:
    """The same however the header's names are spelled."""
    # What is no text of its encoding, as the first line of a broken file, has surrogates.
    names = "\x1f".join(fold(name) for name in header).encode("utf-8", "surrogatepass")
    return f"{PREFIX}{hashlib.sha256(names).hexdigest()[:32]}.json"
