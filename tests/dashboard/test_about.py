"""The project and the models that serve, as À propos tells of them; without a browser."""

import re
from datetime import UTC, datetime

from made_up_reports import make_report

from satispy.dashboard.cards import cards
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.about import AboutPage, AboutState, versions
from satispy.registry.pointer import Production, Promoted
from satispy.reports.schema import Interval, Report

FIRST, SECOND = make_report(1), make_report(2)


def serving(*models: tuple[str, Report]) -> Promoted:
    families = {
        family: Production(
            tag=report.models[family].tag,
            archive="",
            digest="d" * 64,
            run=report.run,
            dataset_version=report.dataset_version,
            since=datetime(2026, 11, 27, 9, tzinfo=UTC),
            accuracy=report.models[family].origin.accuracy,
        )
        for family, report in models
    }
    return Promoted(families=families, default_model=models[0][0])


def test_a_card_tells_of_the_version_that_serves_and_not_of_the_newest() -> None:
    svm, ann = cards(serving(("ann", SECOND), ("svm", FIRST)), (FIRST, SECOND), SECOND)
    assert (svm.family, svm.model, svm.default) == ("svm", FIRST.models["svm"], False)
    assert (ann.family, ann.model, ann.default) == ("ann", SECOND.models["ann"], True)
    assert svm.report
    assert svm.report.train_rows == FIRST.train_rows


def test_a_model_whose_report_is_gone_is_described_by_what_the_pointer_knows() -> None:
    promoted = serving(("gbc", FIRST))
    (card,) = cards(promoted, (SECOND,), SECOND)
    assert (card.report, card.model) == (None, None)
    page = AboutPage(AboutState(snapshot=Snapshot(reports=(SECOND,), promoted=promoted)))
    assert "n’est plus sous la main" in page._models.object
    assert cards(None, (SECOND,), SECOND) == []


def test_the_cards_follow_what_serves_with_their_intervals() -> None:
    state = AboutState()
    page = AboutPage(state)
    assert "Aucun modèle n’est encore en service" in page._models.object
    gbc = SECOND.models["gbc"]
    told = {"intervals": {"accuracy": Interval(low=0.85, high=0.93)}}
    report = SECOND.model_copy(update={"models": {"gbc": gbc.model_copy(update=told)}})
    state.snapshot = Snapshot(reports=(report,), promoted=serving(("gbc", report)))
    html = page._models.object
    assert 'aria-label="Fiche de GBC"' in html
    assert "85,0\xa0%\xa0à\xa093,0\xa0%" in html
    assert '<a href="#entrainements.v00002">v00002</a>' in html


def test_the_project_is_told_with_its_requirement_its_parts_and_their_versions() -> None:
    page = AboutPage(AboutState())
    said = " ".join(re.sub(r"<[^>]+>", " ", "".join(pane.object for pane in page.layout)).split())
    assert "80 %" in said
    assert "Step Functions : un entraînement à la fois" in said
    assert {"Python", "panel", "numpy"} <= versions().keys()
    assert versions()["numpy"] in said
