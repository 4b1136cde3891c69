"""What is read of each aspect: by seeds alone, and with a model."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from satispy.aspects.model import AspectModel
from satispy.aspects.reading import AspectReader, by_aspect
from satispy.aspects.seeds import Seeds
from satispy.aspects.taxonomy import parse, shipped
from satispy.errors import BrokenTaxonomy
from satispy.models.bag import BagOfWords

ASPECT = '[[aspect]]\nname = "x"\nfr = "X"\nen = "X"\n'


def feeling(documents: Sequence[list[str]]) -> tuple[np.ndarray, np.ndarray]:
    """Glad of « chouette », and nothing else is known."""
    glad = np.array(["chouette" in each for each in documents])
    return 0.5 + 0.49 * glad, glad.astype(int)


def read(text: str, model: AspectModel | None = None) -> dict[str, str]:
    reader = AspectReader(shipped(), SEEDS, model, feeling)
    [mentions] = reader.read([text])
    return {name: "-" if said.complains else "+" for name, said in by_aspect(mentions).items()}


SEEDS = Seeds(shipped())


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
    reader = AspectReader(shipped(), SEEDS, None, feeling)
    [mentions] = reader.read([text])
    clause = next(each.clause for each in mentions if each.aspect == "packaging")
    assert text[clause.start : clause.end] == "Par contre le colis est arrivé ouvert"


def test_a_model_names_what_no_seed_does_and_takes_back_what_only_a_topic_named() -> None:
    taxonomy = shipped()
    weights = np.zeros((3, len(taxonomy.aspects)), dtype=np.float32)
    weights[-1] = -2
    weights[0, taxonomy.names.index("quality")] = 9  # « fichue » is of quality
    model = AspectModel(taxonomy, BagOfWords(["fichue", "relais"]), weights)
    assert "quality" in read("montre fichue", model)
    assert "delivery" in read("je fais le relais")
    assert "delivery" not in read("je fais le relais", model)
    assert "delivery" in read("colis perdu", model)  # a seed that complains stays


def test_finding_seeds_takes_time_by_length_not_by_its_square() -> None:
    long = ["pas", "reçu", "retard"] * 2_000
    hits = SEEDS.find(long)
    assert len(hits) < 30 * len(long)


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
        ("", "at least one"),
        (ASPECT + ASPECT, "none of them twice"),
        (ASPECT.replace('"x"', '"other"'), "'other'"),
        ('[[aspect]]\nname = "x"\nfr = "X"', "lacks 'en'"),
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
