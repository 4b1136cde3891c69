"""What the steps of one retrain share: tokenised reviews, the split, the folds. One file in S3."""

import io
from dataclasses import dataclass, fields

import numpy as np

from satispy.embeddings import WordVectors
from satispy.models.training.rows import TrainingRows


@dataclass(frozen=True)
class Prepared:
    """All rows, in merge order."""

    tokens: list[list[str]]
    labels: np.ndarray
    #: Whether a row is of the test part, and if so whether no training row is its twin.
    test: np.ndarray
    unseen: np.ndarray
    #: Fold of each training row; -1 for test rows.
    folds: np.ndarray

    def training(self, vectors: WordVectors | None = None) -> TrainingRows:
        train = np.flatnonzero(~self.test)
        documents = [self.tokens[at] for at in train]
        return TrainingRows(documents, self.labels[train], self.folds[train], vectors)

    def testing(self) -> tuple[list[list[str]], np.ndarray, np.ndarray]:
        """Documents, labels, and which of them have no twin in training."""
        test = np.flatnonzero(self.test)
        return [self.tokens[at] for at in test], self.labels[test], self.unseen[test]

    def to_bytes(self) -> bytes:
        distinct = list(dict.fromkeys(token for document in self.tokens for token in document))
        number = {token: at for at, token in enumerate(distinct)}
        flat = np.fromiter((number[t] for d in self.tokens for t in d), np.int32)
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "tokens"}
        file = io.BytesIO()
        np.savez_compressed(
            file,
            vocabulary=np.frombuffer("\n".join(distinct).encode(), dtype=np.uint8),
            flat=flat,
            sizes=np.array([len(document) for document in self.tokens], dtype=np.int32),
            **arrays,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Prepared":
        with np.load(io.BytesIO(data), allow_pickle=False) as saved:
            arrays = dict(saved)
        distinct = arrays.pop("vocabulary").tobytes().decode().split("\n")
        flat = [distinct[number] for number in arrays.pop("flat")]
        ends = np.cumsum(arrays["sizes"])
        starts = ends - arrays.pop("sizes")
        tokens = [flat[a:b] for a, b in zip(starts, ends, strict=True)]
        return cls(tokens=tokens, **arrays)


def key(run: str) -> str:
    return f"runs/{run}/prepared.npz"
