"""One run in detail, without a browser."""

import json
import re

from made_up_reports import make_report, metrics

from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.about import about
from satispy.dashboard.pages.evolution import EvolutionPage, EvolutionState
from satispy.dashboard.pages.runs import RunsPage, RunsState
from satispy.errors import StorageUnreachable
from satispy.reports.schema import Decision, Drift, Interval, MetricChange, Report, Slice, Worse

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
    html: str = RunsPage(RunsState(snapshot=snapshot(report))).layout[-1][-1].object
    return html


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


def test_the_project_is_told_with_its_requirement() -> None:
    assert "80 %" in about()[0].object


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
    head = EvolutionPage(EvolutionState(snapshot=snapshot(with_blind_spots())))._head.object
    assert head.index("angle mort") < head.index("Exigence")


def test_without_a_blind_spot_nothing_is_said_of_them() -> None:
    assert "angle mort" not in detail_of(make_report(2))
