"""One run in detail, without a browser."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from made_up_reports import make_report, metrics, write_report
from markupsafe import escape

from satispy.dashboard.feed import Snapshot
from satispy.dashboard.looked_up import found
from satispy.dashboard.machine import of_progress
from satispy.dashboard.pages.evolution import EvolutionPage, EvolutionState
from satispy.dashboard.pages.runs import RunsPage, RunsState
from satispy.dashboard.progress import RunProgress, StageProgress
from satispy.dashboard.render import render
from satispy.errors import StorageUnreachable
from satispy.reports.schema import Decision, Drift, Interval, MetricChange, Report, Slice, Worse
from satispy.storage import Store

DECISION = Decision(
    promoted=False,
    reason="worse than satispy-gbc:old beyond noise: accuracy",
    why=Worse(gain={"accuracy": Interval(low=-0.0342, high=-0.0118)}),
    against="satispy-gbc:old",
    rows=1_500,
)
CHANGE = MetricChange(family="gbc", metric="f1_0", before=0.8412, after=0.7984)


def snapshot(*reports: Report) -> Snapshot:
    return Snapshot(reports=reports, read=True)


def judged() -> Report:
    """A report with everything that a retrain decides and finds."""
    report = make_report(2)
    gbc = report.models["gbc"].model_copy(update={"decision": DECISION})
    return report.model_copy(
        update={
            "models": report.models | {"gbc": gbc},
            "changes": ["gbc f1_0: 0.841 → 0.798"],
            "metric_changes": [CHANGE],
        }
    )


def detail_of(report: Report) -> str:
    html: str = RunsPage(RunsState(snapshot=snapshot(report)))._detail.object
    return html


def test_the_newest_run_is_followed_until_another_is_chosen() -> None:
    first, second, third = (make_report(number) for number in (1, 2, 3))
    state = RunsState(snapshot=snapshot(first, second))
    assert state.report == second
    state.snapshot = snapshot(first, second, third)
    assert state.report == third
    state.run = "v00001"
    assert state.report == first
    state.run = ""
    assert state.report == third
    assert list(state.options.values()) == ["", "v00003", "v00002", "v00001"]


def test_a_run_that_is_no_longer_among_the_newest_is_found(tmp_path: Path) -> None:
    old, new = make_report(1), make_report(2)
    store = Store.folder(tmp_path)
    write_report(store, old)
    state = RunsState(find=lambda run: found(store, run), snapshot=snapshot(new), run="v00001")
    assert state.report == old
    assert list(state.options.values()) == ["", "v00001", "v00002"]


@pytest.mark.parametrize("named", ["v99999", "../accounts", "<b>"])
def test_an_address_of_a_run_that_never_was_says_so(tmp_path: Path, named: str) -> None:
    store = Store.folder(tmp_path)
    state = RunsState(find=lambda run: found(store, run), snapshot=snapshot(make_report(1)))
    page = RunsPage(state)
    assert page._unknown.html == ""
    state.run = named
    assert not page._content.visible
    assert f"Il n’y a pas d’entraînement {escape(named)}" in page._unknown.html
    assert page._choice.value == named
    state.run = ""
    assert page._content.visible
    assert page._unknown.html == ""


NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def stage(state: str, **more: object) -> StageProgress:
    begun = NOW - timedelta(seconds=40)
    return StageProgress.model_validate({"state": state, "started": begun, "seconds": 12.0, **more})


def states(run: RunProgress) -> dict[str, str]:
    return {s.name: s.state for group in of_progress(run, NOW).groups for s in group}


def test_a_run_is_drawn_as_far_as_it_is_with_the_time_of_what_goes_on() -> None:
    run = RunProgress("v00002", {"prepare": stage("done"), "ann": stage("running")})
    assert states(run) == {
        "turn": "done", "prepare": "done", "gbc": "waiting", "svm": "waiting", "ann": "running",
        "publish": "waiting",
    }  # fmt: skip
    drawn = of_progress(run, NOW)
    assert [step.seconds for step in drawn.groups[2]] == [None, None, 40.0]
    assert states(RunProgress("v00003", {}, asked=NOW))["turn"] == "running"


def test_a_step_beyond_one_machine_counts_its_partitions_while_it_runs() -> None:
    counted = {"partitions_done": 12, "partitions": 40}
    stages = {"prepare": stage("done", **counted), "svm": stage("running", **counted)}
    drawn = of_progress(RunProgress("v00002", stages), NOW)
    by_name = {step.name: step for group in drawn.groups for step in group}
    assert (by_name["prepare"].partitions, by_name["svm"].partitions) == (None, (12, 40))
    assert "partie 12 sur 40" in render("machine.html", drawn=drawn)


def test_a_stopped_run_is_told_from_a_failed_one() -> None:
    stages = {"prepare": stage("done"), "gbc": stage("running")}
    stopped = of_progress(RunProgress("v00002", stages, stopped=True), NOW)
    assert stopped.state == "stopped"
    assert stopped.groups[2][0].state == "stopped"
    failed = of_progress(RunProgress("v00002", {"gbc": stage("failed")}), NOW)
    assert failed.state == "failed"


def test_a_failed_step_shows_its_error_as_text_and_another_try_is_offered() -> None:
    failed = stage("failed", said=["09:00:00 fitted"], error="ValueError: <b>")
    report = make_report(1)
    state = RunsState(
        snapshot=Snapshot(
            reports=(report,), runs=(RunProgress("v00002", {"gbc": failed}),), read=True
        )
    )
    page = RunsPage(state)
    assert "a échoué" in page._under_way.object
    assert "09:00:00 fitted" in page._log.html
    assert "ValueError: &lt;b&gt;" in page._log.html
    assert page._again.visible
    state.run = "v00002"
    assert "v00002 n’a pas encore de rapport" in page._unknown.html


def test_a_chosen_run_is_shown_in_short_while_the_bucket_does_not_answer() -> None:
    first, second = make_report(1), make_report(2)
    answers = iter([StorageUnreachable("no answer"), first])

    def whole(known: Report) -> Report:
        answer = next(answers)
        if isinstance(answer, StorageUnreachable):
            raise answer
        return answer

    short = first.model_copy(update={"uploads": []})
    state = RunsState(whole=whole, snapshot=snapshot(short, second), run=first.run)
    assert state.report is short
    assert state.report is first  # it answers again
    assert state.report is first  # and is not asked twice


def test_no_report_shows_what_to_do() -> None:
    page = RunsPage(RunsState(snapshot=snapshot()))
    assert "satispy upload" in page._trouble.html
    assert not page._content.visible
    assert not page._choice.visible


def test_a_run_is_shown_with_its_errors_durations_and_baselines() -> None:
    report = make_report(2).model_copy(update={"baselines": {"majority": metrics(0.71, 100)}})
    page = RunsPage(RunsState(snapshot=snapshot(report)))
    shown = page._drawn.object + page._detail.object
    for part in ("était négatif", "Préparation", "Score de Brier", "Toujours le plus fréquent"):
        assert part in shown
    assert report.models["ann"].tag in shown


def test_a_score_that_cannot_be_is_a_dash() -> None:
    report = make_report(1)
    gbc = report.models["gbc"]
    one_class = gbc.unseen.model_copy(update={"roc_auc": None})
    gbc = gbc.model_copy(update={"unseen": one_class})
    page = RunsPage(
        RunsState(snapshot=snapshot(report.model_copy(update={"models": {"gbc": gbc}})))
    )
    assert "–" in page._detail.object


def test_what_was_decided_and_what_moved_is_said_in_french() -> None:
    html = detail_of(judged())
    assert "1\u202f500 avis qu’aucun des deux n’a appris" in html
    assert (
        "moins bon au-delà du hasard (1,2\u00a0à\u00a03,4\u202fpt de moins en exactitude)." in html
    )
    assert "F1 avis négatifs : 84,1\xa0% → <b>79,8\xa0%</b>" in html
    assert "(−4,3\u202fpt)" in html
    assert 'lang="en"' not in html


def test_a_report_of_before_is_shown_in_the_english_words_it_has() -> None:
    old = json.loads(judged().model_dump_json())
    del old["metric_changes"]
    del old["models"]["gbc"]["decision"]["why"]
    html = detail_of(Report.model_validate(old))
    assert f'<span lang="en">{DECISION.reason}</span>' in html
    assert '<ul class="alerts" lang="en"><li>gbc f1_0: 0.841 → 0.798</li></ul>' in html


def test_what_drifted_is_named_in_french_with_the_share_of_unknown_words() -> None:
    drift = Drift(
        upload="mars",
        rows=900,
        shifts=[],
        unknown_words_before=0.021,
        unknown_words_after=0.143,
        production_accuracy={},
        alarming=["stars", "unknown words", "gbc accuracy"],
    )
    html = detail_of(make_report(2).model_copy(update={"drift": drift}))
    assert "Étoiles, Mots inconnus, Exactitude de GBC" in html
    assert "2,1\xa0% avant, 14,3\xa0% dans ce fichier" in html
    assert "Exactitude des modèles alors en service" not in html
    few = drift.model_copy(update={"rows": 3, "alarming": []})
    html = detail_of(make_report(2).model_copy(update={"drift": few}))
    assert "Trop peu d’avis pour dire s’ils dérivent." in html
    assert "pas de dérive" not in html


def with_blind_spots() -> Report:
    """GBC and SVM miss most of the few negative reviews among the short ones."""
    report = make_report(2)
    part = Slice(
        by="length", value="1-5 words", rows=834, accuracy=0.96, f1_0=0.0, f1_1=0.98,
        rows_0=34, rows_1=800, recall_0=0.0, recall_1=1.0,
    )  # fmt: skip
    found = {"gbc": 0.0, "svm": 0.21, "ann": 0.56}
    models = {
        name: report.models[name].model_copy(
            update={"slices": [part.model_copy(update={"recall_0": share})]}
        )
        for name, share in found.items()
    }
    return report.model_copy(update={"models": models})


def test_blind_spots_stand_before_everything_else() -> None:
    detail = detail_of(with_blind_spots())
    said = " ".join(re.sub(r"<[^>]+>", "", detail).split())
    assert "1 angle mort : moins de la moitié des avis y est reconnue" in said
    assert "Longueur : 1-5 mots · des 34 avis négatifs : GBC 0 %, SVM 21 %" in said
    assert "ANN 56" not in said
    assert detail.index("angle mort") < detail.index("Version des données")
    found = EvolutionPage(EvolutionState(snapshot=snapshot(with_blind_spots())))._found.object
    assert found.index("angle mort") < found.index("Exigence")


def test_without_a_blind_spot_nothing_is_said_of_them() -> None:
    assert "angle mort" not in detail_of(make_report(2))
