"""The behavioural suite, and what the text pipeline guarantees for any model."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from satispy.language import TextPipeline
from satispy.models.log_odds import KINDS, LogOdds
from satispy.models.polarity import Coefficients, Polarity, Read
from satispy.models.sentiment import Calibration, Documents, SentimentModel
from satispy.primer import sentences
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


#: Finds no terms: WordList reads words by itself.
NO_TERMS = Polarity(LogOdds([], np.zeros((0, KINDS))), Coefficients([], np.zeros(0)))


class WordList:
    """Counts praise and blame, blame thrice."""

    finder = NO_TERMS

    def read(self, documents: Documents, terms: Read) -> tuple[Documents, np.ndarray]:
        return documents, known(documents)

    def margins(self, documents: Documents) -> np.ndarray:
        margins = [sum(t in GOOD for t in d) - 3 * sum(t in BAD for t in d) for d in documents]
        return np.array(margins, dtype=float)


def model(words: WordList) -> SentimentModel:
    return SentimentModel("gbc", "", 0.7, Calibration(1.0, 0.0), words, words, {})


MODEL = model(WordList())


class Reader(WordList):
    """Has read every remark, and remembers it with or without its accents."""

    blame = frozenset(
        " ".join(TextPipeline().tokens(text))
        for each in behaviour.remarks()
        if each.label == "negative"
        for text in (each.text, each.text.translate(behaviour.ACCENTS))
    )

    def read(self, documents: Documents, terms: Read) -> tuple[Documents, np.ndarray]:
        words = [
            sum(t[0].isalpha() and t != "zzxqv" and t != "wqxzk" for t in d) for d in documents
        ]
        pictures = [sum(t > "\u2190" for t in d) for d in documents]
        return documents, np.array(words) + np.array(pictures)

    def margins(self, documents: Documents) -> np.ndarray:
        return np.array([-9.0 if " ".join(each) in self.blame else 9.0 for each in documents])


def test_who_answers_as_a_french_reader_passes() -> None:
    shares = behaviour.examine(model(Reader()))
    assert set(shares) == set(behaviour.REQUIRED)
    assert behaviour.failed(shares) == []


def test_there_are_at_least_150_remarks_and_as_many_of_each_label_in_each_kind() -> None:
    remarks = behaviour.remarks()
    assert len({each.text for each in remarks}) == len(remarks) >= 150
    for kind in behaviour.KINDS:
        labels = [each.label for each in remarks if each.kind == kind]
        assert len(labels) >= 16
        assert labels.count("negative") == labels.count("positive") == len(labels) / 2
    assert {each.kind for each in remarks} == set(behaviour.KINDS)


def test_no_remark_stands_in_the_primer_or_is_near_to_a_sentence_of_it() -> None:
    plain = TextPipeline().normalise
    asked = [each.text for each in behaviour.remarks()]
    known = [each.text for each in sentences()]
    assert not {*map(plain, asked)} & {*map(plain, known)}
    pieces = CountVectorizer(
        analyzer="char_wb", ngram_range=(3, 3), binary=True, preprocessor=plain
    )
    pieces.fit([*asked, *known])
    ours, theirs = pieces.transform(asked), pieces.transform(known)
    shared = (ours @ theirs.T).toarray()
    either = ours.sum(axis=1) + theirs.sum(axis=1).T - shared
    near = np.asarray(shared / either).max(axis=1)
    assert not [text for text, share in zip(asked, near, strict=True) if share > 0.65]


def test_a_model_that_always_says_positive_fails() -> None:
    class Flatterer(Reader):
        blame = frozenset()

    shares = behaviour.examine(model(Flatterer()))
    failed = behaviour.failed(shares)
    assert {f"{kind} (negative)" for kind in ("all", *behaviour.KINDS)} == set(failed)


def test_an_explanation_tells_which_way_words_pushed_and_keeps_a_negation_together() -> None:
    explanation = MODEL.explain("Service parfait mais colis jamais reçu")
    pushes = dict(explanation.words)
    assert pushes["parfait"] > 0 > pushes["jamais reçu"]
    assert pushes["service"] == pytest.approx(0)
    assert explanation.method == "Shapley values"


def test_probabilities_stay_finite_for_any_margin() -> None:
    told = Calibration(5.0, 0.0).probabilities(np.array([-1e6, 0.0, 1e6]), [1, 9, 99])
    assert told.tolist() == [0.0, 0.5, 1.0]
