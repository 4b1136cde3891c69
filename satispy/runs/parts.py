"""The texts of a run as its pipeline read them, in parts: docs/decisions/0071.

Part k holds the rows from k × `rows_a_part` on, in merge order. A part can be made, read or made
again without any other; whoever shares the work of a run shares its parts.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from satispy.errors import BrokenArtefact
from satispy.language import TextPipeline
from satispy.language.corpus import Corpus, bounds_of, slices
from satispy.storage import Store

#: Rows of a part, where nothing else is asked for: some ten megabytes of texts.
ROWS: Final = 20_000


@dataclass(frozen=True)
class Part:
    """Texts as the pipeline reads them."""

    corpus: Corpus
    #: What the next retrain knows each text by, uint64.
    digests: np.ndarray
    #: The plainest writing of each, which twins share: UTF-8, one after another; and their bounds.
    plain: np.ndarray
    plain_bounds: np.ndarray

    def __len__(self) -> int:
        return len(self.corpus)

    def spelled(self) -> Iterator[str]:
        """Each text in its plainest writing."""
        for begin, end in pairwise(self.plain_bounds.tolist()):
            yield self.plain[begin:end].tobytes().decode()

    def take(self, rows: np.ndarray) -> "Part":
        """These texts, in this order, with a vocabulary of their own."""
        plain, bounds = slices(self.plain, self.plain_bounds, rows)
        return Part(self.corpus.take(rows).compact(), self.digests[rows], plain, bounds)

    @classmethod
    def joined(cls, parts: Sequence["Part"]) -> "Part":
        """All texts of the parts, one part after another."""
        return cls(
            Corpus.joined(part.corpus for part in parts),
            np.concatenate([part.digests for part in parts]),
            np.concatenate([part.plain for part in parts]),
            bounds_of(np.concatenate([np.diff(part.plain_bounds) for part in parts])),
        )

    def to_bytes(self) -> bytes:
        file = io.BytesIO()
        np.savez_compressed(
            file,
            vocabulary=as_bytes(self.corpus.vocabulary),
            codes=self.corpus.flat,
            sizes=self.corpus.lengths.astype(np.int32),
            digests=self.digests,
            plain=self.plain,
            plain_sizes=np.diff(self.plain_bounds).astype(np.int32),
        )
        return file.getvalue()


@dataclass(frozen=True)
class Parts:
    """Where the parts of a run are; what is read of one is read when it is asked for."""

    store: Store
    run: str
    rows: int
    rows_a_part: int = ROWS

    @classmethod
    def of_run(cls, store: Store, run: str) -> "Parts":
        """Raises NotFound where there are none (yet), BrokenArtefact where they are no parts."""
        data = store.read(_manifest(run))
        try:
            said = json.loads(data)
            return cls(store, run, int(said["rows"]), int(said["rows_a_part"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenArtefact(
                "%(manifest)s names no parts: %(error)s", manifest=_manifest(run), error=error
            ) from error

    def __len__(self) -> int:
        return -(-self.rows // self.rows_a_part)

    def rows_of(self, part: int) -> slice:
        """Which rows of the run a part has."""
        return slice(part * self.rows_a_part, min((part + 1) * self.rows_a_part, self.rows))

    def write(self, number: int, part: Part) -> None:
        self.store.write(self._key(number), part.to_bytes())

    def finish(self) -> None:
        """Says that all parts are written: until then there are none for anybody else."""
        said = {
            "rows": self.rows,
            "rows_a_part": self.rows_a_part,
            "text_version": TextPipeline.version,
        }
        self.store.write(_manifest(self.run), json.dumps(said).encode())

    def read(self, number: int) -> Part:
        with self._saved(number) as saved:
            return Part(
                _corpus(saved),
                saved["digests"],
                saved["plain"],
                bounds_of(saved["plain_sizes"]),
            )

    def corpus(self) -> Corpus:
        """All texts of the run, with one vocabulary."""
        return Corpus.joined(self.corpora())

    def corpora(self) -> Iterator[Corpus]:
        """The texts of each part, one part at a time."""
        for number in range(len(self)):
            with self._saved(number) as saved:
                corpus = _corpus(saved)
            yield corpus

    def digests(self) -> np.ndarray:
        """Of all rows, uint64."""
        found = [np.zeros(0, np.uint64)]
        for number in range(len(self)):
            with self._saved(number) as saved:
                found.append(saved["digests"])
        return np.concatenate(found)

    @contextmanager
    def _saved(self, number: int) -> Iterator[Any]:
        """Each array is unpacked when it is asked for."""
        key = self._key(number)
        try:
            with np.load(io.BytesIO(self.store.read(key)), allow_pickle=False) as saved:
                yield saved
        except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile) as error:
            raise BrokenArtefact(
                "%(key)s is not what a run prepares: %(error)s", key=key, error=error
            ) from error

    def _key(self, number: int) -> str:
        return f"runs/{self.run}/parts/{number:05d}.npz"


def as_bytes(strings: Sequence[str]) -> np.ndarray:
    """None of which holds a line end: what the pipeline writes never does."""
    return np.frombuffer("\n".join(strings).encode(), dtype=np.uint8)


def as_strings(joined: np.ndarray) -> list[str]:
    return joined.tobytes().decode().split("\n") if len(joined) else []


def _corpus(saved: Any) -> Corpus:
    return Corpus(as_strings(saved["vocabulary"]), saved["codes"], bounds_of(saved["sizes"]))


def _manifest(run: str) -> str:
    return f"runs/{run}/parts.json"
