"""One object that is asked for again and again, and read only when it has changed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from satispy.errors import BrokenArtefact, NotFound
from satispy.storage import Store

Item = TypeVar("Item", bound=BaseModel)


@dataclass(frozen=True)
class Kept(Generic[Item]):
    """One object, and the etag it was read at. Asking for it again costs a request and no bytes."""

    item: Item | None = None
    etag: str | None = None

    def refreshed(
        self, store: Store, key: str, parse: Callable[[str, bytes], Item]
    ) -> "Kept[Item]":
        """Itself if nothing is new. None of what is missing, or is not what its key says."""
        try:
            found = store.read_if_changed(key, self.etag)
        except NotFound:
            return Kept()
        if found is None:
            return self
        data, etag = found
        try:
            return Kept(parse(key, data), etag)
        except BrokenArtefact:
            return Kept(None, etag)
