"""A retrain in partitions beside one of all rows at once."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.limits import begin
from satispy.engine import Here
from satispy.language.corpus import Corpus
from satispy.models.bag import BagOfWords
from satispy.models.parameters import Parameters
from satispy.models.training.counted import sparse_counts, spelled, vocabulary
from satispy.models.training.log_odds import fit_log_odds
from satispy.models.training.rows import TrainingRows
from satispy.registry.store import ModelStore
from satispy.retraining.at_scale import features, reading
from satispy.retraining.at_scale.blocks import SHARED, Blocks, Place
from satispy.retraining.at_scale.counting import polar_columns
from satispy.retraining.at_scale.prepare import plan_of, prepare
from satispy.runs.learned import Learned
from satispy.settings import Settings
from satispy.storage import Store

ROWS = 700
RUN = "v00001"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Prepared in four partitions, without the primer."""
    folder = tmp_path_factory.mktemp("at_scale")
    begin(folder, ROWS)
    place = Place.of(
        Store.folder(folder / "bucket"), ModelStore(folder / "bentoml"), Settings(primer=False)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "ROWS", 200)
        prepare(
            *(Here(), place, ModelStore(folder / "bentoml"), RUN, 1),
            seed=20,
            primer=False,
            parameters=Parameters().gbc,
        )
        yield place


def rows_of(blocks: Blocks, numbers: list[int]) -> TrainingRows:
    loaded = [blocks.load(number, "labels", "folds", "sources") for number in numbers]
    labels, folds, sources = (
        np.concatenate(each).astype(int) for each in zip(*loaded, strict=True)
    )
    documents = [each for n in numbers for each in reading.documents(n, blocks, "train")]
    return TrainingRows(Corpus.of(documents), labels, folds, of_source=sources)


def test_log_odds_are_equal_to_those_of_all_rows_at_once(place: Place) -> None:
    plan, blocks = plan_of(place, RUN)
    assert plan.parts == 4
    expected, _ = fit_log_odds(rows_of(blocks, plan.numbers))
    found = Learned.of_run(place.store, RUN).polarity.polarity.log_odds
    assert sorted(found.terms) == sorted(expected.terms)
    values = dict(zip(expected.terms, expected.values.tolist(), strict=True))
    assert [values[term] for term in found.terms] == found.values.tolist()


def test_columns_are_those_of_rows_left_out(place: Place) -> None:
    plan, blocks = plan_of(place, RUN)
    _, expected = fit_log_odds(rows_of(blocks, plan.numbers))
    words = len(blocks.strings(SHARED, "polar_vocabulary"))
    found = np.concatenate([polar_columns(n, blocks, words) for n in plan.numbers])
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_trees_count_the_terms_that_they_count_on_one_machine(place: Place) -> None:
    plan, blocks = plan_of(place, RUN)
    rows = rows_of(blocks, plan.numbers)
    terms = spelled(blocks.strings(SHARED, "train_vocabulary"), blocks.shared("gbc_keys"))
    expected = vocabulary(rows.documents, Parameters().gbc.min_df)
    assert sorted(terms) == expected
    counts = features.counted(1, blocks, plan.words)[:, : len(terms)]
    at_once = sparse_counts(BagOfWords(terms), Corpus.of(reading.documents(1, blocks, "train")))
    assert (counts != at_once).nnz == 0


def test_each_review_is_in_one_partition(place: Place) -> None:
    plan, blocks = plan_of(place, RUN)
    sizes = [len(blocks.load(number, "test")[0]) for number in plan.numbers]
    assert sum(sizes) == ROWS
    assert max(sizes) - min(sizes) <= 1


def test_twins_share_a_fold(place: Place) -> None:
    plan, blocks = plan_of(place, RUN)
    plain, folds = (
        np.concatenate([blocks.load(number, name)[0] for number in plan.numbers])
        for name in ("plain", "folds")
    )
    distinct, which = np.unique(plain, return_inverse=True)
    assert len(distinct) < len(plain)
    for number in range(len(distinct)):
        assert len(set(folds[which == number].tolist())) == 1


def test_what_is_read_may_be_the_newest_rows_only(place: Place, tmp_path: Path) -> None:
    blocks = Blocks(place, "v00001-9")
    chosen = np.array([3, 5, 8, 699])
    [part] = reading.parts_of(1, chosen, blocks)
    facts = reading.read(part, blocks, "identity")
    assert facts.rows == 4
