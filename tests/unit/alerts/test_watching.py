"""Which conditions hold, from what is stored."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from satispy.alerts import book
from satispy.alerts.facts import Code, Condition
from satispy.alerts.telling import look
from satispy.alerts.watching import Facts, conditions, gather, judged
from satispy.alerts.words import words
from satispy.registry.pointer import Promoted
from satispy.reports import recent
from satispy.reports import store as reports
from satispy.reports.schema import Report
from satispy.retraining.pace import Claimed, State
from satispy.retraining.turn import Held, Turns
from satispy.storage import Store
from tests.dashboard.made_up_reports import make_report
from tests.unit.registry.test_pointer import production

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def found(facts: Facts, days: float = 90) -> dict[str, Condition]:
    return {each.key: each for each in conditions(facts, NOW, days)}


def test_where_nothing_is_stored_nothing_is_wrong_and_nothing_is_judged(tmp_path: Path) -> None:
    facts = gather(Store.folder(tmp_path))
    assert found(facts) == {}
    assert Code.REQUIREMENT_MISSED not in judged(facts)


def test_a_run_that_failed_is_wrong_until_one_is_trained() -> None:
    claimed = Claimed(dataset_version=2, rows=9, at=NOW, run="v00002", failed=True)
    assert found(Facts(pace=State(claimed=claimed))).keys() == {"retrain-failed:retrain"}
    well = claimed.model_copy(update={"failed": False})
    assert found(Facts(pace=State(claimed=well))) == {}


def test_a_run_is_stuck_once_its_lease_is_over() -> None:
    held = Held(run="v00002", at=NOW - timedelta(minutes=1))
    assert found(Facts(turns=Turns(holder=held))).keys() == {"retrain-stuck:v00002"}
    assert found(Facts(turns=Turns(holder=Held(run="v00002", at=NOW + DAY)))) == {}


def test_a_model_is_old_after_so_many_days() -> None:
    old = production(1).model_copy(update={"since": NOW - 91 * DAY})
    young = production(2).model_copy(update={"since": NOW - 89 * DAY})
    facts = Facts(promoted=Promoted(families={"gbc": old, "svm": young}))
    assert found(facts).keys() == {"old-model:gbc"}
    assert found(facts, days=0) == {}


def test_dead_letters_are_one_incident_until_there_are_none(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    for minute, letters in enumerate((1, 3, 3)):
        look(store, NOW + timedelta(minutes=minute), dead_letters=letters)
    (alert,) = book.read(store).open
    assert (alert.code, alert.raised, alert.times) == (Code.DEAD_LETTERS, NOW, 1)
    assert look(store, NOW + DAY, dead_letters=0).open == []


def test_a_missed_requirement_and_drift_are_over_with_a_report_without_them(
    tmp_path: Path,
) -> None:
    store = Store.folder(tmp_path)
    missed = [{"metric": "f1_0", "family": "gbc", "value": 0.7}]
    well = make_report(2).model_dump(mode="json") | {"alerts": []}
    bad = well | {"alerts": missed, "run": "v00001", "dataset_version": 1}
    for said, wrong in ((bad, {"requirement-missed:gbc"}), (well, set())):
        report = Report.model_validate(said)
        reports.save(store, report)
        recent.note(store, report)
        keys = {each.key for each in look(store, NOW).open}
        assert {each for each in keys if "missed" in each} == wrong


@pytest.mark.parametrize("code", list(Code))
def test_every_alert_has_a_cause_and_a_next_step(code: Code) -> None:
    said = words(Condition(code=code, subject="gbc", since=NOW))
    assert said.cause
    assert said.next_step
