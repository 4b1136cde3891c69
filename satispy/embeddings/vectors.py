"""Word vectors: a table and its vocabulary. The same whether trained here or published."""

import json
import os
import weakref
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satispy.embeddings.vocabulary import Vocabulary
from satispy.errors import BrokenArtefact, NotFound

FORMAT = 1
_BLOCK = 65_536  # rows read at a time: never the whole table in memory


class WordVectors:
    """Immutable. Opened ones are memory-mapped: every process shares the pages it touches."""

    def __init__(
        self,
        words: Vocabulary | Sequence[str],
        table: NDArray[np.float32],
        about: Mapping[str, Any] | None = None,
        digest: str = "",
    ) -> None:
        self.vocabulary = words if isinstance(words, Vocabulary) else Vocabulary.of(words)
        self.table = table
        #: Where they come from, in JSON values: source, seed, settings of the training…
        self.about = dict(about or {})
        if len(self.vocabulary) != len(table):
            raise BrokenArtefact(
                "%(vocabulary)s words but %(table)s vectors",
                vocabulary=len(self.vocabulary),
                table=len(table),
            )
        self.digest = digest or self._digest()
        self._file: int | None = None
        if isinstance(table, np.memmap):
            self._file = os.open(str(table.filename), os.O_RDONLY)
            weakref.finalize(self, os.close, self._file)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def dim(self) -> int:
        return int(self.table.shape[1])

    def rows(self, words: Sequence[str]) -> NDArray[np.int32]:
        """The row of each word, -1 for an unknown one."""
        return self.vocabulary.rows(words)

    def take(self, rows: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """The vectors of these rows, float32 (len(rows), dim).

        Unlike `table[rows]`, reads them from the file: where the page cache has large folios, each
        row touched through the map would add up to 2 MB to the memory of the process.
        """
        if self._file is None:
            return np.asarray(self.table[rows])
        wanted, places = np.unique(rows, return_inverse=True)
        found = np.empty((len(wanted), self.dim), np.float32)
        begin, step = self.table.offset, found.itemsize * self.dim  # type: ignore[attr-defined]
        for vector, row in zip(found, wanted.tolist(), strict=True):
            os.preadv(self._file, [vector.data], begin + row * step)
        return found[places]

    def neighbours(self, word: str, count: int = 10) -> list[tuple[str, float]]:
        """The words of the nearest vectors by cosine, nearest first. Reads the whole table once."""
        row = int(self.rows([word])[0])
        if row < 0:
            raise NotFound(
                "« %(word)s » is not among these %(self)s words", word=word, self=len(self)
            )
        wanted = self.take(np.array([row]))[0]
        cosines = np.empty(len(self), np.float32)
        for start in range(0, len(self), _BLOCK):
            block = np.asarray(self.table[start : start + _BLOCK])
            sizes = np.linalg.norm(block, axis=1) * np.linalg.norm(wanted)
            cosines[start : start + _BLOCK] = block @ wanted / np.maximum(sizes, 1e-12)
        cosines[row] = -np.inf
        nearest = np.argsort(-cosines)[: min(count, len(self) - 1)]
        return [(self.vocabulary[int(i)], float(cosines[i])) for i in nearest]

    def save(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        self.vocabulary.save(folder)
        np.save(folder / "table.npy", self.table)
        facts = {
            "format": FORMAT,
            "rows": len(self),
            "dim": self.dim,
            "digest": self.digest,
            "salt": self.vocabulary.salt,
            "about": self.about,
        }
        # Last: a folder with this file is complete.
        unfinished = folder / "vectors.json.part"
        unfinished.write_text(json.dumps(facts, indent=1, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(folder / "vectors.json")
        return folder

    @classmethod
    def open(cls, folder: Path) -> "WordVectors":
        """Sizes are checked, contents are not read: `verify` does that."""
        try:
            facts = json.loads((folder / "vectors.json").read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotFound("no word vectors in %(folder)s", folder=folder) from error
        if facts["format"] > FORMAT:
            raise BrokenArtefact(
                "%(folder)s was written by a newer satispy; update this one", folder=folder
            )
        try:
            vocabulary = Vocabulary.open(folder, facts["salt"])
            table = np.load(folder / "table.npy", mmap_mode="r")
        except (OSError, ValueError) as error:
            raise BrokenArtefact(
                "the word vectors in %(folder)s are damaged: %(error)s", folder=folder, error=error
            ) from error
        if table.shape != (facts["rows"], facts["dim"]) or table.dtype != np.float32:
            raise BrokenArtefact(
                "%(folder)s is not the table that was saved", folder=folder / "table.npy"
            )
        return cls(vocabulary, table, facts["about"], facts["digest"])

    def verify(self) -> None:
        """Read everything; raises BrokenArtefact if the bytes are not those of the digest."""
        if self._digest() != self.digest:
            raise BrokenArtefact(
                "these word vectors are not those of digest %(digest)s", digest=self.digest[:12]
            )

    def _digest(self) -> str:
        total = sha256(f"{len(self)} {self.dim}".encode())
        for part in self.vocabulary.parts():
            total.update(part)
        for start in range(0, len(self.table), _BLOCK):
            block = np.ascontiguousarray(self.table[start : start + _BLOCK], "<f4")
            total.update(block.tobytes())
        return total.hexdigest()
