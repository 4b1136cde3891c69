"""What is read of each aspect: by seeds alone, and with a model."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from satispy.aspects import model
from satispy.aspects.model import AspectModel
from satispy.aspects.reading import AspectReader, by_aspect
from satispy.aspects.seeds import Seeds
from satispy.aspects.taxonomy import parse, shipped
from satispy.errors import BrokenArtefact, BrokenTaxonomy
from satispy.models import artefact

ASPECT = '[[aspect]]\nname = "x"\nfr = "X"\nen = "X"\n'


def feeling(documents: Sequence[list[str]]) -> tuple[np.ndarray, np.ndarray]:
    """Glad of « chouette », and nothing else is known."""
    glad = np.array(["chouette" in each for each in documents])
    return 0.5 + 0.49 * glad, glad.astype(int)


def read(text: str) -> dict[str, str]:
    [mentions] = AspectReader(MODEL, feeling).read([text])
    return {name: "-" if said.complains else "+" for name, said in by_aspect(mentions).items()}


MODEL = AspectModel.of(shipped())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Colis jamais reçu, impossible de les joindre",
            {"delivery": "-", "service": "-"},
        ),
        ("commande annulée sans explication", {"order": "-", "service": "-"}),
        ("il manque un article", {"order": "-"}),
        ("le pull est arrivé troué", {"quality": "-"}),
        ("La couleur ne correspond pas à la photo", {"conformity": "-"}),
        ("TAILLE TROP PETIT", {"conformity": "-"}),
        ("toujours pas remboursée", {"refund": "-"}),
        ("bordereau de retour introuvable", {"refund": "-"}),
        ("beaucoup trop cher", {"price": "-"}),
        ("mal emballé", {"packaging": "-"}),
        ("livraison rapide", {"delivery": "+"}),
        ("site fiable", {"website": "+"}),
        ("Merci à tous", {}),
        ("", {}),
    ],
)
def test_the_seeds_name_what_customers_speak_of(text: str, expected: dict[str, str]) -> None:
    assert read(text) == expected


def test_each_clause_has_a_polarity_of_its_own() -> None:
    found = read("qualité de la robe belle mais livraison avec du retard")
    assert found == {"quality": "+", "delivery": "-"}


def test_a_complaint_that_is_denied_is_praise() -> None:
    assert read("aucun retard") == {"delivery": "+"}
    assert read("jamais de produits défectueux")["quality"] == "+"


def test_a_topic_that_no_seed_judges_is_judged_by_the_sentiment_model() -> None:
    assert read("un transporteur chouette")["delivery"] == "+"
    assert read("un transporteur venu de loin")["delivery"] == "-"


def test_a_mention_says_in_which_clause_of_the_review_it_stands() -> None:
    text = "J'adore ce site. Par contre le colis est arrivé ouvert !"
    [mentions] = AspectReader(MODEL, feeling).read([text])
    clause = next(each.clause_of(text) for each in mentions if each.aspect == "packaging")
    assert text[clause.start : clause.end] == "Par contre le colis est arrivé ouvert"


def test_seeds_that_stand_many_times_are_all_counted() -> None:
    sides = MODEL.seeds.sides(["retard"] * 2_000)
    assert sides[MODEL.taxonomy.names.index("delivery")] == -2_000


def test_an_example_of_the_taxonomy_is_recognised_by_its_seeds() -> None:
    for aspect in shipped().aspects:
        for (complaint, praise), other in pairwise([*aspect.examples, ("", "")]):
            assert read(complaint).get(aspect.name) == "-", complaint
            assert aspect.name in read(praise), praise
            assert other is not None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("aspect =", "is not TOML"),
        ("", "`aspect` is missing"),
        (ASPECT + ASPECT, "names an aspect twice: x"),
        (ASPECT.replace('"x"', '"other"'), "'other' is what fits no aspect"),
        (
            ASPECT.replace('"x"', '"Click & collect"'),
            r"aspect 1 \(Click & collect\) `name` is wrong",
        ),
        ('[[aspect]]\nname = "x"\nfr = "X"', r"aspect 1 \(x\) `en` is missing"),
        (ASPECT + 'complaint = ["nul"]', r"aspect 1 \(x\) `complaint` is no key"),
        (ASPECT + 'topics = "colis"', r"aspect 1 \(x\) `topics` is wrong"),
        (ASPECT + 'topics = ["colis", 3]', r"aspect 1 \(x\) `topics.2` is wrong"),
        (ASPECT + 'examples = [["nul"]]', r"`examples.1.2` is missing"),
    ],
)
def test_a_file_that_is_no_taxonomy_is_refused_and_the_message_says_why(
    text: str, says: str
) -> None:
    with pytest.raises(BrokenTaxonomy, match=says):
        parse(text, "taxonomy.toml")


@pytest.mark.parametrize("seed", ["… reçu", "reçu …", "<nobody> reçu", "!"])
def test_a_seed_that_can_stand_nowhere_is_refused(seed: str) -> None:
    taxonomy = parse(f'{ASPECT}topics = ["{seed}"]', "taxonomy.toml")
    with pytest.raises(BrokenTaxonomy):
        Seeds(taxonomy)


def test_what_is_saved_is_the_file_and_the_same_file_has_the_same_digest(tmp_path: Path) -> None:
    digest = MODEL.save(tmp_path / "a")
    loaded = model.load(tmp_path / "a")
    assert loaded.digest == digest == MODEL.save(tmp_path / "b")
    assert loaded.taxonomy == shipped()
    assert loaded.taxonomy.source == shipped().source


def test_a_model_of_something_else_is_refused(tmp_path: Path) -> None:
    artefact.write(tmp_path, {"family": "gbc"}, {})
    with pytest.raises(BrokenArtefact, match="not of aspects"):
        model.load(tmp_path)
