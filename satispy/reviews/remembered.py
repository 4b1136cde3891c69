"""Mappings that people confirmed, each for one header: `mappings/<header>.json`.

A mapping that was sent with a file, and by which rows were merged, holds for every later file of
that header that says none itself.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ValidationError

from satispy.errors import NotFound
from satispy.reviews.headers import fold
from satispy.storage import Store

PREFIX: Final = "mappings/"


class Remembered(BaseModel):
    """Field of a review → the column it is read from, as it was said."""

    header: list[str]
    columns: dict[str, str]
    upload: str  # the first that said so


def remember(store: Store, header: Sequence[str], columns: Mapping[str, str], upload: str) -> None:
    if recall(store, header) != columns:
        kept = Remembered(header=list(header), columns=dict(columns), upload=upload)
        store.write(key_of(header), kept.model_dump_json(indent=2).encode())


def recall(store: Store, header: Sequence[str]) -> dict[str, str] | None:
    try:
        return Remembered.model_validate_json(store.read(key_of(header))).columns
    except (NotFound, ValidationError):  # what somebody else put there maps nothing
        return None


def forget(store: Store, header: Sequence[str]) -> None:
    store.delete(key_of(header))


def key_of(header: Sequence[str]) -> str:
    """The same however the header's names are spelled."""
    names = "\x1f".join(fold(name) for name in header)
    return f"{PREFIX}{hashlib.sha256(names.encode()).hexdigest()[:32]}.json"
