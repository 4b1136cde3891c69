"""Retrains and models changed by an admin, step by step, without a browser."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_up_reports import make_report
from signed_in import ADMIN, USER

from satispy import journal
from satispy.dashboard.door.permits import Permits, nobody
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.acting import PROMOTE, RETRAIN, ROLL_BACK, STOP, ActingState
from satispy.dashboard.pages.acting_form import Acting
from satispy.dashboard.progress import RunProgress, StageProgress
from satispy.errors import BrokenArtefact, Forbidden, NotFound, SatispyError
from satispy.journal import What
from satispy.registry import pointer
from satispy.registry.by_hand import archived_metadata, production_of
from satispy.registry.store import ModelStore
from satispy.settings import Settings
from satispy.storage import Store
from tests.service.house import House

WHY = "demande de l’équipe Lyon"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Two versions of gbc were promoted; the second serves."""
    models = ModelStore(tmp_path / "bentoml")
    house = House(tmp_path, Settings(), Store.folder(tmp_path / "bucket"), models)
    for version in ("v1", "v2"):
        house.promote(house.train("gbc", version))
    return house


def state_of(house: House, permits: Permits = ADMIN) -> ActingState:
    asked: list[bool | str] = []
    state = ActingState(
        lambda: house.bucket, permits, lambda: asked.append(True), lambda run: asked.append(run)
    )
    state.asked = asked  # type: ignore[attr-defined]
    look(state, house)
    return state


def look(state: ActingState, house: House) -> None:
    """As the feed does."""
    report = make_report(1)
    models = {
        f"gbc {tag}": report.models["gbc"].model_copy(update={"tag": tag}) for tag in house.made
    }
    one_each = [
        report.model_copy(update={"run": f"v{number:05d}", "models": {"gbc": model}})
        for number, model in enumerate(models.values(), 1)
    ]
    promoted = pointer.read(house.bucket)
    state.snapshot = Snapshot(
        reports=tuple(one_each), promoted=promoted, runs=(running("prepare"),), read=True
    )


def running(*stages: str) -> RunProgress:
    begun = StageProgress(state="running", started=datetime.now(UTC))
    return RunProgress("v00009", dict.fromkeys(stages, begun))


def confirm(state: ActingState) -> None:
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.confirm()).result()


def serving(house: House) -> str:
    return pointer.read(house.bucket).tags()["gbc"]


def test_a_model_is_rolled_back_and_promoted_again(house: House) -> None:
    state = state_of(house)
    Acting(state)  # which chooses the first of what there is
    state.param.update(action=ROLL_BACK, reason=WHY)
    state.plan()
    assert state.planned
    assert "v1" in state.planned.sentence
    assert serving(house) == "satispy-gbc:v2"
    confirm(state)
    assert serving(house) == "satispy-gbc:v1"
    assert "v1 est en service" in state.done
    assert state.reason == ""
    look(state, house)
    assert list(state.models.values()) == ["satispy-gbc:v2"]
    state.param.update(action=PROMOTE, model="satispy-gbc:v2", reason=WHY)
    state.plan()
    confirm(state)
    assert serving(house) == "satispy-gbc:v2"
    back, forth = journal.last(house.bucket, 2)[::-1]
    assert (back.what, forth.what) == (What.MODEL_ROLLED_BACK, What.MODEL_PROMOTED)
    for entry in (back, forth):
        assert (entry.by.who, entry.by.via) == ("anne", "app")
        assert WHY in entry.why


def test_a_retrain_is_asked_for_once_and_entered(house: House) -> None:
    state = state_of(house)
    state.param.update(action=RETRAIN, reason=WHY)
    state.plan()
    confirm(state)
    confirm(state)
    assert state.asked == [True]  # type: ignore[attr-defined]
    (entry,) = journal.last(house.bucket, 1)
    assert (entry.what, entry.by.who, entry.why) == (What.RETRAIN_ASKED, "anne", WHY)


def test_a_run_is_stopped_once_with_its_reason(house: House) -> None:
    state = state_of(house)
    Acting(state)
    state.param.update(action=STOP, reason=WHY)
    state.plan()
    assert state.planned
    assert "v00009 s’arrête" in state.planned.sentence
    confirm(state)
    confirm(state)
    assert state.asked == ["v00009"]  # type: ignore[attr-defined]
    (entry,) = journal.last(house.bucket, 1)
    assert (entry.what, entry.on, entry.why) == (What.RETRAIN_STOPPED, "v00009", WHY)


def test_a_run_that_publishes_is_not_stopped_half_way(house: House) -> None:
    state = state_of(house)
    state.snapshot = Snapshot(runs=(running("prepare", "gbc", "publish"),), read=True)
    state.param.update(action=STOP, run="v00009", reason=WHY)
    state.plan()
    assert state.planned is None
    assert "publie déjà" in state.fault


def test_another_try_after_a_failure_is_a_retrain_that_says_so(house: House) -> None:
    state = state_of(house)
    state.try_again("v00009")
    assert state.planned
    assert (state.planned.action, state.asked) == (RETRAIN, [])  # type: ignore[attr-defined]
    confirm(state)
    assert journal.last(house.bucket, 1)[0].why == "nouvel essai après v00009"


@pytest.mark.parametrize("permits", [USER, nobody()])
@pytest.mark.parametrize("action", [RETRAIN, STOP, PROMOTE, ROLL_BACK])
def test_who_may_not_changes_nothing_by_whatever_events(
    house: House, permits: Permits, action: str
) -> None:
    before = {entry.key for entry in house.bucket.list("")}
    state = state_of(house, permits)
    page = Acting(state)
    assert "réservé aux administrateurs" in page.layout[1].object
    about = {"run": "v00009", "model": "satispy-gbc:v1", "family": "gbc"}
    state.param.update(action=action, reason=WHY, **about)
    state.plan()
    assert state.planned
    confirm(state)
    assert isinstance(state.trouble, Forbidden)
    assert serving(house) == "satispy-gbc:v2"
    assert state.asked == []  # type: ignore[attr-defined]
    assert {entry.key for entry in house.bucket.list("")} == before


@pytest.mark.parametrize(
    "given",
    [
        {"reason": " \t "},
        {"reason": WHY, "action": PROMOTE, "model": "satispy-gbc:v9"},
        {"reason": WHY, "action": PROMOTE, "model": "satispy-gbc:v2"},
        {"reason": WHY, "action": ROLL_BACK, "family": "svm"},
        {"reason": WHY, "action": STOP, "run": "v00001"},
        {"reason": WHY, "action": "drop everything"},
    ],
)
def test_what_was_not_offered_is_not_planned(house: House, given: dict[str, str]) -> None:
    state = state_of(house)
    state.param.update(**given)
    state.plan()
    assert state.planned is None
    assert state.fault
    confirm(state)
    assert serving(house) == "satispy-gbc:v2"


def test_what_others_changed_meanwhile_is_said_and_not_overwritten(house: House) -> None:
    state = state_of(house)
    state.param.update(action=ROLL_BACK, family="gbc", reason=WHY)
    state.plan()
    house.promote(house.train("gbc", "v3"))
    confirm(state)
    assert serving(house) == "satispy-gbc:v3"
    assert "entre-temps" in Acting(state).layout[-1].html


def test_a_model_is_promoted_from_its_archive_alone(house: House) -> None:
    about = archived_metadata(house.bucket, "satispy-gbc:v1")
    assert about == house.models.describe("satispy-gbc:v1").metadata
    now = datetime.now(UTC)
    assert production_of("satispy-gbc:v1", about, now).digest == about["digest"]
    with pytest.raises(NotFound):
        archived_metadata(house.bucket, "satispy-gbc:v9")
    house.bucket.write("models/satispy-gbc/v9.bentomodel", b"no tar")
    with pytest.raises(BrokenArtefact):
        archived_metadata(house.bucket, "satispy-gbc:v9")
    with pytest.raises(SatispyError, match="answers no question"):
        production_of("satispy-vectors:v1", {}, now)
