"""Texts are read all at once; each says what it says by itself, term by term."""

from collections import Counter
from itertools import chain, pairwise

import numpy as np
import pytest

from satispy.language import TextPipeline
from satispy.models.bag import BagOfWords
from satispy.models.log_odds import KINDS, LogOdds, polar_terms, written
from satispy.models.polarity import Coefficients, Polarity
from satispy.models.terms import FEW, ngrams
from satispy.models.trees import TermsAndPolarity

TOKENS = TextPipeline().tokens
WORDS = [
    *("je", "ne", "recommande", "vraiment", "pas", "plus", "jamais", "ce", "site", "livraison"),
    *("trés", "tres", "rapide", "recomande", "livrason", "contente", "déçue", "n’ai", "rien"),
    *("12", "3", "!", "?", "😡", "👍", "nuuul", "R.A.S", "moi@exemple.fr", "¬", "<b>", "reçu"),
]
ODD = [
    "", " ", "…", "\ud83d seul \ude00", "😡😡😡", "x" * 20_000, "ne " * 900 + "pas", "<2 digits>",
    "n'est vraiment pas du tout satisfaite", "pas pas pas", "je recommande pas", "12 34 5 1234567",
]  # fmt: skip


def some_texts(count: int, seed: int) -> list[str]:
    draw = np.random.default_rng(seed)
    made = [" ".join(draw.choice(WORDS, size=draw.integers(30))) for _ in range(count)]
    return [*ODD, *made]


def read_alone(tokens: list[str], polarity: Polarity) -> tuple[list[float], int]:
    """The columns of one text, each of its terms looked up by itself; how many have log-odds."""
    log_odds = dict(zip(polarity.log_odds.terms, polarity.log_odds.values, strict=True))
    said = [log_odds[term] for term in map(written, polar_terms(tokens, TextPipeline()))
            if term in log_odds]  # fmt: skip
    values = np.array([np.zeros(KINDS), *said], dtype=np.float32)
    sums = np.add.reduceat(values, [0])[0] / np.sqrt(max(len(said), 1))
    of = dict(zip(polarity.coefficients.terms, polarity.coefficients.values, strict=True))
    terms = map(written, dict.fromkeys(chain(tokens, pairwise(tokens))))
    weighed = [of[term] for term in terms if term in of]
    logit = np.add.reduceat(np.array([0, *weighed], dtype=np.float32), [0])
    logit = logit / np.sqrt(max(len(weighed), 1))
    columns = np.concatenate([sums, values.max(axis=0), values.min(axis=0), logit])
    return columns.astype(np.float32).tolist(), len(said)


def learned(texts: list[str]) -> Polarity:
    """Values by lot, for two thirds of the terms of these texts."""
    random = np.random.default_rng(1)
    documents = [TOKENS(text) for text in texts]
    polar = {written(term) for each in documents for term in polar_terms(each, TextPipeline())}
    typed = {term for each in documents for term in ngrams(each)}
    kept = [[t for t in sorted(terms) if random.random() < 0.66] for terms in (polar, typed)]
    return Polarity(
        LogOdds(kept[0], random.normal(size=(len(kept[0]), KINDS)).astype(np.float32)),
        Coefficients(kept[1], random.normal(size=len(kept[1])).astype(np.float32)),
    )


POLARITY = learned(some_texts(40, seed=1))


@pytest.mark.parametrize("together", [1, 3, 32, 200])
def test_texts_read_together_say_what_each_says_term_by_term(together: int) -> None:
    documents = [TOKENS(text) for text in some_texts(190, seed=2)]
    for start in range(0, len(documents), together):
        part = documents[start : start + together]
        read = POLARITY.read(part)
        expected = [read_alone(document, POLARITY) for document in part]
        assert read.columns.tolist() == [columns for columns, _ in expected]
        assert read.known.tolist() == [known for _, known in expected]


def test_few_texts_and_many_are_read_alike() -> None:
    documents = [TOKENS(text) for text in some_texts(60, seed=3) if len(text) < 5 * FEW]
    together = POLARITY.read(documents).columns
    alone = [POLARITY.read([document]).columns[0] for document in documents]
    assert np.array_equal(together, np.array(alone))


def test_terms_of_trees_are_found_whether_or_not_the_regression_has_them() -> None:
    documents = [TOKENS(text) for text in some_texts(50, seed=4)]
    terms = sorted({term for each in documents for term in ngrams(each)})[::2]
    bag = BagOfWords(terms)
    vectorizer = TermsAndPolarity(bag, POLARITY)
    features, _ = vectorizer.read(documents, vectorizer.finder.read(documents))
    assert set(terms) - set(POLARITY.coefficients.terms)
    assert np.array_equal(features.columns, POLARITY.read(documents).columns)
    for found in (features.occurrences, bag.occurrences(documents)):
        for row, document in enumerate(documents):
            of_text = found.rows == row
            said = zip(found.terms[of_text], found.times[of_text], strict=True)
            counted = Counter(term for term in ngrams(document) if term in terms)
            assert {terms[at]: times for at, times in said} == counted


def test_a_word_that_a_thread_has_just_forgotten_is_found_again() -> None:
    documents = [TOKENS("je ne recommande pas")]
    before = POLARITY.read(documents).columns
    POLARITY._index._of_token.clear()
    assert np.array_equal(POLARITY.read(documents).columns, before)
