"""The pointer to what serves."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from satispy.errors import NoModel, NotFound
from satispy.models import promoted
from satispy.models.promoted import Production
from satispy.storage import Store

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def production(version: int, accuracy: float = 0.9) -> Production:
    return Production(
        tag=f"satispy-gbc:v{version}",
        archive="",
        digest="",
        run=f"v{version}",
        dataset_version=version,
        since=NOW,
        accuracy=accuracy,
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def test_before_the_first_promotion_nothing_serves(store: Store) -> None:
    assert promoted.read(store).families == {}
    with pytest.raises(NoModel):
        promoted.rollback(store, "gbc", NOW)


def test_the_champion_is_named_and_stays_while_its_family_serves(store: Store) -> None:
    promoted.promote(store, "gbc", production(1, 0.88), "first")
    promoted.promote(store, "svm", production(1, 0.91), "first")
    assert promoted.read(store).champion == "gbc"
    promoted.name_champion(store, "svm")
    promoted.promote(store, "gbc", production(2, 0.99), "other rows, other accuracy")
    assert promoted.read(store).champion == "svm"


def test_a_family_that_does_not_serve_is_not_made_the_champion(store: Store) -> None:
    promoted.promote(store, "gbc", production(1), "first")
    promoted.name_champion(store, "ann")
    assert promoted.read(store).champion == "gbc"


def test_promoting_the_same_twice_leaves_one_line_of_history(store: Store) -> None:
    for _ in range(2):
        promoted.promote(store, "gbc", production(1), "first")
    assert len(promoted.read(store).history) == 1


def test_rolling_back_twice_goes_two_versions_back(store: Store) -> None:
    for version in (1, 2, 3):
        promoted.promote(store, "gbc", production(version), "better")
    assert promoted.rollback(store, "gbc", NOW).families["gbc"].run == "v2"
    assert promoted.rollback(store, "gbc", NOW).families["gbc"].run == "v1"
    with pytest.raises(NotFound, match="first"):
        promoted.rollback(store, "gbc", NOW)
    assert len(promoted.read(store).history) == 5


def test_a_writer_that_came_second_keeps_what_the_first_wrote(store: Store) -> None:
    promoted.promote(store, "gbc", production(1), "first")
    interrupted = False

    def change(now: promoted.Promoted) -> promoted.Promoted:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            promoted.promote(store, "svm", production(1), "meanwhile")
        return now.model_copy(update={"families": {**now.families, "ann": production(1)}})

    promoted.update(store, change)
    assert set(promoted.read(store).families) == {"gbc", "svm", "ann"}
