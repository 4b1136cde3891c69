"""The primer beside the reviews, in what a family learns from."""

import numpy as np

from satispy import primer
from satispy.errors import SatispyError
from satispy.language import TextPipeline
from satispy.models.training.rows import FOLDS, TrainingRows
from satispy.reports.schema import PrimerUsed


def this_primer() -> PrimerUsed:
    return PrimerUsed(version=primer.VERSION, digest=primer.digest())


def with_primer(rows: TrainingRows, used: PrimerUsed | None, seed: int) -> TrainingRows:
    """The rows, then every sentence of the primer; only the rows where none is used.

    Raises SatispyError where the run began with other sentences.
    """
    if used is None:
        return rows
    if used != this_primer():
        raise SatispyError(
            f"This run began with version {used.version} of the primer, and the code now has"
            f" version {primer.VERSION} or other words in it: start the retrain again."
        )
    documents = primer_documents()
    labels = np.array([each.label for each in primer.sentences()])
    # A fold for each aspect: the others say of a sentence what they say of a subject that is new.
    aspects = np.array([each.aspect for each in primer.sentences()])
    folds = np.unique(aspects, return_inverse=True)[1] % FOLDS
    return TrainingRows(
        [*rows.documents, *documents],
        np.concatenate([rows.labels, labels]).astype(int),
        np.concatenate([rows.folds, folds]).astype(int),
        rows.vectors,
        np.concatenate([~rows.reviews, np.ones(len(documents), dtype=bool)]),
        np.concatenate([rows.sources, np.zeros(len(documents), dtype=int)]),
    )


def primer_documents() -> list[list[str]]:
    """The tokens of its sentences."""
    tokens = TextPipeline().tokens
    return [tokens(each.text) for each in primer.sentences()]
