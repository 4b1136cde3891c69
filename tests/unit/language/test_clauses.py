"""A review in clauses."""

import pytest

from satispy.language import TextPipeline
from satispy.language.clauses import clause_tokens, clauses
from satispy.plain_text import without_markup


def texts(review: str) -> list[str]:
    return [each.text for each in clauses(review)]


def test_but_and_its_like_begin_a_clause() -> None:
    assert texts("belle robe mais livrée en retard") == ["belle robe", "mais livrée en retard"]
    said = texts("Colis reçu vite par contre la taille ne va pas")
    assert said == ["Colis reçu vite", "par contre la taille ne va pas"]


def test_a_comma_cuts_only_between_clauses_of_some_length() -> None:
    assert texts("délais, tailles, couleurs") == ["délais, tailles, couleurs"]
    said = texts("la robe est très jolie, le colis est arrivé ouvert")
    assert said == ["la robe est très jolie", "le colis est arrivé ouvert"]


def test_and_cuts_before_a_new_subject_only() -> None:
    assert texts("envoi rapide et soigné cette fois") == ["envoi rapide et soigné cette fois"]
    said = texts("le pull est troué et le service ne répond pas")
    assert said == ["le pull est troué", "et le service ne répond pas"]


@pytest.mark.parametrize("text", ["payé 3.49 de port", "le s.a.v est nul", "sur boutique.com"])
def test_a_dot_within_a_number_an_abbreviation_or_a_name_ends_nothing(text: str) -> None:
    assert texts(text) == [text]


def test_a_dot_without_a_space_ends_a_sentence() -> None:
    assert texts("catastrophique.les délais sont faux") == [
        "catastrophique",
        "les délais sont faux",
    ]


@pytest.mark.parametrize(
    "review",
    [
        "Ça va.   Mais non !! (vraiment) ; bref",
        "Tr&egrave;s bien<br>et la livraison est rapide",
        "",
        "?!… , .",
        "a" * 5_000,
        "mais " * 2_000,
    ],
)
def test_each_clause_says_where_it_stands_and_no_word_is_lost(review: str) -> None:
    readable = without_markup(review)
    found = clauses(review)
    assert all(readable[each.start : each.end] == each.text for each in found)
    kept = "".join(each.text for each in found)
    assert [c for c in kept if c.isalnum()] == [c for c in readable if c.isalnum()]


@pytest.mark.parametrize(
    "review",
    [
        "Ça va.   Mais non !! (vraiment) ; bref, la robe est belle et le colis est arrivé",
        "payé 3.49 de port,livré le 12.03.\nLe S.A.V. dit « R.A.S. »... ras le bol",
        "Sur\tboutique.com. Bien",
        "Très 😡 déçue :( voir www.boutique.fr ou https://b.fr/a.html. \u0130zmir. e\u0301te\u0301",
        "Tr&egrave;s bien<br>et la livraison est rapide",
        "",
        "?!… , .",
        "livrason decu... mais " * 200,
    ],
)
def test_the_tokens_of_clauses_are_those_that_the_pipeline_makes_of_each(review: str) -> None:
    tokens = TextPipeline().tokens
    assert clause_tokens(review) == [tokens(each.text) for each in clauses(review)]
