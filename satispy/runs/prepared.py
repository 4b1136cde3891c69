"""What the steps of one retrain share: tokenised reviews, the split, the folds. One file in S3."""

import hashlib
import io
import logging
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any

import numpy as np

from satispy.embeddings import WordVectors
from satispy.errors import BrokenArtefact, NotFound
from satispy.language import TextPipeline
from satispy.models.training.rows import TrainingRows
from satispy.registry import pointer
from satispy.storage import Store

log = logging.getLogger(__name__)

#: Of the runs before, whose files expire.
LOOKED_AT = 3


@dataclass(frozen=True)
class Read:
    """A text as the pipeline reads it: its plainest writing, which twins share, and its tokens."""

    plain: str
    tokens: list[str]


@dataclass(frozen=True)
class Prepared:
    """All rows, in merge order."""

    tokens: list[list[str]]
    #: What the next retrain knows a text by, and `Read.plain` of all, as one array of bytes.
    digests: np.ndarray
    plain: np.ndarray
    labels: np.ndarray
    #: Whether a row is of the test part, and if so whether no training row is its twin.
    test: np.ndarray
    unseen: np.ndarray
    #: Fold of each training row; -1 for test rows.
    folds: np.ndarray
    #: A number for the source of each row.
    sources: np.ndarray

    def training(self, vectors: WordVectors | None = None) -> TrainingRows:
        train = np.flatnonzero(~self.test)
        documents = [self.tokens[at] for at in train]
        labels, folds, sources = self.labels[train], self.folds[train], self.sources[train]
        return TrainingRows(documents, labels, folds, vectors, of_source=sources)

    def testing(self) -> tuple[list[list[str]], np.ndarray, np.ndarray]:
        """Documents, labels, and which of them have no twin in training."""
        test = np.flatnonzero(self.test)
        return [self.tokens[at] for at in test], self.labels[test], self.unseen[test]

    def texts(self) -> dict[int, Read]:
        """What was read, by the digest of the text."""
        read = map(Read, as_strings(self.plain), self.tokens)
        return dict(zip(self.digests.tolist(), read, strict=True))

    def to_bytes(self) -> bytes:
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "tokens"}
        file = io.BytesIO()
        np.savez_compressed(file, **coded(self.tokens), **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Prepared":
        with np.load(io.BytesIO(data), allow_pickle=False) as saved:
            arrays = dict(saved)
        return cls(tokens=decoded(arrays), **arrays)


def read(comments: Sequence[str], before: Prepared | None) -> tuple[list[int], list[Read]]:
    """(digests, what the pipeline reads) of the comments; those of `before` are not read again."""
    pipeline = TextPipeline()
    known = before.texts() if before else {}
    # 64 bits: among a million texts, two of one digest once in forty million retrains.
    salt = pipeline.version.encode()
    digests = []
    for comment in comments:
        hashed = hashlib.blake2b(comment.encode(), digest_size=8, salt=salt).digest()
        digest = int.from_bytes(hashed, "little")
        digests.append(digest)
        if digest not in known:
            known[digest] = Read(pipeline.normalise(comment), pipeline.tokens(comment))
    return digests, [known[digest] for digest in digests]


def coded(documents: Sequence[list[str]]) -> dict[str, Any]:
    """Tokens as arrays: `vocabulary`, the number of each token in it, the size of each document."""
    distinct = list(dict.fromkeys(chain.from_iterable(documents)))
    number = {token: at for at, token in enumerate(distinct)}
    return {
        "vocabulary": as_bytes(distinct),
        "flat": np.fromiter(map(number.__getitem__, chain.from_iterable(documents)), np.int32),
        "sizes": np.fromiter(map(len, documents), np.int32, len(documents)),
    }


def decoded(arrays: dict[str, np.ndarray]) -> list[list[str]]:
    """The tokens again; takes the three arrays of `coded` out."""
    distinct = as_strings(arrays.pop("vocabulary"))
    flat = [*map(distinct.__getitem__, arrays.pop("flat").tolist())]
    ends = np.cumsum(arrays["sizes"])
    starts = ends - arrays.pop("sizes")
    return [flat[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]


def as_bytes(strings: Sequence[str]) -> np.ndarray:
    """None of which holds a line end: what the pipeline writes never does."""
    return np.frombuffer("\n".join(strings).encode(), dtype=np.uint8)


def as_strings(joined: np.ndarray) -> list[str]:
    return joined.tobytes().decode().split("\n")


def latest(store: Store, but: str) -> Prepared | None:
    """What the newest other run prepared that was published, if its file is still there."""
    try:
        settled = pointer.read(store).settled
    except BrokenArtefact:  # the next that publishes writes it anew
        return None
    for run in [run for run in reversed(settled) if run != but][:LOOKED_AT]:
        try:
            return Prepared.from_bytes(store.read(key(run)))
        except NotFound:
            continue
        except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile) as error:
            log.warning("%s is left out, it is not what a run prepares: %s", key(run), error)
    return None


def key(run: str) -> str:
    return f"runs/{run}/rows.npz"
