"""From reports to what the page shows, without a browser."""

import csv
from datetime import timedelta
from io import StringIO

from made_up_reports import START, make_report

from satispy.dashboard import evolution
from satispy.dashboard.evolution_charts import EvolutionChart, panels, percent_range
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.above import trouble
from satispy.dashboard.pages.evolution import EvolutionPage, EvolutionState
from satispy.dashboard.progress import RunProgress, StageProgress
from satispy.journal import Actor
from satispy.registry.changes import Change, Serving
from satispy.reports.schema import Interval
from satispy.sentence import Sentence


def reports(count: int, level_shift: float = 0.0):
    return tuple(make_report(number, level_shift) for number in range(1, count + 1))


def test_each_run_gives_one_point_for_each_model_and_metric() -> None:
    points = evolution.tidy(reports(3), "origin")
    assert len(points) == 3 * 3 * 3
    assert [point.update for point in evolution.series(points, "svm", "f1_0")] == [1, 2, 3]


def test_the_change_is_against_the_update_before() -> None:
    points = evolution.tidy(reports(3), "origin")
    first, second, third = evolution.series(points, "gbc", "accuracy")
    last = evolution.latest(points)["gbc"]["accuracy"]
    assert last.point == third
    assert last.change == third.value - second.value
    assert first not in (last.point, second)


def test_a_first_report_has_no_change() -> None:
    points = evolution.tidy(reports(1), "origin")
    assert all(
        last.change is None
        for metrics in evolution.latest(points).values()
        for last in metrics.values()
    )


def test_unseen_texts_are_another_set_of_figures() -> None:
    origin = evolution.tidy(reports(1), "origin")[0]
    unseen = evolution.tidy(reports(1), "unseen")[0]
    assert unseen.value < origin.value


def test_the_alert_looks_at_all_three_metrics_and_only_at_the_last_values() -> None:
    bad_then_good = (make_report(1, -0.15), make_report(2, +0.05))
    good_then_bad = (make_report(1, +0.05), make_report(2, -0.15))
    assert evolution.alerts(evolution.tidy(bad_then_good, "origin")) == []
    missed = evolution.alerts(evolution.tidy(good_then_bad, "origin"))
    assert {point.metric for point in missed} >= {"accuracy", "f1_0"}
    assert {point.run for point in missed} == {"v00002"}
    assert missed == sorted(missed, key=lambda point: point.value)


def test_exactly_80_percent_is_not_above_80_percent() -> None:
    report = make_report(1)
    gbc = report.models["gbc"]
    level = gbc.model_copy(update={"origin": gbc.origin.model_copy(update={"f1_0": 0.80})})
    report = report.model_copy(update={"models": {"gbc": level}})
    missed = evolution.alerts(evolution.tidy([report], "origin"))
    assert [(point.family, point.metric) for point in missed] == [("gbc", "f1_0")]


def test_a_model_missing_from_a_report_keeps_its_last_value() -> None:
    mixed = (make_report(1), make_report(2, families=("gbc",)))
    latest = evolution.latest(evolution.tidy(mixed, "origin"))
    assert latest["svm"]["accuracy"].point.run == "v00001"
    assert latest["gbc"]["accuracy"].point.run == "v00002"


def test_families_come_in_a_fixed_order_and_new_ones_last() -> None:
    report = make_report(1, families=("transformer", "ann", "gbc"))
    assert evolution.families([report]) == ["gbc", "ann", "transformer"]


def test_panels_of_both_groupings_hold_every_line_once() -> None:
    families = ["gbc", "svm", "ann"]
    for grouping in ("metric", "model"):
        lines = [(x.family, x.metric) for panel in panels(families, grouping) for x in panel.lines]
        assert len(lines) == len(set(lines)) == 9


def test_a_chart_takes_new_points_without_being_drawn_again() -> None:
    chart = EvolutionChart(panels(["gbc", "svm", "ann"], "metric")[0])
    drawn = chart.figure
    for count in (1, 3, 60):
        points = evolution.tidy(reports(count), "origin")
        chart.show(points)
        assert chart.figure is drawn
        assert chart.sources[0].data["update"] == list(range(1, count + 1))
        assert len(chart.bands.data["update"]) == count
        assert (drawn.x_range.start, drawn.x_range.end) == (0.5, count + 0.5)
    assert chart.sources[0].data["size"][0] < 9


def test_a_tooltip_escapes_what_a_report_says() -> None:
    evil = make_report(1).model_copy(update={"run": "<script>alert(1)</script>"})
    chart = EvolutionChart(panels(["gbc"], "metric")[0])
    chart.show(evolution.tidy([evil], "origin"))
    assert "<script>" not in chart.bands.data["tooltip"][0]


def test_the_scale_always_holds_the_requirement_and_every_value() -> None:
    assert percent_range([]) == (78, 92)
    low, high = percent_range([0.31, 0.999])
    assert low < 31
    assert 99.9 < high <= 101


def test_unseen_alerts_come_beside_those_of_the_requirement() -> None:
    state = EvolutionState(snapshot=Snapshot(reports=reports(2, -0.15), read=True))
    assert [where for _, where in state.alert_groups] == ["origin"]
    state.view = "unseen"
    assert [where for _, where in state.alert_groups] == ["origin", "unseen"]


def test_the_page_follows_its_state() -> None:
    state = EvolutionState(snapshot=Snapshot(reports=reports(2), read=True))
    page = EvolutionPage(state)
    content = page.layout[-1]
    table = content[-1]
    assert "v00002" in table.object
    assert "v00003" not in table.object
    state.snapshot = Snapshot(reports=reports(3), read=True)
    assert "v00003" in table.object
    charts = list(page._charts)
    state.view = "unseen"
    assert page._charts == charts
    state.grouping = "model"
    assert page._charts != charts


def test_without_reports_the_page_keeps_its_heading() -> None:
    page = EvolutionPage(EvolutionState(snapshot=Snapshot(read=True)))
    assert "<h1>Évolution des modèles</h1>" in page.layout[0].object
    assert not page.layout[-1].visible


def test_empty_unread_and_unreachable_are_told_apart() -> None:
    assert "Lecture" in trouble(Snapshot())
    assert "satispy upload" in trouble(Snapshot(read=True))
    running = RunProgress("v00001", {"gbc": StageProgress(state="running", started=START)})
    assert "Premier entraînement" in trouble(Snapshot(runs=(running,), read=True))
    lost = trouble(Snapshot(error=Sentence("s3://satispy does not answer: refused")))
    assert "ne répond pas" in lost
    assert "satispy status" in lost
    stale = trouble(
        Snapshot(reports=reports(1), read=True, error=Sentence("s3://satispy does not answer"))
    )
    assert "derniers lus" in stale
    assert trouble(Snapshot(reports=reports(1), read=True)) == ""


def with_interval(number: int, *, promoted: bool = True):
    """A report whose gbc has an interval of its accuracy."""
    report = make_report(number)
    told = {"intervals": {"accuracy": Interval(low=0.85, high=0.93)}, "promoted": promoted}
    return report.model_copy(
        update={"models": report.models | {"gbc": report.models["gbc"].model_copy(update=told)}}
    )


def changed(days: float, kind: str = "rolled_back", family: str = "gbc") -> Change:
    return Change(
        number=1,
        kind=kind,
        when=START + timedelta(days=days),
        family=family,
        tag=f"satispy-{family}:v00001-0badcafe",
        reason="<b>Lyon</b>",
        by=Actor(who="anne", via="app"),
        then=Serving(tags={}, default_model=None),
    )


def test_a_line_has_the_interval_of_each_update_as_its_band_and_none_of_unseen_texts() -> None:
    found = (make_report(1), with_interval(2))
    chart = EvolutionChart(panels(["gbc", "svm", "ann"], "metric")[0])
    chart.show(evolution.tidy(found, "origin"))
    data = chart.sources[0].data
    assert (data["low"][1], data["high"][1]) == (85.0, 93.0)
    assert data["low"][0] == data["high"][0] == data["percent"][0]
    assert "85,0\xa0%\xa0à\xa093,0\xa0%" in chart.bands.data["tooltip"][1]
    chart.show(evolution.tidy(found, "unseen"))
    assert chart.sources[0].data["low"] == chart.sources[0].data["percent"]


def test_a_model_that_was_not_promoted_is_a_hollow_marker() -> None:
    chart = EvolutionChart(panels(["gbc"], "metric")[0])
    chart.show(evolution.tidy((make_report(1), with_interval(2, promoted=False)), "origin"))
    assert chart.sources[0].data["filled"] == [1.0, 0.0]


def test_what_people_changed_stands_between_the_updates_of_its_time() -> None:
    found = reports(3)  # nine days apart, from day nine on
    hands = [changed(1), changed(20), changed(21, "promoted"), changed(22, family="aspects")]
    marked = evolution.marked(found, [*hands, changed(40, "default")])
    assert [round(each.at, 2) for each in marked] == [0.2, 2.2, 2.3]
    points = evolution.tidy(found, "origin")
    by_model = {panel.title: EvolutionChart(panel) for panel in panels(["gbc", "svm"], "model")}
    for chart in by_model.values():
        chart.show(points, marked)
    gbc, svm = (by_model[name].marks.data for name in ("Gradient boosting", "Vecteurs de support"))
    assert gbc["symbol"] == ["inverted_triangle", "triangle"]  # the first is before all updates
    assert "&lt;b&gt;Lyon" in gbc["tooltip"][0]
    assert svm["at"] == []


def test_hundreds_of_updates_are_looked_at_from_the_newest_on() -> None:
    state = EvolutionState(snapshot=Snapshot(reports=reports(60), read=True))
    page = EvolutionPage(state)
    assert {point.update for point in state.points} == set(range(36, 61))
    assert "v00035" not in page._table.object
    state.most = 0
    assert len({point.update for point in state.points}) == 60
    assert "v00001" in page._table.object


def test_the_table_that_is_downloaded_runs_no_formula_in_a_spreadsheet() -> None:
    evil = with_interval(1).model_copy(update={"run": "=cmd()"})
    rows = list(csv.reader(StringIO(evolution.as_csv([evil])[1:]), delimiter=";"))
    first = dict(zip(*rows[:2], strict=True))
    assert first["entraînement"] == "'=cmd()"
    assert (first["accuracy bas"], first["accuracy haut"]) == ("0,8500", "0,9300")
    assert len(rows) == 1 + 3
