"""Terms counted as numbers, some texts at a time, are those of the texts one by one."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.models.log_odds import polar_terms, written
from satispy.models.terms import ngrams
from satispy.models.training import counted
from satispy.models.training.log_odds import polar_corpus
from satispy.models.training.rows import TrainingRows

WORDS = ["je", "ne", "suis", "pas", "contente", "!", "<2 digits>", "jamais", "reçu", "à", "plus"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=9), max_size=12)


@pytest.fixture(autouse=True)
def _few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "AT_ONCE", 3)


@given(TEXTS)
def test_terms_stand_in_as_many_texts_as_counting_says(texts: list[list[str]]) -> None:
    times = Counter(term for text in texts for term in set(ngrams(text)))
    for least in (1, 2, 3):
        expected = sorted(term for term, count in times.items() if count >= least)
        assert counted.vocabulary(Corpus.of(texts), least) == expected


@given(TEXTS)
def test_each_text_has_its_terms_once_in_the_order_of_their_first_use(
    texts: list[list[str]],
) -> None:
    corpus = Corpus.of(texts)
    terms = counted.seen(corpus).in_texts(1).terms
    places, bounds = counted.incidence(corpus, terms)
    names = counted.spelled(corpus.vocabulary, terms)
    assert names == list(dict.fromkeys(term for text in texts for term in ngrams(text)))
    for at, text in enumerate(texts):
        own = places[bounds[at] : bounds[at + 1]]
        assert [names[place] for place in own] == list(dict.fromkeys(ngrams(text)))


@settings(deadline=None)  # the first word loads the lemmas
@given(TEXTS)
def test_polar_words_of_a_corpus_are_those_of_its_texts(texts: list[list[str]]) -> None:
    pipeline = TextPipeline()
    corpus = polar_corpus(Corpus.of(texts))
    assert list(corpus) == [pipeline.polar_words(text) for text in texts]
    terms = counted.seen(corpus).in_texts(1).terms
    expected = dict.fromkeys(written(t) for text in texts for t in polar_terms(text, pipeline))
    assert counted.spelled(corpus.vocabulary, terms) == list(expected)


def test_some_rows_are_left_with_their_own_texts() -> None:
    rows = TrainingRows(
        Corpus.of([["bien"], ["nul", "!"], ["bof"]]), np.array([1, 0, 0]), np.array([0, 5, 7])
    )
    part = rows.at([2, 0])
    assert list(part.documents) == [["bof"], ["bien"]]
    assert part.folds.tolist() == [1, 0]
