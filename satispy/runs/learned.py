"""What all families of a run learn alike, found once by its first step. One file in S3.

Fitted by each family for itself, the polarity of all terms took as long as what it learns alone.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from satispy.embeddings import WordVectors
from satispy.errors import NotFound, SatispyError
from satispy.language.corpus import Corpus, bounds_of
from satispy.models.log_odds import LogOdds
from satispy.models.polarity import Coefficients, Polarity
from satispy.models.training.rows import FittedPolarity, TrainingRows
from satispy.runs.parts import as_bytes, as_strings
from satispy.runs.prepared import Prepared
from satispy.runs.primed import Sentences
from satispy.storage import Store


@dataclass(frozen=True)
class Learned:
    primer: Sentences
    #: Of the training rows, then the sentences of the primer.
    polarity: FittedPolarity

    @classmethod
    def fit(cls, reviews: TrainingRows, primer: Sentences) -> "Learned":
        from satispy.models.training.polarity import fit_polarity  # brings scikit-learn

        return cls(primer, fit_polarity(primer.beside(reviews)))

    def rows(self, ready: Prepared, vectors: WordVectors | None = None) -> TrainingRows:
        """All that a family learns from."""
        return self.primer.beside(ready.training(vectors)).polarised(self.polarity)

    def to_bytes(self) -> bytes:
        polarity = self.polarity.polarity
        log_odds, coefficients = polarity.log_odds, polarity.coefficients
        file = io.BytesIO()
        np.savez(
            file,
            labels=self.primer.labels,
            aspects=as_bytes(self.primer.aspects),
            polar_terms=as_bytes(log_odds.terms),
            log_odds=log_odds.values,
            weighed_terms=as_bytes(coefficients.terms),
            coefficients=coefficients.values,
            columns=self.polarity.columns,
            vocabulary=as_bytes(self.primer.documents.vocabulary),
            codes=self.primer.documents.flat,
            sizes=self.primer.documents.lengths,
        )
        return file.getvalue()

    @classmethod
    def of_run(cls, store: Store, run: str) -> "Learned":
        """Raises SatispyError where another version of satispy prepared the run."""
        with _saved(store, run) as saved:
            polarity = Polarity(
                LogOdds(*_terms(saved, "polar_terms", "log_odds")),
                Coefficients(*_terms(saved, "weighed_terms", "coefficients")),
            )
            return cls(_primer(saved), FittedPolarity(polarity, saved["columns"]))


def primer_of_run(store: Store, run: str) -> Sentences:
    """Raises SatispyError where another version of satispy prepared the run."""
    with _saved(store, run) as saved:
        return _primer(saved)


def _terms(
    saved: Mapping[str, np.ndarray], terms: str, values: str
) -> tuple[list[str], np.ndarray]:
    of_terms = saved[values]
    return as_strings(saved[terms])[: len(of_terms)], of_terms


def _primer(saved: Mapping[str, np.ndarray]) -> Sentences:
    vocabulary, bounds = as_strings(saved["vocabulary"]), bounds_of(saved["sizes"])
    documents = Corpus(vocabulary, saved["codes"], bounds)
    return Sentences(documents, saved["labels"], as_strings(saved["aspects"]))


@contextmanager
def _saved(store: Store, run: str) -> Iterator[Mapping[str, np.ndarray]]:
    """Each array is unpacked when it is asked for."""
    try:
        with np.load(io.BytesIO(store.read(key(run))), allow_pickle=False) as saved:
            yield saved
    except (NotFound, KeyError) as error:
        raise SatispyError(
            "%(run)s was begun by another version of satispy: start the retrain again.", run=run
        ) from error


def key(run: str) -> str:
    return f"runs/{run}/learned.npz"
