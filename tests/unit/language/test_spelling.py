from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satispy import primer
from satispy.language import TextPipeline
from satispy.language.spelling import spelled

PIPELINE = TextPipeline()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("problemes", "problèmes"),  # without accents
        ("deçue", "déçue"),
        ("impecable", "impeccable"),  # letters doubled or not
        ("merciiiii", "merci"),
        ("livrasion", "livraison"),  # two changed places
        ("emballge", "emballage"),  # one is missing
        ("produoit", "produit"),  # one too many
        ("transportaur", "transporteur"),  # another one
        ("kalité", "qualité"),  # as it is said
        ("réponce", "réponse"),
    ],
)
def test_a_typing_error_is_read_as_the_word_that_was_meant(typed, meant):
    assert spelled(typed) == meant


@pytest.mark.parametrize(
    "word", ["dont", "réellement", "propos", "chaînette", "samsung", "ok", "xyzzy"]
)
def test_french_names_and_what_resembles_nothing_stay_as_they_are(word):
    assert spelled(word) == word


def test_a_misspelled_negation_denies():
    assert PIPELINE.polar_words(PIPELINE.tokens("jamai recu")) == PIPELINE.polar_words(
        PIPELINE.tokens("jamais reçu")
    )


def test_two_reviews_of_which_one_has_typing_errors_are_no_duplicates():
    assert PIPELINE.normalise("livrasion") == "livrasion"


@given(st.text(alphabet=st.characters(categories=["Ll"]), min_size=1, max_size=60))
def test_a_corrected_word_is_not_corrected_again(word):
    assert spelled(spelled(word)) == spelled(word)


def test_what_the_primer_says_often_is_a_word_that_typing_errors_may_mean():
    """The primer's words changed? Write the new ones into satispy/language/words.txt."""
    said = Counter(
        token
        for sentence in primer.sentences()
        if sentence.kind not in ("typo", "jargon", "bare accents")
        for token in PIPELINE.tokens(sentence.text)
        if token.isalpha() and len(token) > 4
    )
    often = [word for word, times in said.items() if times >= 10]
    assert len(often) > 200
    assert [word for word in often if spelled(word) != word] == []
