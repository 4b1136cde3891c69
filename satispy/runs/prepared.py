"""What the steps of one retrain share: tokenised reviews, the split, the folds."""

import io
import logging
import zipfile
from dataclasses import dataclass, fields

import numpy as np

from satispy.embeddings import WordVectors
from satispy.errors import BrokenArtefact, NotFound, SatispyError
from satispy.language.corpus import Corpus
from satispy.models.training.rows import TrainingRows
from satispy.registry import pointer
from satispy.runs.parts import Parts
from satispy.storage import Store

log = logging.getLogger(__name__)

#: Of the runs before, whose files expire.
LOOKED_AT = 3


@dataclass(frozen=True)
class Prepared:
    """All rows, in merge order."""

    #: The tokens of each.
    corpus: Corpus
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
        labels, folds, sources = self.labels[train], self.folds[train], self.sources[train]
        return TrainingRows(self.corpus.take(train), labels, folds, vectors, of_source=sources)

    def testing(self) -> tuple[Corpus, np.ndarray, np.ndarray]:
        """Documents, labels, and which of them have no twin in training."""
        test = np.flatnonzero(self.test)
        return self.corpus.take(test), self.labels[test], self.unseen[test]

    def save(self, store: Store, run: str) -> None:
        """What each row is; what it says stands in the run's parts."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "corpus"}
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        store.write(key(run), file.getvalue())

    @classmethod
    def of_run(cls, store: Store, run: str) -> "Prepared":
        """Raises NotFound where nothing was prepared, or is kept no more; SatispyError where
        another version of satispy did it."""
        data = store.read(key(run))
        names = {f.name for f in fields(cls)} - {"corpus"}
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as saved:
                arrays = {name: saved[name] for name in names}
            return cls(Parts.of_run(store, run).corpus(), **arrays)
        except (NotFound, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise SatispyError(
                "%(run)s was begun by another version of satispy: start the retrain again.", run=run
            ) from error


def latest(store: Store, but: str) -> Parts | None:
    """The texts of the newest other run that was published, if they are still there."""
    try:
        settled = pointer.read(store).settled
    except BrokenArtefact:  # the next that publishes writes it anew
        return None
    for run in [run for run in reversed(settled) if run != but][:LOOKED_AT]:
        try:
            return Parts.of_run(store, run)
        except NotFound:
            continue
        except BrokenArtefact as error:
            log.warning("%s is left out: %s", run, error)
    return None


def key(run: str) -> str:
    return f"runs/{run}/rows.npz"
