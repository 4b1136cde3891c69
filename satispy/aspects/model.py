"""Which aspects the words of a clause speak of: one logistic regression each, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from satispy.aspects.taxonomy import Taxonomy, parse
from satispy.errors import BrokenArtefact
from satispy.language import TextPipeline
from satispy.models import artefact
from satispy.models.bag import BagOfWords

FAMILY = "aspects"


@dataclass(frozen=True)
class AspectModel:
    """Serves from NumPy alone."""

    taxonomy: Taxonomy
    bag: BagOfWords
    #: float32 (terms + 1, aspects): the last row is the intercept.
    weights: np.ndarray
    digest: str = ""

    def probabilities(self, documents: Sequence[Sequence[str]]) -> np.ndarray:
        """Of each aspect, for the tokens of clauses: float64 (documents, aspects)."""
        texts, rows, terms = self.bag.occurrences(documents)
        # Each document begins with the intercept, so that none of the sums is of nothing.
        at = np.concatenate([np.arange(texts), rows])
        order = np.argsort(at, kind="stable")
        used = np.concatenate([np.full(texts, len(self.weights) - 1), terms])[order]
        if not texts:
            return np.zeros((0, len(self.taxonomy.aspects)))
        starts = np.flatnonzero(np.diff(at[order], prepend=-1))
        logits = np.add.reduceat(self.weights[used], starts)
        return np.asarray(1 / (1 + np.exp(-logits.astype(np.float64))))

    def save(self, folder: Path) -> str:
        """Returns the digest."""
        about = {
            "family": FAMILY,
            "names": self.taxonomy.names,
            "text_version": TextPipeline.version,
        }
        lists = {"terms": self.bag.terms, "taxonomy": [self.taxonomy.source]}
        return artefact.write(folder, about, {"weights": self.weights}, lists)


def load(folder: Path) -> AspectModel:
    """Raises BrokenArtefact for bytes that are not those saved, or of another text pipeline."""
    saved = artefact.read(folder)
    if saved.about.get("family") != FAMILY:
        raise BrokenArtefact(f"{folder} is a model of {saved.about.get('family')}, not of aspects")
    if saved.about["text_version"] != TextPipeline.version:
        raise BrokenArtefact(
            f"{folder} was trained on text pipeline {saved.about['text_version']}, this is "
            f"{TextPipeline.version}: retrain"
        )
    return AspectModel(
        parse(saved.lists["taxonomy"][0], "its taxonomy"),
        BagOfWords(saved.lists["terms"]),
        saved.arrays["weights"],
        saved.digest,
    )
