"""The behavioural suite, and what the text pipeline guarantees for any model."""

import numpy as np

from satispy.models.sentiment import Calibration, Documents, SentimentModel
from satispy.promotion import behaviour

GOOD = (
    "recommande",
    "parfait",
    "satisfaite",
    "rapide",
    "adore",
    "excellent",
    "contente",
    "qualité",
)
BAD = ("jamais", "pas", "déçue", "injoignable", "arnaque", "mauvaise", "honte")


def known(documents: Documents) -> np.ndarray:
    return np.array([sum(t in GOOD or t in BAD for t in d) for d in documents])


class WordList:
    """Counts praise and blame, blame thrice."""

    def read(self, documents: Documents) -> tuple[Documents, np.ndarray]:
        return documents, known(documents)

    def margins(self, documents: Documents) -> np.ndarray:
        margins = [sum(t in GOOD for t in d) - 3 * sum(t in BAD for t in d) for d in documents]
        return np.array(margins, dtype=float)


def model(words: WordList) -> SentimentModel:
    return SentimentModel("gbc", "", 0.7, Calibration(1.0, 0.0), words, words, {})


MODEL = model(WordList())


def test_a_model_that_knows_praise_blame_and_negation_passes() -> None:
    shares = behaviour.examine(MODEL)
    assert not {"negation", "case", "elision", "unknown", "length"} & set(behaviour.failed(shares))


def test_a_model_that_always_says_positive_fails() -> None:
    class Flatterer(WordList):
        def margins(self, documents: Documents) -> np.ndarray:
            return np.full(len(documents), 9.0)

    shares = behaviour.examine(model(Flatterer()))
    assert {"plain", "negation"} <= set(behaviour.failed(shares))


def test_leaving_a_word_out_tells_which_way_it_pushed() -> None:
    explanation = MODEL.explain("Service parfait mais colis jamais reçu")
    pushes = dict(explanation.words)
    assert pushes["parfait"] > 0 > pushes["jamais"]
    assert pushes["service"] == 0
    assert explanation.method == "leave-one-word-out"


def test_probabilities_stay_finite_for_any_margin() -> None:
    told = Calibration(5.0, 0.0).probabilities(np.array([-1e6, 0.0, 1e6]))
    assert told.tolist() == [0.0, 0.5, 1.0]
