"""The primer beside the reviews, from the setting to the model that records it."""

from pathlib import Path

import numpy as np
import pytest
from test_whole_retrain import SMALL, made_up_reviews

from satispy import primer
from satispy.errors import SatispyError
from satispy.language.corpus import Corpus
from satispy.models.training.polarity import fit_polarity
from satispy.models.training.rows import TrainingRows, representative
from satispy.registry.store import ModelStore
from satispy.retraining.prepare import prepare
from satispy.retraining.train import train
from satispy.reviews import merge_upload
from satispy.runs import learned
from satispy.runs.primed import Sentences, with_primer
from satispy.runs.summaries import PrepareSummary
from satispy.settings import Settings
from satispy.storage import Store


def rows(of_each: int) -> TrainingRows:
    documents = [["bien"], ["nul"]] * of_each
    return TrainingRows(
        Corpus.of(documents), np.array([1, 0] * of_each), np.arange(2 * of_each) % 12
    )


class Place:
    """A store with three hundred reviews, and where its models go."""

    def __init__(self, home: Path) -> None:
        self.store, self.models = Store.folder(home / "bucket"), ModelStore(home / "bentoml")
        self.store.write("uploads/first.csv", made_up_reviews(300))
        merge_upload(self.store, "uploads/first.csv")

    def prepare(self, run: str, *, primer: bool) -> PrepareSummary:
        return prepare(self.store, self.models, run, 1, seed=20, primer=primer)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("primed"))


def test_a_retrain_learns_from_every_sentence_beside_the_reviews() -> None:
    reviews = rows(50)
    both = with_primer(reviews)
    assert len(both.labels) == len(both.documents) == 100 + len(primer.sentences())
    assert both.reviews.sum() == 100
    assert list(both.documents[:100]) == list(reviews.documents)
    assert set(both.folds) == set(range(12))


def test_the_sentences_weigh_no_more_than_the_reviews_together() -> None:
    both = with_primer(rows(200))
    assert set(both.weights(0.25, primer_rows=800)[:400]) == {1.0}
    assert set(both.weights(0.25, primer_rows=800)[400:]) == {0.25}
    assert set(both.weights(0.25, primer_rows=8_000)[400:]) == {0.05}
    assert both.weights(0.25)[400:].sum() == pytest.approx(400)


def test_the_first_few_reviews_are_outweighed() -> None:
    both = with_primer(rows(4))
    assert both.weights(0.25)[8:].sum() == pytest.approx(200)


def test_before_the_first_review_the_sentences_weigh_what_they_weigh() -> None:
    alone = with_primer(rows(0))
    assert set(alone.weights(0.25)) == {0.25}


def test_without_it_a_retrain_learns_from_the_reviews_alone() -> None:
    reviews = rows(50)
    assert with_primer(reviews, primer=False) is reviews


def test_families_learn_from_the_sentences_and_the_polarity_that_their_run_began_with(
    place: Place,
) -> None:
    reviews = rows(50)
    few = Sentences(
        Corpus.of([["livré", "cassé"], ["bien", "<2 digits>"]]), np.array([0, 1]), ["a", "b"]
    )
    place.store.write(learned.key("v9"), learned.Learned.fit(reviews, few).to_bytes())
    again = learned.Learned.of_run(place.store, "v9")
    assert list(again.primer.documents) == list(few.documents)
    assert again.primer.aspects == few.aspects
    assert np.array_equal(again.primer.beside(reviews).labels, few.beside(reviews).labels)
    fitted = fit_polarity(few.beside(reviews))
    assert np.array_equal(again.polarity.columns, fitted.columns)
    kept_polarity, own_polarity = again.polarity.polarity, fitted.polarity
    for kept, own in (
        (kept_polarity.log_odds, own_polarity.log_odds),
        (kept_polarity.coefficients, own_polarity.coefficients),
    ):
        assert list(kept.terms) == list(own.terms)
        assert np.array_equal(kept.values, own.values)


def test_a_run_without_the_primer_hands_none_over(place: Place) -> None:
    alone = learned.Learned.fit(rows(50), Sentences.none())
    place.store.write(learned.key("v8"), alone.to_bytes())
    assert learned.primer_of_run(place.store, "v8").beside(rows(3)).reviews.all()


def test_a_run_that_another_satispy_began_is_to_be_started_again(place: Place) -> None:
    with pytest.raises(SatispyError, match="start the retrain again"):
        learned.Learned.of_run(place.store, "v7")


def test_reviews_alone_say_how_often_a_margin_is_right_once_there_are_enough() -> None:
    assert representative(with_primer(rows(20))).sum() == 40
    few = with_primer(rows(19))
    assert representative(few).all()


def test_a_model_records_which_sentences_it_learned_from(place: Place) -> None:
    bare = train(place.store, place.models, "gbc", place.prepare("v1", primer=False), SMALL)
    primed = train(place.store, place.models, "gbc", place.prepare("v1-2", primer=True), SMALL)
    recorded = place.models.describe(primed.tag).metadata["primer"]
    assert recorded == {"version": primer.VERSION, "digest": primer.digest()}
    assert place.models.describe(bare.tag).metadata["primer"] == {}
    assert place.models.load(primed.tag).predict(["emballage déchiré"])[0].label == "negative"


def test_the_setting_leaves_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().primer
    monkeypatch.setenv("SATISPY_PRIMER", "0")
    assert not Settings().primer
