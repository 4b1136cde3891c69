"""What a model of aspects learns, and that it is saved as it serves."""

from pathlib import Path

import numpy as np
import pytest

from satispy.aspects import model, training
from satispy.aspects.taxonomy import parse, shipped
from satispy.errors import BrokenArtefact
from satispy.language import TextPipeline
from satispy.models import artefact
from satispy.primer.grammar import Sentence

REVIEWS = [
    *["le livreur a laissé le colis chez la gardienne"] * 30,
    *["le pull est troué la maille file au poignet"] * 30,
    *["merci à toute la maison, bonne journée"] * 30,
]
SENTENCES = [Sentence("rien dans ma boîte ce matin", 0, "clause", "delivery")] * 20


@pytest.fixture(scope="module")
def learned() -> model.AspectModel:
    return training.train(shipped(), SENTENCES, REVIEWS, seed=1)


def of(learned: model.AspectModel, text: str) -> dict[str, float]:
    [found] = learned.probabilities([TextPipeline().tokens(text)])
    return dict(zip(learned.taxonomy.names, found.tolist(), strict=True))


def test_it_learns_words_beside_the_seeds_from_reviews_that_nobody_labelled(
    learned: model.AspectModel,
) -> None:
    said = of(learned, "chez la gardienne")
    assert said["delivery"] > 0.5 > said["quality"]
    assert of(learned, "la maille file au poignet")["quality"] > 0.5
    assert max(of(learned, "bonne journée").values()) < 0.5


def test_it_learns_from_the_sentences_of_the_primer(learned: model.AspectModel) -> None:
    assert of(learned, "rien ce matin")["delivery"] > 0.5


def test_a_text_of_no_known_word_and_no_text_at_all_are_answered(
    learned: model.AspectModel,
) -> None:
    assert learned.probabilities([]).shape == (0, 9)
    assert np.isfinite(learned.probabilities([[], ["zzz"]])).all()


def test_what_is_saved_answers_the_same_with_the_taxonomy_it_was_taught(
    learned: model.AspectModel, tmp_path: Path
) -> None:
    digest = learned.save(tmp_path / "a")
    loaded = model.load(tmp_path / "a")
    assert loaded.digest == digest == learned.save(tmp_path / "b")
    assert loaded.taxonomy == learned.taxonomy
    documents = [["livreur", "gardienne"], []]
    assert np.array_equal(loaded.probabilities(documents), learned.probabilities(documents))


def test_a_model_of_something_else_is_refused(tmp_path: Path) -> None:
    artefact.write(tmp_path, {"family": "gbc"}, {})
    with pytest.raises(BrokenArtefact, match="not of aspects"):
        model.load(tmp_path)


def test_an_aspect_that_nobody_speaks_of_yet_is_never_named() -> None:
    taxonomy = parse(
        '[[aspect]]\nname = "parking"\nfr = "Parking"\nen = "Parking"\ntopics = ["parking"]',
        "taxonomy.toml",
    )
    learned = training.train(taxonomy, [], REVIEWS, seed=1)
    assert of(learned, "le parking est complet")["parking"] < 0.01
