"""A search of hyper-parameters, on tiny data."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from satispy.language.corpus import Corpus
from satispy.models.parameters import (
    Among,
    AnnParameters,
    Between,
    GbcParameters,
    Parameters,
    SvmParameters,
    space,
)
from satispy.models.training.rows import FOLDS as ROW_FOLDS
from satispy.models.training.rows import TrainingRows, assign_folds
from satispy.retraining import tuning
from satispy.retraining.tuning import FOLDS, Search, Trial, Tuning
from satispy.storage import Store

SMALL = Parameters(gbc=GbcParameters(members=2, trees=8, min_df=2, min_rows=2))


def rows(count: int = 240) -> TrainingRows:
    words = ["parfait", "rapide", "super", "nul", "jamais", "arnaque"]
    labels = np.arange(count) % 3 > 0
    documents = [
        [words[at % 3 if good else 3 + at % 3], f"mot{at % 17}"] for at, good in enumerate(labels)
    ]
    return TrainingRows(
        Corpus.of(documents), labels.astype(int), assign_folds(list(map(str, documents)), 1)
    )


def search(seed: int = 1) -> list[Trial]:
    return list(Search("gbc", rows(), None, SMALL, seed).trials(3))


def test_what_is_set_now_is_tried_first_and_every_row_is_left_out_once() -> None:
    told: list[tuple[int, int]] = []
    first, second = Search(
        "gbc", rows(), None, SMALL, 1, lambda trial, fold: told.append((trial, fold))
    ).trials(2)
    assert first.values["trees"] == 8
    assert first.gain is None
    assert len(first.accuracies) == len(second.accuracies) == FOLDS
    assert second.gain == pytest.approx(second.accuracy - first.accuracy, abs=0.01)
    assert told == [(trial, fold + 1) for trial in (1, 2) for fold in range(FOLDS)]


def test_the_same_seed_searches_alike() -> None:
    assert [(t.values, t.accuracies) for t in search()] == [
        (t.values, t.accuracies) for t in search()
    ]


def test_no_trial_begins_after_the_time_but_the_first_always_does() -> None:
    assert len(list(Search("gbc", rows(), None, SMALL, 1).trials(50, seconds=0))) == 1


def test_a_row_that_is_scored_was_not_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[int] = []
    real = tuning.fit

    def watched(family, part, parameters, seed):  # type: ignore[no-untyped-def]
        learned.append(len(part.labels))
        assert set(part.folds) == set(range(ROW_FOLDS - ROW_FOLDS // FOLDS))
        return real(family, part, parameters, seed)

    monkeypatch.setattr(tuning, "fit", watched)
    list(Search("gbc", rows(), None, SMALL, 1).trials(1))
    assert len(learned) == FOLDS
    assert sum(learned) == 240 * (FOLDS - 1)


def test_a_committee_of_any_size_finds_rows_to_leave_out_in_a_part_of_the_folds() -> None:
    every = rows()
    for learn, _ in every.splits(FOLDS):
        part = every.at(learn)
        for members in (2, 3, 4):
            assert all(len(rest) for _, rest in part.splits(members))


def test_values_outside_of_the_searched_range_can_be_what_is_set_now() -> None:
    odd = Parameters(gbc=SMALL.gbc.model_copy(update={"trees": 3, "min_df": 1}))
    first, *_ = Search("gbc", rows(), None, odd, 1).trials(2)
    assert (first.values["trees"], first.values["min_df"]) == (3, 1)


def test_the_search_is_kept_whole_and_names_the_setting_that_applies_it(
    tmp_path: Path,
) -> None:
    found = Tuning(
        family="gbc",
        dataset_version=3,
        training_rows=240,
        seed=1,
        created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        trials=[
            Trial(number=1, values={"trees": 8, "depth": 8}, accuracies=[0.8] * 4, seconds=1),
            Trial(number=2, values={"trees": 9, "depth": 8}, accuracies=[0.9] * 4, seconds=1),
            Trial(number=3, values={"trees": 7, "depth": 8}, accuracies=[0.99], seconds=1),
        ],
    )
    store = Store.folder(tmp_path)
    key = found.save(store)
    assert key == "tuning/gbc/20260102T030405.json"
    assert Tuning.model_validate_json(store.read(key)) == found
    assert found.best.number == 2, "one that was given up is not the best"
    set_before = {"gbc": {"members": 2}, "svm": {"c": 5.0}}
    together = found.overrides(set_before)
    assert together == {"gbc": {"members": 2, "trees": 9}, "svm": {"c": 5.0}}
    assert Parameters.model_validate(together).gbc.trees == 9


@pytest.mark.parametrize("family", [GbcParameters, SvmParameters, AnnParameters])
def test_what_is_searched_holds_the_defaults(family: type) -> None:
    defaults = family()
    for name, where in space(family).items():
        value = getattr(defaults, name)
        if isinstance(where, Among):
            assert value in where.values
        else:
            assert isinstance(where, Between)
            assert where.low <= value <= where.high
