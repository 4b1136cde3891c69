"""Which way a text leans, and that training does not see it clearer than serving will."""

import numpy as np

from satispy.embeddings import WordVectors
from satispy.models.leaning import Leaning
from satispy.models.training.pooled import fit_pooling
from satispy.models.training.rows import TrainingRows, assign_folds

LEANING = Leaning({"recommande": 1.0, "ne recommande": -3.0, "livraison": 0.0})


def test_a_pair_of_words_tells_what_its_words_do_not() -> None:
    praise, blame = LEANING.columns([["je", "recommande"], ["je", "ne", "recommande"]])
    assert praise[0] > 0 > blame[0]


def test_each_term_counts_once() -> None:
    once, twice = LEANING.columns([["recommande"], ["recommande", "recommande"]])
    assert np.array_equal(once, twice)


def test_the_highest_and_the_lowest_are_those_of_either_side() -> None:
    mixed, only_praise = LEANING.columns([["ne", "recommande"], ["recommande"]])
    assert mixed.tolist()[1:] == [1.0, -3.0]
    assert only_praise.tolist()[1:] == [1.0, 0.0]


def test_a_text_with_no_known_term_leans_to_neither_side() -> None:
    assert not LEANING.columns([[], ["bonjour"]]).any()


def test_labels_that_mean_nothing_give_training_rows_no_leaning_of_their_own() -> None:
    """Each row by terms that have seen its own label would separate even labels drawn by lot."""
    random = np.random.default_rng(0)
    words = [f"mot{letters}" for letters in "abcdefghijklmnopqrstuvwxyz"]
    documents = [list(random.choice(words, size=12)) for _ in range(600)]
    labels = random.integers(0, 2, size=len(documents))
    vectors = WordVectors(words, random.normal(size=(len(words), 4)).astype(np.float32))
    rows = TrainingRows(documents, labels, assign_folds([str(d) for d in documents], 0), vectors)

    pooling, features = fit_pooling(rows)

    def separation(column: np.ndarray) -> float:
        return float(abs(np.corrcoef(column, labels)[0, 1]))

    seen, _ = pooling.read(documents)
    assert separation(seen[:, -3]) > 0.4
    assert separation(features[:, -3]) < 0.15
