"""The primer: what every retrain learns from beside the reviews."""

import re
import subprocess
import sys
from collections import Counter

import pytest

from satispy.language import TextPipeline
from satispy.primer import digest, sentences
from satispy.primer.french import Noun, join
from satispy.primer.grammar import QUOTAS
from satispy.primer.lexicon import ASPECTS, aspect
from satispy.reviews.masking import mask

TOPICS = (
    "livraison", "colis", "commande", "retard", "remboursement", "retour", "carton", "service",
    "client", "réponse", "prix", "site", "qualité", "taille", "produit", "article", "livreur",
    "emballage", "sav", "échange", "problème", "délais",
)  # fmt: skip


def test_there_are_thousands_and_no_two_are_the_same_to_the_text_pipeline() -> None:
    plain = [TextPipeline().normalise(each.text) for each in sentences()]
    assert 4_000 <= len(plain) <= 15_000
    assert len(set(plain)) == len(plain)
    assert all(plain)


@pytest.mark.parametrize("part", ["kind", "aspect"])
def test_praise_and_blame_are_about_as_many_in_each_aspect_and_form(part: str) -> None:
    rows = Counter(getattr(each, part) for each in sentences())
    praise = Counter(getattr(each, part) for each in sentences() if each.label)
    assert set(rows) == set(QUOTAS if part == "kind" else ASPECTS)
    assert {name: praise[name] / rows[name] for name in rows} == pytest.approx(
        dict.fromkeys(rows, 0.5), abs=0.06
    )


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_praised_about_as_often_as_it_is_blamed(topic: str) -> None:
    labels = [each.label for each in sentences() if topic in TextPipeline().tokens(each.text)]
    assert len(labels) >= 20
    assert 0.3 <= sum(labels) / len(labels) <= 0.7


def test_length_says_nothing() -> None:
    tokens = TextPipeline().tokens
    for few, many in ((1, 2), (3, 4), (5, 7), (8, 12)):
        labels = [each.label for each in sentences() if few <= len(tokens(each.text)) <= many]
        assert sum(labels) / len(labels) == pytest.approx(0.5, abs=0.07)
    assert max(len(tokens(each.text)) for each in sentences()) <= 30


def test_another_process_writes_the_same_sentences() -> None:
    code = "from satispy.primer import digest; print(digest())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest()


def test_no_sentence_holds_personal_data_or_an_unfilled_slot() -> None:
    for each in sentences():
        assert mask(each.text) == each.text
        assert not re.search(r"[{}<>\[\]~]", each.text)
        assert "@" not in each.text


def test_every_clause_of_the_lexicon_without_a_slot_is_said() -> None:
    said = {TextPipeline().normalise(each.text): each.label for each in sentences()}
    for name in ASPECTS:
        for label in (0, 1):
            for clause in aspect(name).clauses.of(label):
                if not re.search(r"[{<\[]", clause):
                    assert said[TextPipeline().normalise(clause)] == label, clause


@pytest.mark.parametrize(
    ("noun", "words", "agreed"),
    [
        ("la livraison", "soigné", "soignée"),
        ("les délais m", "mal géré", "mal gérés"),
        ("les bottes", "affreux", "affreuses"),
        ("la semelle", "doux", "douce"),
        ("les prix m", "hors de prix", "hors de prix"),
        ("la photo", "trompeur", "trompeuse"),
        ("les sandales", "est", "sont"),
    ],
)
def test_words_agree_with_their_noun(noun: str, words: str, agreed: str) -> None:
    assert Noun.parse(noun).agree(words) == agreed


def test_determiners_contract_and_elide_but_pronouns_do_not() -> None:
    coat, scarf = Noun.parse("le manteau"), Noun.parse("l'écharpe f")
    assert join(f"déçue de {coat.after('le')}") == "déçue du manteau"
    assert join(f"déçue de {scarf.after('le')}") == "déçue de l'écharpe"
    assert join(f"un amour de {scarf.after('')}") == "un amour d'écharpe"
    assert (scarf.after("mon"), scarf.after("ce")) == ("~mon écharpe", "~cette écharpe")
    assert join("impossible de les joindre") == "impossible de les joindre"
