"""What a negation reaches."""

import pytest

from satispy.language import TextPipeline

PIPELINE = TextPipeline()


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("je ne recommande pas", {"recommander"}),
        ("je ne vous recommande vraiment pas", {"recommander", "vous", "vraiment"}),
        ("pas du tout satisfaite", {"satisfaire"}),
        ("je recommande pas", {"recommander"}),
        ("je vous le recommande pas", {"recommander"}),
        ("ça marche pas", {"marche"}),
        ("je suis contente pas de souci", {"souci"}),
        ("livraison rapide pas cher", {"cher"}),
        ("jamais reçu", {"recevoir"}),
        ("aucun suivi", {"suivi"}),
        ("sans problème", {"probleme"}),
        ("plus jamais", {"jamais"}),
        ("plus rapide", set()),
        ("pas de souci mais cassé", {"souci"}),
        ("livraison rapide, pas de problème", {"probleme"}),
    ],
)
def test_a_word_that_is_denied_is_not_said(text: str, denied: set[str]) -> None:
    words = PIPELINE.polar_words(PIPELINE.tokens(text))
    assert {word.removeprefix("¬") for word in words if word.startswith("¬")} >= denied
    assert not denied & set(words)


def test_missing_accents_and_repeated_letters_make_no_other_word() -> None:
    words = [PIPELINE.polar_words(PIPELINE.tokens(text)) for text in ("nul", "nuuuul")]
    assert words[0] == words[1]
