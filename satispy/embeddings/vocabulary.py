"""Words ↔ row numbers in four flat arrays, so that millions of them open without being read."""

import mmap
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satispy.errors import BrokenArtefact

_FILES = {"offsets": "<u8", "hashes": "<u8", "order": "<u4"}
_REMEMBERED = 200_000


class Vocabulary(Sequence[str]):
    """Row number → word by position in one text; word → row by its hash, then compared.

    A look-up reads a few pages of `hashes` and one of the text: nothing is loaded on opening.
    """

    def __init__(
        self,
        text: bytes | mmap.mmap,
        offsets: NDArray[np.uint64],
        hashes: NDArray[np.uint64],
        order: NDArray[np.uint32],
        salt: int,
    ) -> None:
        self._text, self._offsets, self._hashes, self._order = text, offsets, hashes, order
        self.salt = salt
        self._seen: dict[str, int] = {}

    @classmethod
    def of(cls, words: Iterable[str]) -> "Vocabulary":
        """Raises BrokenArtefact when a word stands there twice."""
        encoded = [word.encode() for word in words]
        if len(set(encoded)) != len(encoded):
            raise BrokenArtefact("the vocabulary holds the same word twice")
        offsets = np.zeros(len(encoded) + 1, np.uint64)
        np.cumsum([len(word) for word in encoded], out=offsets[1:])
        for salt in count():  # two words of the same hash: next salt (one in ten million needs it)
            hashes = np.fromiter((_hash(word, salt) for word in encoded), np.uint64, len(encoded))
            order = np.argsort(hashes, kind="stable").astype(np.uint32)
            hashes = hashes[order]
            if not (hashes[1:] == hashes[:-1]).any():
                break
        return cls(b"".join(encoded), offsets, hashes, order, salt)

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, row: Any) -> Any:
        if isinstance(row, slice):
            return [self[i] for i in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        return self._bytes(row % len(self)).decode()

    def __iter__(self) -> Iterator[str]:
        return (self._bytes(row).decode() for row in range(len(self)))

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.rows([word])[0] >= 0

    def rows(self, words: Sequence[str]) -> NDArray[np.int32]:
        """The row of each word, -1 for an unknown one."""
        seen = self._seen
        new = list({word for word in words if word not in seen})
        if new:
            if len(seen) > _REMEMBERED:
                seen.clear()
                new = list(set(words))
            seen.update(zip(new, self._find(new), strict=True))
        return np.fromiter(map(seen.__getitem__, words), np.int32, len(words))

    def _find(self, words: list[str]) -> list[int]:
        if not len(self):
            return [-1] * len(words)
        encoded = [word.encode(errors="replace") for word in words]
        wanted = np.array([_hash(word, self.salt) for word in encoded], np.uint64)
        places = np.minimum(np.searchsorted(self._hashes, wanted), len(self) - 1)
        rows = self._order[places].tolist()
        return [
            row if self._bytes(row) == word else -1 for row, word in zip(rows, encoded, strict=True)
        ]

    def _bytes(self, row: int) -> bytes:
        return self._text[int(self._offsets[row]) : int(self._offsets[row + 1])]

    def parts(self) -> Iterator[bytes]:
        """What makes it this vocabulary: for a digest."""
        yield self._text[:]
        yield self._offsets.astype("<u8", copy=False).tobytes()

    def save(self, folder: Path) -> None:
        (folder / "words.txt").write_bytes(self._text[:])
        for name, kind in _FILES.items():
            np.save(folder / f"{name}.npy", getattr(self, f"_{name}").astype(kind, copy=False))

    @classmethod
    def open(cls, folder: Path, salt: int) -> "Vocabulary":
        with (folder / "words.txt").open("rb") as file:
            size = file.seek(0, 2)
            text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _FILES}
        rows = len(arrays["order"])
        if len(arrays["offsets"]) != rows + 1 or len(arrays["hashes"]) != rows:
            raise BrokenArtefact("the vocabulary in %(folder)s is cut short", folder=folder)
        if arrays["offsets"][-1] != size:
            raise BrokenArtefact(
                "%(folder)s is not the one that was saved", folder=folder / "words.txt"
            )
        return cls(text, salt=salt, **arrays)


def _hash(word: bytes, salt: int) -> int:
    return int.from_bytes(blake2b(word, digest_size=8, salt=salt.to_bytes(8)).digest())
