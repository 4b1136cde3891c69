"""What a family learns from."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.models import artefact
from satispy.models.polarity import Polarity
from satispy.models.sentiment import Calibration, near_lengths

if TYPE_CHECKING:
    from satispy.embeddings import WordVectors


#: Committees of 2, 3, 4 or 6 divide them evenly.
FOLDS = 12
#: What a negative review weighs in the calibration, near each of the lengths
#: `satispy.models.sentiment.LENGTHS`.
SHORT_BLAME = (2.7, 2.0, 1.2, 2.1, 1.0, 1.0, 1.0)
#: Fewer reviews than these are outweighed by the primer.
FIRST_REVIEWS = 200
#: Reviews of the rarer label from which on the sentences of the primer don't count in calibration.
CALIBRATION_ROWS = 20


class FittedPolarity(NamedTuple):
    polarity: Polarity
    #: float32 (rows, COLUMNS): of each row, by terms of other folds only.
    columns: np.ndarray


@dataclass(frozen=True)
class TrainingRows:
    """Tokenised reviews, 0 negative or 1 positive each, and which of FOLDS each stands in."""

    documents: Corpus
    labels: np.ndarray
    folds: np.ndarray
    vectors: "WordVectors | None" = None
    #: Which rows are sentences of the primer rather than reviews; None: none.
    primer: np.ndarray | None = None
    #: A number for the source of each review; None: all of one.
    of_source: np.ndarray | None = None
    #: What was fitted on just these rows before, by `satispy.models.training.polarity`.
    polarity: FittedPolarity | None = None

    def polarised(self, polarity: FittedPolarity) -> "TrainingRows":
        return replace(self, polarity=polarity)

    @property
    def reviews(self) -> np.ndarray:
        """Which rows are reviews."""
        return np.ones(len(self.labels), dtype=bool) if self.primer is None else ~self.primer

    @property
    def sources(self) -> np.ndarray:
        return np.zeros(len(self.labels), int) if self.of_source is None else self.of_source

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each row."""
        return self.documents.lengths

    def weights(self, primer: float, primer_rows: int | None = None) -> np.ndarray:
        """1 for a review, `primer` for a sentence of the primer.

        The `primer_rows` sentences that are learned from weigh no more than the reviews together,
        or than FIRST_REVIEWS of them: a few hundred reviews say more of their shop than thousands
        of sentences of none.
        """
        reviews, sentences = self.reviews.sum(), (~self.reviews).sum()
        learned = sentences if primer_rows is None else min(primer_rows, sentences)
        if reviews and learned:
            primer = min(primer, max(reviews, FIRST_REVIEWS) / learned)
        return np.where(self.reviews, 1.0, primer)

    def at(self, rows: Sequence[int] | np.ndarray) -> "TrainingRows":
        """These rows only; the folds left are numbered anew, for a committee of any size."""
        _, folds = np.unique(self.folds[rows], return_inverse=True)
        primer = None if self.primer is None else self.primer[rows]
        documents = self.documents.take(rows)
        source = None if self.of_source is None else self.of_source[rows]
        return TrainingRows(documents, self.labels[rows], folds, self.vectors, primer, source)

    def splits(
        self, members: int, primer: int | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(rows to learn from, rows left out) for each member.

        At most `primer` sentences of the primer are learned from: drawn once, the same each time.
        """
        part = self.folds % members
        learned = self.reviews
        sentences = np.flatnonzero(~learned)
        learned[np.random.default_rng(0).permutation(sentences)[:primer]] = True
        for member in range(members):
            yield np.flatnonzero((part != member) & learned), np.flatnonzero(part == member)


@dataclass(frozen=True)
class Fitted:
    """A trained family: what `save` writes, and what its members said of rows they never saw."""

    family: str
    about: dict[str, Any]
    arrays: dict[str, np.ndarray]
    lists: dict[str, list[str]]
    #: Margin of each training row, by the member that left it out.
    out_of_fold: np.ndarray
    #: The trainer's own objects, one a member; for research and for the tests of parity.
    native: Sequence[Any] = ()

    def save(self, folder: Path, rows: TrainingRows, seed: int) -> str:
        """Calibrate on the rows left out and write the artefact; returns its digest."""
        counted = representative(rows)
        weights = rows.weights(1.0)[counted]
        calibration = calibrate(
            self.out_of_fold[counted], rows.labels[counted], rows.lengths[counted], weights
        )
        about = {
            "family": self.family,
            "text_version": TextPipeline.version,
            "seed": seed,
            "base_rate": float(np.average(rows.labels[counted], weights=weights)),
            "calibration": asdict(calibration),
            **self.about,
        }
        return artefact.write(folder, about, self.arrays, self.lists)


def assign_folds(keys: Sequence[str] | np.ndarray, seed: int) -> np.ndarray:
    """A fold for each row, about evenly; rows of equal key (twins) share theirs."""
    distinct, which = np.unique(np.asarray(keys), return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(distinct)) % FOLDS
    return np.asarray(fold[which])


def representative(rows: TrainingRows) -> np.ndarray:
    """Which rows say how often a margin is right: the reviews, or all where those are too few."""
    reviews = rows.reviews
    fewer = np.bincount(rows.labels[reviews], minlength=2).min()
    return reviews if fewer >= CALIBRATION_ROWS else np.ones_like(reviews)


def calibrate(
    margins: np.ndarray, labels: np.ndarray, lengths: np.ndarray, weights: np.ndarray
) -> Calibration:
    """Platt's sigmoid with an intercept for each length.

    Customers who write little are mostly glad. By their odds alone a few words of anger would have
    to be clearer than few words can be: there blame weighs more, SHORT_BLAME.
    """
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(labels)) < 2:
        return Calibration(1.0, 0.0)
    near = near_lengths(lengths)
    weights = weights * np.where(labels == 0, near @ np.array(SHORT_BLAME), 1)
    # The penalty is for the intercepts, where few reviews have a length; the slope feels none.
    scale = 100 / max(float(margins.std()), 1e-6)
    features = np.column_stack([margins * scale, near])
    fit = LogisticRegression(solver="newton-cholesky").fit(features, labels, sample_weight=weights)
    slope, *by_length = fit.coef_[0].tolist()
    return Calibration(slope * scale, float(fit.intercept_[0]), by_length)
