"""The pointer to what serves."""

from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from satispy.errors import NoModel, NotFound
from satispy.registry import pointer
from satispy.registry.pointer import Outdated, Production, Promotion, Settlement
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


class Counting(Store):
    """Knows which keys were written."""

    written: ClassVar[list[str]] = []

    def replace(self, key: str, data: bytes, etag: str | None) -> None:
        self.written.append(key)
        super().replace(key, data, etag)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def test_before_the_first_promotion_nothing_serves(store: Store) -> None:
    assert pointer.read(store).families == {}
    with pytest.raises(NoModel):
        pointer.rollback(store, "gbc", NOW)


def settlement(run: str, based_on: dict[str, str], **versions: int) -> Settlement:
    return Settlement(
        run=run,
        based_on=based_on,
        promotions={
            family: Promotion(production=production(version), reason="better")
            for family, version in versions.items()
        },
        default_model="svm",
    )


def test_the_default_model_stays_while_its_family_serves(store: Store) -> None:
    pointer.promote(store, "gbc", production(1, 0.88), "first")
    pointer.promote(store, "svm", production(1, 0.91), "first")
    assert pointer.read(store).default_model == "gbc"
    pointer.promote(store, "gbc", production(2, 0.7), "by hand")
    assert pointer.read(store).default_model == "gbc"


def test_a_run_changes_all_families_and_the_default_model_at_once(store: Store) -> None:
    pointer.promote(store, "gbc", production(1), "first")
    counting = Counting.folder(Path(store.url))
    now = pointer.settle(counting, settlement("v2", {"gbc": "satispy-gbc:v1"}, gbc=2, svm=2))
    assert counting.written == [pointer.KEY]
    assert now == pointer.read(store)
    assert {family: each.run for family, each in now.families.items()} == {"gbc": "v2", "svm": "v2"}
    assert now.default_model == "svm"


def test_a_run_is_settled_once_whatever_was_rolled_back_meanwhile(store: Store) -> None:
    pointer.promote(store, "gbc", production(1), "first")
    once = settlement("v2", {"gbc": "satispy-gbc:v1"}, gbc=2)
    pointer.settle(store, once)
    pointer.rollback(store, "gbc", NOW)
    assert pointer.settle(store, once).families["gbc"].run == "v1"


def test_what_was_judged_against_others_than_serve_changes_nothing(store: Store) -> None:
    pointer.promote(store, "gbc", production(3), "by hand")
    with pytest.raises(Outdated):
        pointer.settle(store, settlement("v2", {"gbc": "satispy-gbc:v1"}, gbc=2))
    assert pointer.read(store).families["gbc"].run == "v3"


def test_the_best_version_of_before_is_kept_until_a_person_chooses(store: Store) -> None:
    pointer.promote(store, "gbc", production(1), "first")
    worse = Promotion(production=production(2), reason="not worse", anchor=production(1))
    based_on = {"gbc": "satispy-gbc:v1"}
    given = Settlement(run="v2", based_on=based_on, promotions={"gbc": worse}, default_model=None)
    assert pointer.settle(store, given).anchors["gbc"].run == "v1"
    assert pointer.promote(store, "gbc", production(3), "by hand").anchors == {}


def test_a_pointer_of_before_names_its_default_model_otherwise(store: Store) -> None:
    pointer.promote(store, "gbc", production(1), "first")
    old = store.read(pointer.KEY).replace(b"default_model", b"champion")
    store.write(pointer.KEY, old)
    assert pointer.read(store).default_model == "gbc"


def test_promoting_the_same_twice_leaves_one_line_of_history(store: Store) -> None:
    for _ in range(2):
        pointer.promote(store, "gbc", production(1), "first")
    assert len(pointer.read(store).history) == 1


def test_rolling_back_twice_goes_two_versions_back(store: Store) -> None:
    for version in (1, 2, 3):
        pointer.promote(store, "gbc", production(version), "better")
    assert pointer.rollback(store, "gbc", NOW).families["gbc"].run == "v2"
    assert pointer.rollback(store, "gbc", NOW).families["gbc"].run == "v1"
    with pytest.raises(NotFound, match="first"):
        pointer.rollback(store, "gbc", NOW)
    assert len(pointer.read(store).history) == 5


def test_a_rollback_restores_what_served_before_an_older_version_was_brought_back(
    store: Store,
) -> None:
    for version in (14, 25, 28):
        pointer.promote(store, "gbc", production(version), "better")
    pointer.promote(store, "gbc", production(25), "by hand")
    assert [pointer.rollback(store, "gbc", NOW).families["gbc"].run for _ in range(3)] == [
        "v28",
        "v25",
        "v14",
    ]


def test_a_version_that_is_promoted_after_a_rollback_goes_back_to_what_it_replaced(
    store: Store,
) -> None:
    for version in (1, 2, 3):
        pointer.promote(store, "gbc", production(version), "better")
    pointer.rollback(store, "gbc", NOW)
    pointer.promote(store, "gbc", production(4), "better")
    assert pointer.rollback(store, "gbc", NOW).families["gbc"].run == "v2"
    assert pointer.rollback(store, "gbc", NOW).families["gbc"].run == "v1"


def test_a_family_that_seldom_changes_goes_back_whatever_the_others_did(store: Store) -> None:
    for version in (1, 2):
        pointer.promote(store, "svm", production(version), "better")
    for version in range(1, pointer.HISTORY + 20):
        pointer.promote(store, "gbc", production(version), "better")
    assert len(pointer.read(store).history) == pointer.HISTORY
    assert pointer.rollback(store, "svm", NOW).families["svm"].run == "v1"


def test_after_as_many_rollbacks_as_are_kept_it_is_said_what_helps(store: Store) -> None:
    for version in range(pointer.KEPT + 10):
        pointer.promote(store, "gbc", production(version), "better")
    for version in reversed(range(9, pointer.KEPT + 9)):
        assert pointer.rollback(store, "gbc", NOW).families["gbc"].run == f"v{version}"
    with pytest.raises(NotFound, match="models promote"):
        pointer.rollback(store, "gbc", NOW)


def test_a_pointer_of_before_knows_from_its_history_what_to_go_back_to(store: Store) -> None:
    for version in (14, 20, 28):
        pointer.promote(store, "gbc", production(version), "better")
    pointer.rollback(store, "gbc", NOW)  # to 20
    pointer.promote(store, "gbc", production(14), "by hand")
    old = pointer.read(store).model_dump_json(exclude={"earlier"})
    store.write(pointer.KEY, old.encode())
    assert [pointer.rollback(store, "gbc", NOW).families["gbc"].run for _ in range(2)] == [
        "v20",
        "v14",
    ]


def test_a_writer_that_came_second_keeps_what_the_first_wrote(store: Store) -> None:
    pointer.promote(store, "gbc", production(1), "first")
    interrupted = False

    def change(now: pointer.Promoted) -> pointer.Promoted:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            pointer.promote(store, "svm", production(1), "meanwhile")
        return now.model_copy(update={"families": {**now.families, "ann": production(1)}})

    pointer.update(store, change)
    assert set(pointer.read(store).families) == {"gbc", "svm", "ann"}


def test_the_model_of_aspects_serves_beside_the_families_and_an_earlier_run_takes_nothing_back(
    store: Store,
) -> None:
    pointer.promote(store, "gbc", production(1), "first")
    pointer.let_aspects_serve(store, production(3))
    pointer.let_aspects_serve(store, production(2))
    now = pointer.read(store)
    assert now.aspects is not None
    assert now.aspects.run == "v3"
    assert set(now.families) == {"gbc"}
    assert now.default_model == "gbc"
