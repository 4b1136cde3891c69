"""Word weights on the text that somebody typed."""

from satispy.client.types import Contribution
from satispy.dashboard.explaining import highlighted, strongest


def weights(**words: float) -> list[Contribution]:
    return [Contribution(word=word, weight=weight) for word, weight in words.items()]


def test_the_pieces_together_are_the_text() -> None:
    text = "  Très déçue !! Livraison\tEN retard, 3 semaines… 😡"
    assert "".join(piece.text for piece in highlighted(text, weights(retard=-1.0))) == text


def test_a_word_is_marked_whatever_its_case_and_accents() -> None:
    marked = [p.text for p in highlighted("Déçue par tout", weights(decue=-0.4)) if p.share]
    assert marked == ["Déçue"]


def test_a_lemma_marks_its_inflected_form() -> None:
    marked = [p for p in highlighted("livraisons rapides", weights(rapide=0.3)) if p.share > 0]
    assert [p.text for p in marked] == ["rapides"]


def test_short_words_are_marked_only_when_they_are_the_same() -> None:
    assert not [p for p in highlighted("passer", weights(pas=-0.3)) if p.share]


def test_a_negation_is_marked_as_one_and_its_words_elsewhere_are_not() -> None:
    given = [
        Contribution(word="n'ai jamais reçu", weight=-0.5),
        Contribution(word="pas cher", weight=0.4),
    ]
    pieces = highlighted("Pas cher, mais je n’ai jamais reçu mon colis, pas un mot", given)
    assert [(p.text, p.share) for p in pieces if p.share] == [
        ("Pas", 0.8),
        ("cher", 0.8),
        *[(word, -1.0) for word in ("n", "ai", "jamais", "reçu")],
    ]


def test_an_n_gram_marks_each_of_its_words() -> None:
    given = [Contribution(word="jamais recu", weight=-0.5)]
    marked = [p.text for p in highlighted("Colis jamais reçu", given) if p.share]
    assert marked == ["jamais", "reçu"]


def test_shares_are_relative_to_the_strongest_word_and_faint_ones_are_left_plain() -> None:
    pieces = highlighted("ravie retard robe", weights(ravie=2.0, retard=-1.0, robe=0.01))
    shares = {p.text: p.share for p in pieces if not p.text.isspace()}
    assert shares == {"ravie": 1.0, "retard": -0.5, "robe": 0.0}


def test_the_strongest_words_come_first_whatever_their_sign() -> None:
    words = strongest(weights(robe=0.1, retard=-0.9, ravie=0.5))
    assert [w.word for w in words] == ["retard", "ravie", "robe"]


def test_no_weights_mark_nothing() -> None:
    assert [p.share for p in highlighted("robe", [])] == [0.0]
    assert strongest([]) == []
