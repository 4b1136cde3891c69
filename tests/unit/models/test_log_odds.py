"""Which way a text points, and that training does not see it clearer than serving will."""

import numpy as np
import pytest

from satispy.embeddings import WordVectors
from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.models.log_odds import LogOdds, polar_terms
from satispy.models.polarity import COLUMNS, Coefficients, Polarity
from satispy.models.training.log_odds import fit_log_odds
from satispy.models.training.polarity import fit_coefficients
from satispy.models.training.pooled import fit_pooling
from satispy.models.training.rows import TrainingRows, assign_folds

POLARITY = Polarity(
    LogOdds(
        ["recommander", "¬recommander", "recommander site"],
        np.array([[1.0, 1.0], [-3.0, -2.0], [0.5, 0.25]], dtype=np.float32),
    ),
    Coefficients(["bien", "très bien"], np.array([1.0, 2.0], dtype=np.float32)),
)
TOKENS = TextPipeline().tokens


def columns(*texts: str) -> np.ndarray:
    return POLARITY.read([TOKENS(text) for text in texts]).columns


@pytest.mark.parametrize(
    "denied", ["je ne recommande pas", "je ne vous recommande vraiment pas", "ne recommande plus"]
)
def test_what_is_denied_points_the_other_way_over_a_gap(denied: str) -> None:
    praise, blame = columns("je recommande", denied)
    assert praise[0] > 0 > blame[0]


def test_each_term_counts_once() -> None:
    once, twice = columns("recommande", "recommande, recommande")
    assert np.array_equal(once, twice)


def test_each_kind_has_its_sum_then_its_highest_then_its_lowest() -> None:
    (found,) = columns("je ne recommande pas")
    assert found.tolist() == pytest.approx([-3, -2, 0, 0, -3, -2, 0])


def test_pairs_of_words_are_terms() -> None:
    (found,) = columns("je recommande ce site")
    assert found[0] == pytest.approx(1.5 / 2**0.5)


def test_a_text_with_no_known_term_points_to_neither_side() -> None:
    assert not columns("", "bonjour").any()
    assert POLARITY.read([[]]).known.tolist() == [0]


def test_a_pair_with_a_denied_word_is_no_pair_with_that_word() -> None:
    assert ("pas", "¬content") in polar_terms(TOKENS("pas contente"), TextPipeline())
    said = polar_terms(TOKENS("je ne regrette pas mon achat"), TextPipeline())
    assert ("moi", "¬regretter") in said
    assert ("moi", "regretter") not in said


def rows_of(texts: list[str], labels: list[int], sources: list[int] | None = None) -> TrainingRows:
    documents = [TOKENS(text) for text in texts]
    of_source = None if sources is None else np.array(sources)
    folds = assign_folds([f"{at}" for at in range(len(texts))], 0)
    return TrainingRows(Corpus.of(documents), np.array(labels), folds, of_source=of_source)


def value(rows: TrainingRows, term: str, kind: int) -> float:
    log_odds, _ = fit_log_odds(rows)
    return float(log_odds.values[list(log_odds.terms).index(term), kind])


def test_a_word_of_long_angry_reviews_blames_no_more_than_their_length_does() -> None:
    """« commande » stands in every long review, glad or not; long ones are mostly angry."""
    long = "commande " + " ".join(f"mot{at % 7}" for at in range(30))
    short = "rapide"
    rows = rows_of([long] * 500 + [short] * 500, [0] * 400 + [1] * 100 + [1] * 500)
    assert abs(value(rows, "commande", 0)) < 0.1


def test_a_word_that_is_rarer_than_blame_among_short_reviews_still_blames() -> None:
    """One complaint in ten short reviews, and always this word: it is no praise."""
    rows = rows_of(["rapide"] * 90 + ["retard"] * 4 + ["retard"] * 6, [1] * 90 + [1] * 4 + [0] * 6)
    assert value(rows, "retard", 0) < -1


def test_what_a_source_promises_is_no_merit_of_its_words() -> None:
    """Nine in ten of the second source are angry: its own word says no more."""
    texts = ["bonjour rapide"] * 400 + ["bonjour forum"] * 400
    rows = rows_of(texts, [1] * 400 + [0] * 360 + [1] * 40, [0] * 400 + [1] * 400)
    assert value(rows, "forum", 0) < -1
    assert abs(value(rows, "forum", 1)) < 0.1


def test_labels_that_mean_nothing_give_training_rows_no_polarity_of_their_own() -> None:
    """Each row by terms that have seen its own label would separate even labels drawn by lot."""
    random = np.random.default_rng(0)
    words = [f"mot{letters}" for letters in "abcdefghijklmnopqrstuvwxyz"]
    documents = [list(random.choice(words, size=12)) for _ in range(600)]
    labels = random.integers(0, 2, size=len(documents))
    vectors = WordVectors(words, random.normal(size=(len(words), 4)).astype(np.float32))
    rows = TrainingRows(
        Corpus.of(documents), labels, assign_folds([str(d) for d in documents], 0), vectors
    )

    pooling, features = fit_pooling(rows)

    def separation(column: np.ndarray) -> float:
        return float(abs(np.corrcoef(column, labels)[0, 1]))

    seen, _ = pooling.read(documents, pooling.finder.read(documents))
    for column in (-COLUMNS, -1):  # of the log-odds, and of the regression
        assert separation(seen[:, column]) > 0.4
        assert separation(features[:, column]) < 0.15


def test_a_word_of_a_long_text_says_less_than_one_of_a_short_text() -> None:
    story = " ".join(f"mot{at}" for at in range(60))
    texts = ["regret"] * 10 + [f"regret {story}"] * 10 + ["cadeau"] * 10 + [f"cadeau {story}"] * 10
    rows = rows_of(texts, [0] * 10 + [1] * 10 + [1] * 10 + [0] * 10)
    assert value(rows, "regret", 0) == pytest.approx(0, abs=0.1)
    assert value(rows, "regret", 1) < -0.5 < 0.5 < value(rows, "cadeau", 1)


def test_a_word_has_no_merit_of_those_that_it_stands_beside() -> None:
    """« très » stands mostly beside « bien »; the regression sees which of the two praises."""
    texts = [*["très bien"] * 60, *["bien"] * 20, *["très long"] * 10, *["long"] * 10]
    rows = rows_of(texts, [1] * 80 + [0] * 20)
    coefficients, _ = fit_coefficients(rows)
    of = dict(zip(coefficients.terms, coefficients.values.tolist(), strict=True))
    assert of["bien"] > 5 * abs(of["très"])


def test_rows_of_one_label_give_no_coefficients() -> None:
    coefficients, logits = fit_coefficients(rows_of(["bien"] * 8, [1] * 8))
    assert not coefficients.values.any()
    assert not logits.any()


def test_a_handful_of_reviews_that_share_no_word_can_be_learned_from() -> None:
    coefficients, logits = fit_coefficients(rows_of(["bien", "mal", "parfait"], [1, 0, 1]))
    assert not coefficients.terms
    assert logits.tolist() == [0, 0, 0]


def test_coefficients_are_summed_up_over_the_root_of_the_number_of_terms() -> None:
    texts = [["très", "bien"], ["bien"], ["bien", "bien"], ["mal"], []]
    assert POLARITY.read(texts).columns[:, -1].tolist() == pytest.approx([3 / 2**0.5, 1, 1, 0, 0])
    assert POLARITY.read([]).columns.shape == (0, COLUMNS)
