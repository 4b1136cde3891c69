"""The three families, their ensemble and the linear baseline, trained by the steps of a retrain."""

import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from satispy.embeddings import WordVectors
from satispy.embeddings import train as train_vectors
from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.models import FAMILIES
from satispy.models.families import load
from satispy.models.parameters import Parameters
from satispy.models.sentiment import SentimentModel
from satispy.models.training.linear import Linear
from satispy.models.training.polarity import fit_polarity
from satispy.retraining.prepare import read_texts, split
from satispy.retraining.train import fit
from satispy.reviews import ReviewSet, ReviewTable
from satispy.runs.prepared import Prepared
from satispy.runs.primed import with_primer
from satispy.runs.split import on_test_side
from satispy.storage import Store

MODELS = (*FAMILIES, "ensemble", "linear")


@dataclass(frozen=True)
class Scorers:
    """What one seed trained, and the test rows (in merge order) that it did not learn from."""

    test: np.ndarray
    documents: Corpus
    labels: np.ndarray
    unseen: np.ndarray
    base_rate: float
    families: dict[str, SentimentModel]
    linear: Linear

    def ask(self, model: str, documents: Iterable[list[str]]) -> np.ndarray:
        """P(positive) of each text; NaN where the model knows no word of it."""
        texts = list(documents)
        if model == "linear":
            return self.linear.probabilities(texts)
        asked = self.families.values() if model == "ensemble" else [self.families[model]]
        said = []
        for each in asked:
            probabilities, known = each.probabilities(texts)
            said.append(np.where(known > 0, probabilities, np.nan))
        knowing = np.sum(~np.isnan(said), axis=0)
        return np.where(knowing > 0, np.nansum(said, axis=0) / np.maximum(knowing, 1), np.nan)


def newest(store: Store, seed: int) -> tuple[ReviewSet, Prepared]:
    """All reviews, and how a run of this seed splits them: the test part is the published one."""
    reviews = ReviewTable(store).read()
    test = on_test_side("published", reviews.ids)
    ready = split(read_texts(reviews.texts), reviews.stars, test, seed, sources=reviews.sources)
    return reviews, ready


def scorers(
    ready: Prepared, seed: int, *, primer: bool = True, learn: Sequence[int] | None = None
) -> Scorers:
    """Learn from these training rows only (by default all), and from the primer or not."""
    reviews = ready.training()
    if learn is not None:
        reviews = reviews.at(learn)
    rows = with_primer(reviews, primer)
    rows = rows.polarised(fit_polarity(rows))
    documents, labels, unseen = ready.testing()
    with tempfile.TemporaryDirectory() as scratch:
        vectors = Path(scratch) / "vectors"
        words = TextPipeline().words
        train_vectors(rows.documents.map(words), seed=seed).save(vectors)
        table = WordVectors.open(vectors)
        wide = replace(rows, vectors=table)

        def family(name: str) -> SentimentModel:
            folder = Path(scratch) / name
            fit(name, wide, Parameters(), seed).save(folder, wide, seed)
            return load(folder, None if name == "gbc" else vectors)

        with ThreadPoolExecutor(2) as pool:  # the trainers compute outside of Python's lock
            families = dict(zip(FAMILIES, pool.map(family, FAMILIES), strict=True))
    test = np.flatnonzero(ready.test)
    base_rate = float(rows.labels[rows.reviews].mean()) if rows.reviews.any() else 0.5
    return Scorers(test, documents, labels, unseen, base_rate, families, Linear(rows))
