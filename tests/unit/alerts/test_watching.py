"""Which conditions hold, from what is stored."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from satispy.alerts import book
from satispy.alerts.facts import Code, Condition
from satispy.alerts.telling import Lookout, look
from satispy.alerts.watching import Facts, Watch, conditions, judged
from satispy.alerts.words import words
from satispy.cloud import Queue
from satispy.errors import StackError
from satispy.locales.reader import Reader, answering
from satispy.registry.pointer import Promoted
from satispy.reports import recent
from satispy.reports import store as reports
from satispy.reports.insights import Title
from satispy.reports.schema import Drift, Report
from satispy.retraining import pace
from satispy.retraining.pace import Claimed, State
from satispy.retraining.turn import Held, Turns
from satispy.settings import Settings
from satispy.storage import Store
from tests.dashboard.made_up_reports import make_report
from tests.unit.alerts.made_up import learned, lost_parcels
from tests.unit.registry.test_pointer import production

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def found(facts: Facts, days: float = 90) -> dict[str, Condition]:
    return {each.key: each for each in conditions(facts, NOW, days)}


def test_where_nothing_is_stored_nothing_is_wrong_and_nothing_is_judged(tmp_path: Path) -> None:
    facts = Watch(Store.folder(tmp_path)).facts()
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


@pytest.mark.parametrize(
    ("claimed", "turns", "stuck"),
    [
        ({"at": NOW - timedelta(minutes=11)}, Turns(), True),
        ({"at": NOW - timedelta(minutes=9)}, Turns(), False),
        ({"at": NOW - DAY}, Turns(holder=Held(run="v00002", at=NOW + DAY)), False),
        ({"at": NOW - DAY}, Turns(newest=Held(run="v00002", at=NOW)), False),
        ({"at": NOW - DAY, "dataset_version": 1}, Turns(), False),
    ],
)
def test_a_run_that_was_started_and_is_heard_of_no_more_is_stuck(
    claimed: dict[str, object], turns: Turns, stuck: bool
) -> None:
    about = {"dataset_version": 2, "rows": 9, "run": "v00002", **claimed}
    state = State(claimed=Claimed.model_validate(about), learned_version=1)
    assert ("retrain-stuck:v00002" in found(Facts(turns=turns, pace=state))) is stuck


def test_incidents_that_last_are_one_each_until_they_are_over(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    two = learned(lost_parcels("TrustPilot"), lost_parcels("AvisLibre"))
    for minute in range(3):
        look(store, Facts(insights=two), NOW + timedelta(minutes=minute))
    assert [(one.code, one.times) for one in book.read(store).open] == [(Code.INCIDENT, 1)] * 2
    one = learned(lost_parcels("TrustPilot", until=NOW.date()), lost_parcels("AvisLibre"))
    (left,) = look(store, Facts(insights=one), NOW + DAY).open
    assert left.facts["source"] == "AvisLibre"


def test_a_model_is_old_after_so_many_days() -> None:
    old = production(1).model_copy(update={"since": NOW - 91 * DAY})
    young = production(2).model_copy(update={"since": NOW - 89 * DAY})
    facts = Facts(promoted=Promoted(families={"gbc": old, "svm": young}))
    assert found(facts).keys() == {"old-model:gbc"}
    assert found(facts, days=0) == {}


def test_dead_letters_are_one_incident_until_there_are_none(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    for minute, letters in enumerate((1, 3, 3)):
        look(store, Facts(dead_letters=letters), NOW + timedelta(minutes=minute))
    (alert,) = book.read(store).open
    assert (alert.code, alert.raised, alert.times) == (Code.DEAD_LETTERS, NOW, 1)
    assert look(store, Facts(dead_letters=0), NOW + DAY).open == []


def test_a_missed_requirement_and_drift_are_over_with_a_report_without_them(
    tmp_path: Path,
) -> None:
    store = Store.folder(tmp_path)
    missed = [{"metric": "f1_0", "family": "gbc", "value": 0.7}]
    drift = Drift(
        upload="avis_3",
        rows=900,
        shifts=[],
        unknown_words_before=0.1,
        unknown_words_after=0.4,
        production_accuracy={},
        alarming=["unknown words"],
    ).model_dump()
    well = make_report(2).model_dump(mode="json") | {"alerts": []}
    bad = well | {"alerts": missed, "drift": drift, "run": "v00001", "dataset_version": 1}
    watch = Watch(store)
    for said, wrong in ((bad, {"requirement-missed:gbc", "drift:reviews"}), (well, set())):
        report = Report.model_validate(said)
        reports.save(store, report)
        recent.note(store, report)
        assert {each.key for each in look(store, watch.facts(), NOW).open} == wrong


def test_what_has_not_changed_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.folder(tmp_path)
    reports.save(store, make_report(1))
    recent.note(store, make_report(1))
    store.write("insights/v00001.json", learned().model_dump_json().encode())
    watch = Watch(store)
    first = watch.facts()
    asked = []

    def noted(ask: Callable[..., object]) -> Callable[..., object]:
        return lambda key, *more: (asked.append(key), ask(key, *more))[1]

    for name in ("read", "read_if_changed"):
        monkeypatch.setattr(store, name, noted(getattr(store, name)))
    assert watch.facts() == first
    assert (first.report, first.insights) != (None, None)
    assert sorted(asked) == [
        "models/promoted.json",
        "retraining/pace.json",
        "retraining/turn.json",
        "summaries/reports.json",
    ]


def test_a_queue_that_does_not_answer_hides_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.folder(tmp_path)
    lookout = Lookout(Settings(), store)
    book.reconcile(store, conditions(Facts(dead_letters=1), NOW, 0), NOW, set(Code))
    claimed = Claimed(dataset_version=2, rows=9, at=NOW, run="v00002", failed=True)
    store.write(pace.KEY, State(claimed=claimed).model_dump_json().encode())

    def silent(_: Queue) -> int:
        raise StackError("the queue does not answer")

    monkeypatch.setattr(Queue, "dead_letters", silent)
    with pytest.raises(StackError):
        lookout.look()
    assert [each.code for each in book.read(store).open] == [Code.DEAD_LETTERS, Code.RETRAIN_FAILED]


@pytest.mark.parametrize("code", list(Code))
def test_every_alert_has_its_words_in_both_languages_however_little_is_known(code: Code) -> None:
    condition = Condition(code=code, subject="gbc", since=NOW)
    english = words(condition)
    with answering(Reader("fr")):
        french = words(condition)
    assert all(english + french)
    assert english.cause != french.cause
    assert english.step != french.step


def test_an_incident_is_called_by_the_title_of_its_aspect_in_each_language() -> None:
    named = learned(lost_parcels("TrustPilot")).model_copy(
        update={"titles": {"delivery": Title(fr="Livraison", en="Delivery")}}
    )
    (condition,) = conditions(Facts(insights=named), NOW, 0)
    assert words(condition).title == "Delivery, Alpha (TrustPilot)"
    with answering(Reader("fr")):
        assert words(condition).title == "Livraison, Alpha (TrustPilot)"


def test_an_incident_without_a_title_is_called_by_the_name_of_its_aspect() -> None:
    (condition,) = conditions(Facts(insights=learned(lost_parcels("TrustPilot"))), NOW, 0)
    assert words(condition).title == "delivery, Alpha (TrustPilot)"
