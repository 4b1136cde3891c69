"""One run in detail, without a browser."""

from made_up_reports import make_report, metrics

from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.about import about
from satispy.dashboard.pages.runs import RunsPage, RunsState
from satispy.reports.schema import Report


def snapshot(*reports: Report) -> Snapshot:
    return Snapshot(reports=reports, read=True)


def test_the_newest_run_is_followed_until_another_is_chosen() -> None:
    first, second, third = (make_report(number) for number in (1, 2, 3))
    state = RunsState(snapshot=snapshot(first, second))
    assert state.report == second
    state.snapshot = snapshot(first, second, third)
    assert state.report == third
    state.run = "v00001"
    assert state.report == first
    state.snapshot = snapshot(second, third)
    assert state.report == third
    assert list(state.options.values()) == ["", "v00003", "v00002"]


def test_no_report_shows_what_to_do() -> None:
    page = RunsPage(RunsState(snapshot=snapshot()))
    assert "satispy upload" in page.layout[1].html
    assert not page.layout[-1].visible


def test_a_run_is_shown_with_its_errors_durations_and_baselines() -> None:
    report = make_report(2).model_copy(update={"baselines": {"majority": metrics(0.71, 100)}})
    page = RunsPage(RunsState(snapshot=snapshot(report)))
    shown = page.layout[-1][-1].object
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
    assert "–" in page.layout[-1][-1].object


def test_the_project_is_told_with_its_requirement() -> None:
    assert "80 %" in about()[0].object
