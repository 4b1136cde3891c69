"""Arrays of one partition, or shared by all, below `runs/<run>/blocks/`: what functions exchange.

Written whole, never changed: who writes one again writes the same bytes.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from satispy.embeddings import WordVectors
from satispy.registry.store import ModelStore
from satispy.runs.parts import as_bytes, as_strings
from satispy.settings import Settings
from satispy.storage import Store

#: Instead of a partition's number: of the primer's sentences, and of all partitions.
PRIMER: Final = -1
SHARED: Final = -2
_NAMES: Final = {PRIMER: "primer", SHARED: "shared"}


@dataclass(frozen=True)
class Place:
    """Where reviews and models are, in words that travel to a worker."""

    #: A folder that behaves like a bucket; None: the bucket of the settings.
    folder: str | None
    #: Of the store of models; a worker on another machine has one of its own there.
    home: str
    settings: Settings

    @property
    def store(self) -> Store:
        return _opened(self)

    def vectors(self, tag: str) -> Path:
        """The folder of word vectors, fetched where they are not there yet."""
        return _fetched(self, tag)

    @classmethod
    def of(cls, store: Store, models: ModelStore, settings: Settings) -> "Place":
        return cls(None if "://" in store.url else store.url, str(models.home), settings)

    def __hash__(self) -> int:
        return hash((self.folder, self.home, self.settings.bucket, self.settings.endpoint_url))


@lru_cache(maxsize=4)
def _opened(place: Place) -> Store:
    return Store.folder(Path(place.folder)) if place.folder else Store.bucket(place.settings)


@lru_cache(maxsize=4)
def _fetched(place: Place, tag: str) -> Path:
    return Path(ModelStore(Path(place.home)).fetch(tag, place.store))


@lru_cache(maxsize=2)
def opened_vectors(place: Place, tag: str) -> WordVectors:
    return WordVectors.open(place.vectors(tag))


@dataclass(frozen=True)
class Blocks:
    """Those of one run."""

    place: Place
    run: str
    #: Of the attempt that writes them: what workers remember of another one is not looked at.
    stamp: str = ""

    @property
    def prefix(self) -> str:
        return f"runs/{self.run}/blocks/"

    def save(self, part: int, **arrays: np.ndarray) -> None:
        for name, array in arrays.items():
            file = io.BytesIO()
            np.save(file, np.ascontiguousarray(array), allow_pickle=False)
            self.place.store.write(self._key(part, name), file.getvalue())

    def load(self, part: int, *names: str) -> list[np.ndarray]:
        """Raises NotFound."""
        return [self._array(part, name) for name in names]

    def shared(self, name: str) -> np.ndarray:
        """One that all partitions look at: read once in a process."""
        return _shared(self, name)

    def save_strings(self, part: int, name: str, strings: Sequence[str]) -> None:
        self.save(part, **{name: as_bytes(strings)})

    def strings(self, part: int, name: str) -> list[str]:
        joined = self._array(part, name)
        return as_strings(joined) if len(joined) else []

    def save_facts(self, name: str, facts: dict[str, Any]) -> None:
        self.place.store.write(self._key(SHARED, name), json.dumps(facts).encode())

    def facts(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.place.store.read(self._key(SHARED, name)))
        return found

    def save_folder(self, name: str, folder: Path) -> None:
        """The files of a saved model."""
        for path in sorted(folder.iterdir()):
            self.place.store.write(self._key(SHARED, f"{name}/{path.name}"), path)

    def folder(self, name: str, into: Path) -> Path:
        for entry in self.place.store.list(self._key(SHARED, f"{name}/")):
            self.place.store.download(entry.key, into / entry.key.rpartition("/")[2])
        return into

    def delete(self) -> None:
        store = self.place.store
        for entry in store.list(self.prefix):
            store.delete(entry.key)

    def _array(self, part: int, name: str) -> np.ndarray:
        data = self.place.store.read(self._key(part, name))
        return np.asarray(np.load(io.BytesIO(data), allow_pickle=False))

    def _key(self, part: int, name: str) -> str:
        return f"{self.prefix}{_NAMES.get(part, f'{part:05d}')}/{name}"


@lru_cache(maxsize=12)
def _shared(blocks: Blocks, name: str) -> np.ndarray:
    [array] = blocks.load(SHARED, name)
    array.flags.writeable = False
    return array
