"""Which groups of words pushed, and by how much."""

import numpy as np
import pytest

from satispy.language import TextPipeline
from satispy.models.explaining import EXACT, groups, pushes, spelt

POINTS = {"parfait": 0.3, "nul": -0.4, "retard": -0.2}


def asked(texts: list[list[str]]) -> np.ndarray:
    """Adds the points of each word; « pas » turns them round."""
    found = [
        (-1 if "pas" in text else 1) * sum(POINTS.get(word, 0.0) for word in text) for text in texts
    ]
    return 0.5 + np.array(found)


def said_as_one(text: str) -> list[str]:
    tokens = TextPipeline().tokens(text)
    return [spelt(tokens[begin:end]) for begin, end in groups(tokens)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Je ne recommande pas ce site", ["je", "ne recommande pas", "ce", "site"]),
        ("Je n'ai jamais reçu mon colis", ["je", "n'ai jamais reçu", "mon", "colis"]),
        ("Pas du tout contente", ["pas du tout contente"]),
        ("aucun souci, rapide", ["aucun souci", "rapide"]),
        ("de plus en plus rapide", ["de", "plus", "en", "plus", "rapide"]),
        ("", []),
    ],
)
def test_a_negation_is_one_with_what_it_denies(text: str, expected: list[str]) -> None:
    assert said_as_one(text) == expected


def test_groups_are_all_tokens_in_their_order() -> None:
    tokens = TextPipeline().tokens("ne prenez pas rien ni personne, pas plus jamais sans suivi !")
    spans = groups(tokens)
    assert [at for begin, end in spans for at in range(begin, end)] == list(range(len(tokens)))


@pytest.mark.parametrize("neutral", [2, EXACT + 5])
def test_each_word_pushes_its_own_points_where_points_add_up(neutral: int) -> None:
    tokens = ["parfait", "retard", *(f"mot{at}" for at in range(neutral))]
    found = dict(pushes(tokens, asked, 60)[0])
    assert found["parfait"] == pytest.approx(0.3)
    assert found["retard"] == pytest.approx(-0.2)
    assert found["mot0"] == pytest.approx(0)


def test_exact_shares_add_up_to_what_the_whole_text_changes() -> None:
    tokens = ["parfait", "pas", "nul", "retard"]
    found, method = pushes(tokens, asked, 60)
    assert sum(push for _, push in found) == pytest.approx(asked([tokens])[0] - asked([[]])[0])
    assert method == "Shapley values"


def test_a_long_text_tells_the_strongest_only() -> None:
    tokens = [f"mot{at}" for at in range(300)] + ["nul", "parfait"]
    found = dict(pushes(tokens, asked, 5)[0])
    assert len(found) == 5
    assert {"nul", "parfait"} <= set(found)
