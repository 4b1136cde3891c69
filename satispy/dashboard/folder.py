"""A prefix of the bucket, read so that a next look reads only what changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel

from satispy.errors import BrokenArtefact, NotFound
from satispy.keys import LeftOut
from satispy.storage import Store

Item = TypeVar("Item", bound=BaseModel)


@dataclass(frozen=True)
class Folder(Generic[Item]):
    """The parsed objects below one prefix, with the etag each was read at."""

    items: Mapping[str, Item] = field(default_factory=dict)
    etags: Mapping[str, str | None] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()  # what is not what its key says

    def refreshed(
        self,
        store: Store,
        prefix: str,
        parse: Callable[[str, bytes], Item],
        newest: int | None = None,
    ) -> "Folder[Item]":
        """Reads only what is new or changed, and at most the `newest`; itself if nothing is."""
        entries = [entry for entry in store.list(prefix) if entry.key.endswith(".json")]
        if newest is not None:
            entries = sorted(entries, key=lambda entry: entry.modified)[-newest:]
        etags = {entry.key: entry.etag for entry in entries}
        if etags == self.etags:
            return self
        items: dict[str, Item] = {}
        broken: list[LeftOut] = []
        for key, etag in etags.items():
            if key in self.items and self.etags[key] == etag:
                items[key] = self.items[key]
                continue
            try:
                items[key] = parse(key, store.read(key))
            except NotFound:  # deleted since it was listed; the next listing will not have it
                continue
            except BrokenArtefact as error:
                broken.append(LeftOut(key, error.sentence))
        return Folder(items, etags, tuple(broken))
