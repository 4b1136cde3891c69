"""A corpus reads as the lists of tokens that it was made of."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from satispy.language.corpus import Corpus

TEXTS = st.lists(st.lists(st.sampled_from(["bien", "nul", "très", "!"]), max_size=6), max_size=9)
DOCUMENTS = [["très", "bien"], [], ["bien", "livré", "bien"], ["nul"]]


@given(TEXTS, TEXTS)
def test_parts_that_are_joined_read_as_one_text_after_another(
    first: list[list[str]], second: list[list[str]]
) -> None:
    joined = Corpus.joined([Corpus.of(first), Corpus.of(second)])
    assert list(joined) == first + second
    assert joined.vocabulary == Corpus.of(first + second).vocabulary
    assert joined.lengths.tolist() == [len(each) for each in first + second]


@given(TEXTS, st.integers(-9, 9), st.integers(-9, 9), st.sampled_from([1, 2]))
def test_slices_and_rows_are_those_of_the_lists(
    texts: list[list[str]], begin: int, end: int, step: int
) -> None:
    corpus = Corpus.of(texts)
    assert list(corpus[begin:end:step]) == texts[begin:end:step]
    assert [corpus[at] for at in range(len(texts))] == texts
    rows = np.arange(len(texts))[::-1]
    assert list(corpus.take(rows)) == texts[::-1]
    assert list(corpus[begin:end].take(rows[:0])) == []


def test_a_slice_shares_the_tokens_and_counts_its_own() -> None:
    part = Corpus.of(DOCUMENTS)[2:]
    assert list(part) == DOCUMENTS[2:]
    assert part.lengths.tolist() == [3, 1]
    assert [part.vocabulary[code] for code in part.flat] == ["bien", "livré", "bien", "nul"]


def test_the_tokens_in_use_stand_in_the_order_of_their_first_use() -> None:
    words, place = Corpus.of(DOCUMENTS)[2:].used()
    assert words == ["bien", "livré", "nul"]
    assert place.tolist() == [-1, 0, 1, 2]


def test_each_token_becomes_the_word_that_is_made_of_it_or_none() -> None:
    corpus = Corpus.of(DOCUMENTS).map(lambda tokens: ["BIEN"] if tokens[0] != "très" else [])
    assert list(corpus) == [["BIEN"], [], ["BIEN"] * 3, ["BIEN"]]


def test_only_some_of_the_texts_are_taken() -> None:
    corpus = Corpus.of(DOCUMENTS)
    assert list(corpus.take(np.array([True, False, False, True]))) == [DOCUMENTS[0], DOCUMENTS[3]]
