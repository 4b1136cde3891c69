"""What a model answers: a label, a probability that means something, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from satispy.language import TextPipeline
from satispy.models.explaining import pushes
from satispy.models.polarity import Polarity, Read

Documents = Sequence[list[str]]
Label = Literal["positive", "negative", "unknown"]
BATCH = 256


class Prediction(NamedTuple):
    label: Label
    #: P(positive), calibrated. An unknown text has the share of positive reviews in training.
    probability: float
    known_words: int


@dataclass(frozen=True)
class Explanation:
    """How much each group of words that are said as one (« ne recommande pas ») pushed P(positive).

    Above zero towards positive, in points of it.
    """

    prediction: Prediction
    words: list[tuple[str, float]]
    method: str


class Vectorizer(Protocol):
    """From tokens to features. Models may share one: what it reads for one serves the other."""

    @property
    def finder(self) -> Polarity:
        """What finds the terms of texts; vectorizers that differ may share it."""
        ...

    def read(self, documents: Documents, terms: Read) -> tuple[Any, np.ndarray]:
        """Features as the classifier takes them, and the number of known words of each text.

        terms: what its `finder` read of these documents.
        """
        ...


class Classifier(Protocol):
    def margins(self, features: Any) -> np.ndarray:
        """Above zero: positive."""
        ...


#: Tokens between which the calibration follows a text's length, on a logarithmic scale.
LENGTHS = (3, 5, 9, 14, 24, 48, 96)
_KNOTS = np.log(LENGTHS)


@dataclass(frozen=True)
class Calibration:
    """Platt's sigmoid, from margins to probabilities; fitted on margins of rows left out.

    Its intercept goes from one of `by_length` to the next between LENGTHS; none: it is one for all.
    """

    slope: float
    intercept: float
    by_length: Sequence[float] = ()

    def probabilities(self, margins: np.ndarray, lengths: Sequence[int] | np.ndarray) -> np.ndarray:
        """Of texts with these margins and so many tokens."""
        z = self.slope * margins + self.intercept
        if self.by_length:
            z += np.interp(log_length(lengths), _KNOTS, self.by_length)
        # 1 / (1 + exp(-z)), without overflow.
        return np.exp(-np.logaddexp(0, -z))


def log_length(lengths: Sequence[int] | np.ndarray) -> np.ndarray:
    return np.log(np.maximum(lengths, 1))


def near_lengths(lengths: np.ndarray) -> np.ndarray:
    """How near each text is to each of LENGTHS: float64 (texts, 7), which add up to 1."""
    at = log_length(lengths)
    ones = np.eye(len(LENGTHS))
    return np.column_stack([np.interp(at, _KNOTS, one) for one in ones])


@dataclass(frozen=True)
class SentimentModel:
    """One trained model, ready to answer; holds no more than arrays and is safe to share."""

    family: str
    digest: str
    base_rate: float
    calibration: Calibration
    vectorizer: Vectorizer
    classifier: Classifier
    #: The whole of model.json: parameters, versions, pinned word vectors.
    about: dict[str, Any]
    folder: Path | None = None

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        tokens = TextPipeline().tokens
        return self.predict_tokens([tokens(text) for text in texts])

    def predict_tokens(self, documents: Documents) -> list[Prediction]:
        """`predict` for texts that are tokenised already."""
        probabilities, known = (each.tolist() for each in self.probabilities(documents))
        return [Prediction(label(p, k), p, k) for p, k in zip(probabilities, known, strict=True)]

    def probabilities(self, documents: Documents) -> tuple[np.ndarray, np.ndarray]:
        """P(positive) and number of known words; texts with no known word get the base rate."""
        [probabilities], [known] = judged([self], documents)
        return probabilities, known

    def explain(self, text: str, limit: int = 40) -> Explanation:
        """What each group of words adds, in their order; of a long text the `limit` strongest."""
        tokens = TextPipeline().tokens(text)
        words, method = pushes(tokens, self._calibrated, limit)
        return Explanation(self.predict_tokens([tokens])[0], words, method)

    def _calibrated(self, documents: Documents) -> np.ndarray:
        """P(positive), also of texts with no known word: nothing is where an explanation starts."""
        parts = [documents[at : at + BATCH] for at in range(0, len(documents), BATCH)]
        read, terms = self.vectorizer.read, self.vectorizer.finder.read
        margins = [self.classifier.margins(read(part, terms(part))[0]) for part in parts]
        lengths = list(map(len, documents))
        return self.calibration.probabilities(np.concatenate(margins), lengths)


def judged(models: Sequence[SentimentModel], documents: Documents) -> tuple[np.ndarray, np.ndarray]:
    """P(positive) and the number of known words, of each model, of each text.

    Texts with no known word get the base rate. What models share reads once.
    """
    probabilities = np.zeros((len(models), len(documents)))
    known = np.zeros((len(models), len(documents)), dtype=int)
    for start in range(0, len(documents), BATCH):
        part = slice(start, start + BATCH)
        texts = list(documents[part])
        lengths = list(map(len, texts))
        terms: dict[int, Read] = {}
        was_read: dict[int, tuple[Any, np.ndarray]] = {}
        for at, model in enumerate(models):
            vectorizer = model.vectorizer
            if id(vectorizer) not in was_read:
                finder = vectorizer.finder
                if id(finder) not in terms:
                    terms[id(finder)] = finder.read(texts)
                was_read[id(vectorizer)] = vectorizer.read(texts, terms[id(finder)])
            features, words = was_read[id(vectorizer)]
            margins = model.classifier.margins(features)
            calibrated = model.calibration.probabilities(margins, lengths)
            probabilities[at, part] = np.where(words > 0, calibrated, model.base_rate)
            known[at, part] = words
    return probabilities, known


def label(probability: float, known_words: int) -> Label:
    if known_words == 0:
        return "unknown"
    return "positive" if probability >= 0.5 else "negative"
