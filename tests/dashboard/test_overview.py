"""Vue d'ensemble, without a browser."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from made_up_reports import make_report
from scipy.stats import binomtest
from test_why_page import made_up

from satispy.alerts.book import Book
from satispy.alerts.facts import Alert, Code, Condition
from satispy.dashboard.addresses import parsed, written
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.months import chart
from satispy.dashboard.overview import attention, serving
from satispy.dashboard.pages.overview import html
from satispy.dashboard.satisfaction import Share, largest, lately, months
from satispy.locales.reader import Reader, answering
from satispy.registry.pointer import Production, Promoted
from satispy.registry.promoted import Earlier
from satispy.reports.insights import Day, Insights
from satispy.reports.schema import Drift, Report
from satispy.reviews.receipts import Receipt

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def days(*counts: tuple[int, int, int]) -> list[Day]:
    """(days before the newest, reviews, negative)"""
    return [
        Day(
            day=date(2026, 11, 3) - timedelta(days=before),
            company="Alpha",
            source="TrustPilot",
            reviews=reviews,
            negative=negative,
            complaints={},
        )
        for before, reviews, negative in counts
    ]


def with_days(*counts: tuple[int, int, int]) -> Insights:
    return made_up().model_copy(update={"days": days(*counts)})


def production(report: Report, family: str) -> Production:
    model = report.models[family]
    return Production(
        tag=model.tag,
        archive="",
        digest="",
        run=report.run,
        dataset_version=1,
        since=report.created,
        accuracy=model.origin.accuracy,
    )


def receipt(name: str, **more: object) -> Receipt:
    about = {"upload": name, "key": f"uploads/{name}.csv", "put": "1", "seconds": 1.0}
    return Receipt.model_validate({**about, "put_at": NOW, "finished": NOW, **more})


def test_a_share_of_few_reviews_has_a_wide_interval_within_0_and_1() -> None:
    low, high = Share("", 3, 0).interval
    assert low == pytest.approx(0)
    assert 0.5 < high < 0.6
    of_scipy = binomtest(50, 200).proportion_ci(method="wilson")
    assert Share("", 200, 50).interval == pytest.approx((of_scipy.low, of_scipy.high))


def test_four_weeks_are_compared_with_the_four_before() -> None:
    found = lately(
        with_days((0, 300, 120), (27, 300, 120), (28, 300, 60), (55, 300, 60), (56, 9, 9))
    )
    assert found is not None
    assert (found.now.reviews, found.now.negative) == (600, 240)
    assert found.before is not None
    assert (found.before.reviews, found.before.negative) == (600, 120)
    assert found.change == pytest.approx(0.2)
    assert found.beyond_chance


def test_a_change_of_few_reviews_may_be_chance() -> None:
    found = lately(with_days((0, 10, 4), (30, 10, 2)))
    assert found is not None
    assert not found.beyond_chance
    assert "pas au-delà du hasard" in html(
        Snapshot(reports=(make_report(1),), insights=with_days((0, 10, 4), (30, 10, 2)), read=True)
    )


def test_one_typed_review_makes_no_change() -> None:
    found = lately(with_days((0, 1, 1), (30, 400, 80)))
    assert found is not None
    assert not found.beyond_chance


def test_four_weeks_end_where_days_are_counted_to() -> None:
    """A review of years later is counted in no day, and blanks no card."""
    found = with_days((0, 300, 120), (30, 300, 60))
    later = found.model_copy(update={"last": found.last + timedelta(days=800)})
    assert lately(later) == lately(found) is not None


def test_without_reviews_before_there_is_no_change() -> None:
    found = lately(with_days((0, 10, 4)))
    assert found is not None
    assert found.change is None
    assert lately(with_days()) is None


def test_months_and_parts_come_from_the_insights() -> None:
    assert [month for month, _ in months(made_up())] == [date(2026, 10, 1), date(2026, 11, 1)]
    groups = largest(made_up(), "company")
    assert [(share.name, share.share, place) for share, place in groups] == [
        ("Alpha", 0.3, ""),
        ("=Beta()", 0.3, ""),
    ]


def test_the_chart_has_a_place_for_each_month_within_it() -> None:
    shares = [(date(2025, 1, 1), Share("", 400, 80)), (date(2025, 2, 1), Share("", 3, 0))]
    shares += [(date(2026, 12, 1), Share("", 400, 240))]
    found = chart(shares)
    assert [each.up for each in found.months] == pytest.approx([20 / 0.7, 0, 60 / 0.7])
    assert [each.across for each in found.months] == sorted(each.across for each in found.months)
    assert all(each.left < each.across < each.left + each.width for each in found.months)
    assert sum(each.width for each in found.months) == pytest.approx(100)
    assert [percent for percent, _ in found.ticks] == [0, 20, 40, 60]
    assert found.months[-1].labelled


def test_what_is_the_same_for_all_is_made_once_in_each_language() -> None:
    snapshot = Snapshot(reports=(make_report(1),), insights=made_up(), read=True)
    with answering(Reader("en")):
        english = html(snapshot)
    assert html(snapshot) is html(snapshot)
    assert html(snapshot) != english
    assert html(replace(snapshot, restarts=True)) is not html(snapshot)


def test_the_cards_show_what_serves_and_not_what_was_trained_last() -> None:
    reports = [make_report(1), make_report(2)]
    promoted = Promoted(
        families={
            "ann": production(reports[1], "ann"),
            "gbc": production(reports[0], "gbc"),
        },
        default_model="gbc",
        earlier={"ann": [Earlier(**production(reports[0], "ann").model_dump())]},
    )
    gbc, ann = serving(promoted, reports, reports[-1])
    assert (gbc.family, gbc.default, gbc.model) == ("gbc", True, reports[0].models["gbc"])
    assert ann.change["accuracy"] == pytest.approx(
        reports[1].models["ann"].origin.accuracy - reports[0].models["ann"].origin.accuracy
    )


def test_a_version_whose_report_is_gone_is_shown_with_what_the_pointer_knows() -> None:
    promoted = Promoted(families={"gbc": production(make_report(1), "gbc")})
    said = html(Snapshot(reports=(make_report(9),), promoted=promoted, read=True))
    assert "v00001" in said
    assert "GBC" in said


def test_what_needs_a_look_is_named_and_nothing_else_is() -> None:
    assert not attention(
        Snapshot(reports=(make_report(1),), last=make_report(1), read=True), [], NOW
    )
    poor = make_report(1, -0.12)
    drift = Drift(
        upload="a",
        rows=9,
        shifts=[],
        unknown_words_before=0,
        unknown_words_after=0,
        alarming=["labels"],
        production_accuracy={},
    )
    snapshot = Snapshot(
        reports=(poor,),
        last=poor.model_copy(update={"drift": drift}),
        insights=made_up(),
        promoted=Promoted(families={"gbc": production(poor, "gbc")}),
        receipts=(
            receipt("good", received=3, added=3),
            receipt("none", refused="no header"),
            receipt("some", received=30, added=29, rejected=1, quarantine="quarantine/some.csv"),
        ),
        read=True,
    )
    found = attention(snapshot, serving(snapshot.promoted, snapshot.reports, snapshot.last), NOW)
    assert [each.aspect for each in found.incidents] == ["delivery"]
    assert {(family, metric) for family, metric, _ in found.missed} >= {("gbc", "accuracy")}
    assert [each.upload for each in found.refused] == ["none"]
    assert [each.upload for each in found.mended] == ["some"]
    said = html(snapshot)
    for words in ("Livraison, Alpha", "Exigence manquée", "fichier refusé", "Dérive", "1 ligne"):
        assert words in said
    assert "rien à signaler" not in said


def test_open_alerts_stand_first_with_their_addresses_and_nothing_is_said_twice() -> None:
    missed = Condition(
        code=Code.REQUIREMENT_MISSED,
        subject="gbc",
        since=NOW,
        facts={"run": "v00001", "missed": {"accuracy": 0.7}},
    )
    alert = Alert(**missed.model_dump(), raised=NOW, seen=NOW)
    poor = make_report(1, -0.12)
    snapshot = Snapshot(
        reports=(poor,),
        last=poor,
        promoted=Promoted(families={"gbc": production(poor, "gbc")}),
        alerts=Book(open=[alert]),
        read=True,
    )
    said = html(snapshot)
    assert f'href="#alertes.{alert.id}"' in said
    assert said.count("Exigence manquée") == 1


def test_why_a_candidate_does_not_serve_is_said_on_the_card_of_the_one_that_does() -> None:
    first, last = make_report(1), make_report(2)
    model = last.models["gbc"].model_copy(update={"promoted": False})
    last = last.model_copy(update={"models": {**last.models, "gbc": model}})
    promoted = Promoted(families={"gbc": production(first, "gbc")})
    snapshot = Snapshot(reports=(first, last), last=last, promoted=promoted, read=True)
    assert "v00002 n’a pas pris sa place" in html(snapshot)


def test_without_insights_the_page_shows_the_models() -> None:
    said = html(Snapshot(reports=(make_report(1),), read=True))
    assert "Derniers entraînements" in said


@pytest.mark.parametrize("reports", [(), (make_report(1),)])
def test_the_page_has_one_heading_with_reports_or_without(reports: tuple[Report, ...]) -> None:
    assert html(Snapshot(reports=reports, read=True)).count("<h1>") == 1


def test_addresses_are_read_as_they_are_written() -> None:
    assert parsed(written("entrainements", "v00012")) == ("entrainements", "v00012")
    assert parsed(written("pourquoi", "v00012")) == ("pourquoi", "")
    assert parsed("") == ("accueil", "")
    assert parsed("#<script>/x") == ("accueil", "")
