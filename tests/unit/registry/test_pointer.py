"""The pointer to what serves."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from satispy import journal
from satispy.errors import NoModel, NotAllowed, NotFound
from satispy.journal import Actor
from satispy.registry import pointer
from satispy.registry.pointer import Outdated, Production, Promotion, Settlement
from satispy.storage import Store

ANNE = Actor(who="anne", via="cli")
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


class Watched(Store):
    """Knows what served after each write."""

    served: ClassVar[list[dict[str, str]]] = []

    def replace(self, key: str, data: bytes, etag: str | None) -> None:
        super().replace(key, data, etag)
        self.served.append(pointer.read(self).tags())


def promote(store: Store, family: str, production: Production, reason: str) -> pointer.Promoted:
    return pointer.promote(store, family, production, reason, ANNE)


def entered(store: Store) -> list[str]:
    """Each change, as the journal has it, oldest first."""
    return [
        f"{each.on} {each.before['tag']} → {each.after['tag']}" for each in journal.last(store, 500)
    ][::-1]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def test_before_the_first_promotion_nothing_serves(store: Store) -> None:
    assert pointer.read(store).families == {}
    with pytest.raises(NoModel):
        pointer.rollback(store, "gbc", NOW, ANNE)


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
    promote(store, "gbc", production(1, 0.88), "first")
    promote(store, "svm", production(1, 0.91), "first")
    assert pointer.read(store).default_model == "gbc"
    promote(store, "gbc", production(2, 0.7), "by hand")
    assert pointer.read(store).default_model == "gbc"


def test_a_run_changes_all_families_and_the_default_model_at_once(store: Store) -> None:
    promote(store, "gbc", production(1), "first")
    watched = Watched.folder(Path(store.url))
    now = pointer.settle(watched, settlement("v2", {"gbc": "satispy-gbc:v1"}, gbc=2, svm=2))
    # All at once; then they leave for the journal.
    assert len(Watched.served) == 2
    assert Watched.served[0] == Watched.served[1] == now.tags()
    assert now == pointer.read(store)
    assert {family: each.run for family, each in now.families.items()} == {"gbc": "v2", "svm": "v2"}
    assert now.default_model == "svm"


def test_a_run_is_settled_once_whatever_was_rolled_back_meanwhile(store: Store) -> None:
    promote(store, "gbc", production(1), "first")
    once = settlement("v2", {"gbc": "satispy-gbc:v1"}, gbc=2)
    pointer.settle(store, once)
    pointer.rollback(store, "gbc", NOW, ANNE)
    assert pointer.settle(store, once).families["gbc"].run == "v1"


def test_what_was_judged_against_others_than_serve_changes_nothing(store: Store) -> None:
    promote(store, "gbc", production(3), "by hand")
    with pytest.raises(Outdated):
        pointer.settle(store, settlement("v2", {"gbc": "satispy-gbc:v1"}, gbc=2))
    assert pointer.read(store).families["gbc"].run == "v3"


def test_the_best_version_of_before_is_kept_until_a_person_chooses(store: Store) -> None:
    promote(store, "gbc", production(1), "first")
    worse = Promotion(production=production(2), reason="not worse", anchor=production(1))
    based_on = {"gbc": "satispy-gbc:v1"}
    given = Settlement(run="v2", based_on=based_on, promotions={"gbc": worse}, default_model=None)
    assert pointer.settle(store, given).anchors["gbc"].run == "v1"
    assert promote(store, "gbc", production(3), "by hand").anchors == {}


def test_a_pointer_of_before_names_its_default_model_otherwise(store: Store) -> None:
    promote(store, "gbc", production(1), "first")
    old = store.read(pointer.KEY).replace(b"default_model", b"champion")
    store.write(pointer.KEY, old)
    assert pointer.read(store).default_model == "gbc"


def test_promoting_the_same_twice_is_entered_once(store: Store) -> None:
    for _ in range(2):
        promote(store, "gbc", production(1), "first")
    assert entered(store) == ["gbc None → satispy-gbc:v1"]


def test_rolling_back_twice_goes_two_versions_back(store: Store) -> None:
    for version in (1, 2, 3):
        promote(store, "gbc", production(version), "better")
    assert pointer.rollback(store, "gbc", NOW, ANNE).families["gbc"].run == "v2"
    assert pointer.rollback(store, "gbc", NOW, ANNE).families["gbc"].run == "v1"
    with pytest.raises(NotFound, match="first"):
        pointer.rollback(store, "gbc", NOW, ANNE)
    assert entered(store)[3:] == [
        "gbc satispy-gbc:v3 → satispy-gbc:v2",
        "gbc satispy-gbc:v2 → satispy-gbc:v1",
    ]


def test_a_rollback_restores_what_served_before_an_older_version_was_brought_back(
    store: Store,
) -> None:
    for version in (14, 25, 28):
        promote(store, "gbc", production(version), "better")
    promote(store, "gbc", production(25), "by hand")
    assert [pointer.rollback(store, "gbc", NOW, ANNE).families["gbc"].run for _ in range(3)] == [
        "v28",
        "v25",
        "v14",
    ]


def test_a_version_that_is_promoted_after_a_rollback_goes_back_to_what_it_replaced(
    store: Store,
) -> None:
    for version in (1, 2, 3):
        promote(store, "gbc", production(version), "better")
    pointer.rollback(store, "gbc", NOW, ANNE)
    promote(store, "gbc", production(4), "better")
    assert pointer.rollback(store, "gbc", NOW, ANNE).families["gbc"].run == "v2"
    assert pointer.rollback(store, "gbc", NOW, ANNE).families["gbc"].run == "v1"


def test_a_family_that_seldom_changes_goes_back_whatever_the_others_did(store: Store) -> None:
    for version in (1, 2):
        promote(store, "svm", production(version), "better")
    for version in range(1, pointer.KEPT + 5):
        promote(store, "gbc", production(version), "better")
    assert pointer.rollback(store, "svm", NOW, ANNE).families["svm"].run == "v1"


def test_what_the_pointer_does_not_keep_comes_back_from_the_journal(store: Store) -> None:
    newest = pointer.KEPT + 14
    for version in range(newest + 1):
        promote(store, "gbc", production(version), "better")
    assert len(pointer.read(store).earlier["gbc"]) == pointer.KEPT
    for version in reversed(range(10, newest)):
        now = pointer.rollback(store, "gbc", NOW, ANNE)
        assert now.families["gbc"].run == f"v{version}"
    for version in range(200, 204):  # on top of what only the journal knows
        promote(store, "gbc", production(version), "better")
    for version in [*reversed(range(200, 203)), *reversed(range(11))]:
        now = pointer.rollback(store, "gbc", NOW, ANNE)
        assert now.families["gbc"].run == f"v{version}"
    with pytest.raises(NotFound, match="first"):
        pointer.rollback(store, "gbc", NOW, ANNE)


def test_a_change_whose_writer_was_killed_is_entered_by_the_next(tmp_path: Path) -> None:
    class Killed(Store):
        def create(self, key: str, data: bytes) -> None:
            if key.startswith("journal/"):
                raise KeyboardInterrupt
            super().create(key, data)

    store = Store.folder(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        pointer.promote(Killed.folder(tmp_path), "gbc", production(1), "first", ANNE)
    assert pointer.read(store).tags() == {"gbc": "satispy-gbc:v1"}
    assert entered(store) == []
    now = promote(store, "gbc", production(2), "better")
    assert entered(store) == ["gbc None → satispy-gbc:v1", "gbc satispy-gbc:v1 → satispy-gbc:v2"]
    assert (now.unrecorded, now.recorded) == ([], journal.head(store))


def test_what_serves_changes_though_nobody_may_write_the_journal(tmp_path: Path) -> None:
    class Forbidden(Store):
        def create(self, key: str, data: bytes) -> None:
            if key.startswith("journal/"):
                raise NotAllowed("journal/ may not be written")
            super().create(key, data)

    store = Forbidden.folder(tmp_path)
    assert promote(store, "gbc", production(1), "first").tags() == {"gbc": "satispy-gbc:v1"}
    assert len(pointer.read(store).unrecorded) == 1


def test_another_default_model_is_a_change_of_its_own(store: Store) -> None:
    for family in ("gbc", "svm"):
        promote(store, family, production(1), "first")
    now = pointer.let_answer(store, "svm", NOW, "shorter texts", ANNE)
    entry = journal.last(store, 1)[0]
    assert now.default_model == "svm"
    assert (entry.what, entry.on, entry.why) == ("model.default", "svm", "shorter texts")
    assert (entry.before, entry.after["default_model"]) == ({"default_model": "gbc"}, "svm")
    with pytest.raises(NoModel):
        pointer.let_answer(store, "ann", NOW, "", ANNE)


def test_a_pointer_that_was_lost_goes_on_counting_after_what_was_entered(store: Store) -> None:
    for version in range(1, 6):
        promote(store, "gbc", production(version), "better")
    store.delete(pointer.KEY)
    assert promote(store, "gbc", production(9), "anew").changes == 6
    assert entered(store)[-1] == "gbc None → satispy-gbc:v9"


def of_before(store: Store) -> None:
    """A pointer as it was written before there were journal and `earlier`, with a history."""
    lines = []
    serving = None
    for reason, version in [("better", 14), ("better", 20), ("better", 28), ("rollback", 20)]:
        line = {"when": NOW.isoformat(), "family": "gbc", "tag": production(version).tag}
        lines.append(line | {"replaced": serving, "reason": reason})
        serving = production(version).model_dump(mode="json")
    lines.append({**lines[0], "replaced": serving, "reason": "by hand"})
    now = production(14).model_dump(mode="json")
    store.write(pointer.KEY, json.dumps({"families": {"gbc": now}, "history": lines}).encode())


def test_a_pointer_of_before_knows_from_its_history_what_to_go_back_to(store: Store) -> None:
    of_before(store)
    back = [pointer.rollback(store, "gbc", NOW, ANNE).families["gbc"].run for _ in range(2)]
    assert back == ["v20", "v14"]


def test_the_history_of_a_pointer_of_before_goes_to_the_journal(store: Store) -> None:
    of_before(store)
    promote(store, "svm", production(30), "first")
    assert entered(store) == [
        "gbc None → satispy-gbc:v14",
        "gbc satispy-gbc:v14 → satispy-gbc:v20",
        "gbc satispy-gbc:v20 → satispy-gbc:v28",
        "gbc satispy-gbc:v28 → satispy-gbc:v20",
        "gbc satispy-gbc:v20 → satispy-gbc:v14",
        "svm None → satispy-gbc:v30",
    ]
    assert pointer.read(store).history == []


def test_a_writer_that_came_second_keeps_what_the_first_wrote(store: Store) -> None:
    promote(store, "gbc", production(1), "first")
    interrupted = False

    def change(now: pointer.Promoted) -> pointer.Promoted:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            promote(store, "svm", production(1), "meanwhile")
        return now.model_copy(update={"families": {**now.families, "ann": production(1)}})

    pointer.update(store, change)
    assert set(pointer.read(store).families) == {"gbc", "svm", "ann"}


def test_the_model_of_aspects_serves_beside_the_families_and_an_earlier_run_takes_nothing_back(
    store: Store,
) -> None:
    promote(store, "gbc", production(1), "first")
    pointer.let_aspects_serve(store, production(3))
    pointer.let_aspects_serve(store, production(2))
    now = pointer.read(store)
    assert now.aspects is not None
    assert now.aspects.run == "v3"
    assert set(now.families) == {"gbc"}
    assert now.default_model == "gbc"
