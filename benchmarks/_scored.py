"""The three families, their ensemble and the linear baseline, trained by the steps of a retrain."""

import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from satispy.models import FAMILIES
from satispy.models.parameters import Parameters
from satispy.models.sentiment import SentimentModel
from satispy.models.training.linear import Linear
from satispy.registry.store import ModelStore
from satispy.retraining.prepare import prepare
from satispy.retraining.train import train
from satispy.reviews import ReviewSet, ReviewTable
from satispy.runs.prepared import Prepared, key
from satispy.runs.primed import with_primer
from satispy.storage import Store

MODELS = (*FAMILIES, "ensemble", "linear")


@dataclass(frozen=True)
class Scorers:
    """What one seed trained, and the test rows (in merge order) that it did not learn from."""

    test: np.ndarray
    documents: list[list[str]]
    labels: np.ndarray
    unseen: np.ndarray
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


def scorers(store: Store, seeds: Sequence[int], *, primer: bool = True) -> list[Scorers]:
    """One of each seed, on the newest dataset version and its published split."""
    version = ReviewTable(store).version()
    assert version is not None
    trained = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            trained.append(_trained(store, ModelStore(Path(folder)), version, seed, primer))
    return trained


def _trained(store: Store, models: ModelStore, version: int, seed: int, primer: bool) -> Scorers:
    run = f"v{version:05d}-{seed}"
    prepared = prepare(store, models, run, version, seed=seed, side="published", primer=primer)
    parameters = Parameters()
    with ThreadPoolExecutor(2) as pool:  # the trainers compute outside of Python's lock
        fits = pool.map(lambda each: train(store, models, each, prepared, parameters), FAMILIES)
        tags = {each.family: each.tag for each in fits}
    ready = Prepared.from_bytes(store.read(key(run)))
    documents, labels, unseen = ready.testing()
    return Scorers(
        np.flatnonzero(ready.test),
        documents,
        labels,
        unseen,
        {family: models.load(tag) for family, tag in tags.items()},
        Linear(with_primer(ready.training(), prepared.primer, seed)),
    )


def newest(store: Store) -> ReviewSet:
    return ReviewTable(store).read()
