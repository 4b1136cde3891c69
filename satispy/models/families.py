"""The three families as they answer: from a saved folder to a model. NumPy only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from satispy.errors import BrokenArtefact
from satispy.language import TextPipeline
from satispy.models import artefact
from satispy.models.artefact import Artefact
from satispy.models.bag import BagOfWords
from satispy.models.kernel import KernelMachine
from satispy.models.leaning import Leaning
from satispy.models.network import Committee, Network
from satispy.models.pooling import Pooling
from satispy.models.sentiment import Calibration, Documents, Scorer, SentimentModel
from satispy.models.trees import Forest

FAMILIES = ("gbc", "svm", "ann")


class Decider(Protocol):
    def margins(self, features: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True)
class BagScorer:
    bag: BagOfWords
    forest: Forest

    def scores(self, documents: Documents) -> tuple[np.ndarray, np.ndarray]:
        rows, terms = self.bag.occurrences(documents)
        margins = self.forest.margins(len(documents), rows, terms)
        return margins, self.bag.known(len(documents), rows, terms)


@dataclass(frozen=True)
class PooledScorer:
    pooling: Pooling
    decider: Decider

    def scores(self, documents: Documents) -> tuple[np.ndarray, np.ndarray]:
        features, known = self.pooling.pool(documents)
        return self.decider.margins(features), known


def load(folder: Path, vectors: Path | None = None) -> SentimentModel:
    """Open a saved model; `vectors` is the folder of the word vectors that svm and ann pin.

    `ModelStore.load(tag)` finds both. Raises BrokenArtefact for bytes that are not those saved.
    """
    saved = artefact.read(folder)
    about = saved.about
    if about["text_version"] != TextPipeline.version:
        raise BrokenArtefact(
            f"{folder} was trained on text pipeline {about['text_version']}, this is "
            f"{TextPipeline.version}: retrain, or run the version of satispy that made it"
        )
    return SentimentModel(
        family=about["family"],
        digest=saved.digest,
        base_rate=about["base_rate"],
        calibration=Calibration(**about["calibration"]),
        scorer=_scorer(saved, folder, vectors),
        about=about,
        folder=folder,
    )


def _scorer(saved: Artefact, folder: Path, vectors: Path | None) -> Scorer:
    if saved.about["family"] == "gbc":
        return BagScorer(BagOfWords(saved.lists["terms"]), _forest(saved))
    if vectors is None:
        raise BrokenArtefact(f"{folder} pins word vectors {saved.about['vectors']}: give them too")
    from satispy.embeddings import WordVectors

    table = WordVectors.open(vectors)
    if table.digest != saved.about["vectors"]:
        raise BrokenArtefact(
            f"{vectors} holds word vectors {table.digest}, {folder} pins {saved.about['vectors']}"
        )
    pooling = Pooling(
        vectors=table,
        words=TextPipeline().words,
        weights=dict(zip(saved.lists["words"], saved.arrays["weights"].tolist(), strict=True)),
        unseen=saved.about["unseen"],
        leaning=Leaning(
            dict(zip(saved.lists["terms"], saved.arrays["leans"].tolist(), strict=True))
        ),
        centre=saved.arrays["centre"],
        scale=saved.arrays["scale"],
    )
    return PooledScorer(pooling, _kernel(saved) if "gamma" in saved.about else _committee(saved))


def _forest(saved: Artefact) -> Forest:
    names = ("roots", "feature", "threshold", "left", "right", "value")
    return Forest(**{name: saved.arrays[name] for name in names})


def _kernel(saved: Artefact) -> KernelMachine:
    return KernelMachine(
        saved.arrays["support_vectors"],
        saved.arrays["coefficients"],
        saved.about["intercept"],
        saved.about["gamma"],
    )


def _committee(saved: Artefact) -> Committee:
    arrays = saved.arrays
    shape = saved.about["members"], saved.about["layers"]
    members = [
        Network([(arrays[f"weights-{m}-{n}"], arrays[f"bias-{m}-{n}"]) for n in range(shape[1])])
        for m in range(shape[0])
    ]
    return Committee(members)
