"""The primer beside the reviews, in what a family learns from."""

from dataclasses import dataclass

import numpy as np

from satispy import primer
from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.models.training.rows import FOLDS, TrainingRows
from satispy.reports.schema import PrimerUsed


@dataclass(frozen=True)
class Sentences:
    """Those that a run learns from, tokenised; none where it leaves the primer out."""

    documents: Corpus
    #: 0 negative, 1 positive, and the name of the aspect, of each.
    labels: np.ndarray
    aspects: list[str]

    @classmethod
    def of_primer(cls) -> "Sentences":
        tokens = TextPipeline().tokens
        every = primer.sentences()
        return cls(
            Corpus.of(tokens(each.text) for each in every),
            np.array([each.label for each in every]),
            [each.aspect for each in every],
        )

    @classmethod
    def none(cls) -> "Sentences":
        return cls(Corpus.of([]), np.zeros(0, dtype=int), [])

    def beside(self, rows: TrainingRows) -> TrainingRows:
        """The rows, then every sentence; only the rows where there are none."""
        if not len(self.documents):
            return rows
        # A fold for each aspect: the others say of a sentence what they say of a subject that is
        # new.
        folds = np.unique(self.aspects, return_inverse=True)[1] % FOLDS
        return TrainingRows(
            Corpus.joined([rows.documents, self.documents]),
            np.concatenate([rows.labels, self.labels]).astype(int),
            np.concatenate([rows.folds, folds]).astype(int),
            rows.vectors,
            np.concatenate([~rows.reviews, np.ones(len(folds), dtype=bool)]),
            np.concatenate([rows.sources, np.zeros(len(folds), dtype=int)]),
        )


def this_primer() -> PrimerUsed:
    return PrimerUsed(version=primer.VERSION, digest=primer.digest())


def with_primer(rows: TrainingRows, primer: bool = True) -> TrainingRows:
    """The rows, then every sentence of the primer as the code has it now, if it is wanted."""
    return Sentences.of_primer().beside(rows) if primer else rows
