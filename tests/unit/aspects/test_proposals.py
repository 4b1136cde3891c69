"""What no aspect names is proposed, and what says nothing is not."""

from satispy.aspects.model import AspectModel
from satispy.aspects.proposals import Proposal, proposals
from satispy.aspects.taxonomy import shipped

MODEL = AspectModel.of(shipped())
WINTER = ["la carte cadeau", "carte cadeau expirée", "ma carte cadeau expirée hier"]
PARKING = [
    "parking toujours complet",
    "le parking complet ce samedi",
    "parking complet chez Boutix",
]
FILLERS = ["je suis allé chez Boutix", "bonjour à toutes", "colis jamais reçu", "très déçue"]


def found() -> list[Proposal]:
    negative = [
        f"{FILLERS[at % 4]}. {(WINTER if at % 2 else PARKING)[at % 3]}." for at in range(120)
    ]
    others = ["je suis allé chez Boutix et bonjour à toutes, très contente"] * 60
    return proposals(MODEL, negative, others, ["Boutix"])


def test_what_no_aspect_names_is_proposed_with_its_phrases_and_examples() -> None:
    told = found()
    phrases = {phrase for each in told for phrase in each.phrases}
    assert "parking complet" in phrases
    assert any("carte cadeau" in phrase for phrase in phrases)
    parking = next(each for each in told if "parking complet" in each.phrases)
    assert parking.reviews >= 12
    assert all("parking" in example for example in parking.examples)


def test_one_theme_is_proposed_once() -> None:
    themes = [{"parking", "cadeau"} & {*" ".join(each.phrases).split()} for each in found()]
    assert sorted(map(sorted, themes)) == [["cadeau"], ["parking"]]


def test_names_tones_and_words_that_are_said_elsewhere_propose_nothing() -> None:
    words = {word for each in found() for phrase in each.phrases for word in phrase.split()}
    assert words.isdisjoint({"boutix", "bonjour", "colis", "déçue", "allé"})


def test_few_reviews_propose_nothing() -> None:
    assert proposals(MODEL, PARKING, [], []) == []
    assert proposals(MODEL, [], [], []) == []
