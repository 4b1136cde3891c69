"""Pourquoi, without a browser."""

import csv
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

from made_up_reports import make_report, write_report

from satispy.dashboard import causes
from satispy.dashboard.feed import Bucket, Snapshot
from satispy.dashboard.pages.why import WhyPage, WhyState
from satispy.reports.insights import (
    Cause,
    Group,
    Insights,
    Move,
    Outbreak,
    Proposed,
    Quote,
    Title,
    key,
)
from satispy.storage import Store

TITLES = {"delivery": Title(fr="Livraison", en="Delivery"), "price": Title(fr="Prix", en="Price")}


def cause(aspect: str, points: float, complaints: int = 40) -> Cause:
    return Cause(
        aspect=aspect,
        mentions=complaints + 10,
        complaints=complaints,
        points=points,
        low=points - 1,
        high=points + 1,
    )


def group(by: str, value: str, *found: Cause) -> Group:
    return Group.model_validate(
        {"by": by, "value": value, "reviews": 100, "negative": 30, "causes": found}
    )


def quote(text: str, clause: str, company: str) -> Quote:
    start = text.index(clause)
    return Quote(
        aspect="delivery",
        day=date(2026, 11, 3),
        stars=1,
        company=company,
        source="TrustPilot",
        text=text,
        start=start,
        end=start + len(clause),
    )


def made_up(run: str = "v00002") -> Insights:
    delivery, price = cause("delivery", 7.5), cause("price", 2.0)
    return Insights(
        run=run,
        created=datetime(2026, 11, 4, tzinfo=UTC),
        dataset_version=2,
        aspects_model="satispy-aspects:v",
        sentiment_model="satispy-gbc:v",
        titles=TITLES,
        reviews=200,
        negative=60,
        first=date(2026, 1, 2),
        last=date(2026, 11, 3),
        causes=[delivery, price],
        unnamed=5,
        moves=[Move(aspect="delivery", before=0.1, after=0.2, p_value=0.001, moved=True)],
        groups=[
            group("company", "Alpha", delivery, price),
            group("company", "=Beta()", price, delivery),
            group("month", "2026-10", delivery, price),
            group("month", "2026-11", cause("delivery", 9.0, 60), price),
        ],
        days=[],
        incidents=[
            Outbreak(
                aspect="delivery",
                company="Alpha",
                source="TrustPilot",
                since=date(2026, 10, 20),
                found=date(2026, 10, 24),
                until=None,
                reviews=50,
                complaints=30,
                usual=0.2,
                examples=["colis <i>perdu</i>"],
            )
        ],
        proposals=[Proposed(phrases=["cadeau de <b>noël</b>"], reviews=61, examples=["pour noël"])],
        quotes=[
            quote("Joli <b>site</b>. Colis jamais reçu.", "Colis jamais reçu", "Alpha"),
            quote("Rien reçu", "Rien reçu", "=Beta()"),
        ],
    )


SNAPSHOT = Snapshot(reports=(make_report(1), make_report(2)), insights=made_up(), read=True)


def html(page: WhyPage) -> str:
    return "".join(
        each.object
        for each in page.layout.select(lambda one: isinstance(getattr(one, "object", None), str))
    )


def test_the_cause_that_costs_most_stands_first_with_its_interval_and_how_it_moved() -> None:
    said = html(WhyPage(WhyState(snapshot=SNAPSHOT)))
    assert said.index("Livraison") < said.index("Prix")
    assert "7,5 pt" in said
    assert "(6,5\xa0à\xa08,5)" in said
    assert "+10,0\u202fpt en 4 semaines" in said
    assert "polyline" in said


def test_the_reviews_of_a_cause_are_shown_with_the_clause_that_complains() -> None:
    said = html(WhyPage(WhyState(snapshot=SNAPSHOT)))
    assert "Joli &lt;b&gt;site&lt;/b&gt;. <mark" in said
    assert ">Colis jamais reçu</mark>." in said


def test_a_company_that_is_chosen_has_its_own_ranking_and_reviews() -> None:
    state = WhyState(snapshot=SNAPSHOT, company="=Beta()")
    assert [each.title for each in state.ranking] == ["Prix", "Livraison"]
    assert state.chosen_aspect == "price"
    state.aspect = "delivery"
    assert [each.clause for each in state.quotes] == ["Rien reçu"]
    state.company = "gone"
    assert [each.title for each in state.ranking] == ["Livraison", "Prix"]


def test_the_csv_holds_every_group_and_no_formula() -> None:
    rows = list(
        csv.reader(StringIO(causes.as_csv(made_up()).removeprefix("\ufeff")), delimiter=";")
    )
    assert rows[0] == list(causes.COLUMNS)
    assert len(rows) == 1 + 2 * 5
    assert rows[1][:5] == ["tous", "", "200", "60", "Livraison"]
    assert rows[1][7] == "7,50"
    assert "'=Beta()" in {row[1] for row in rows}


def test_an_incident_that_lasts_is_named_first() -> None:
    said = html(WhyPage(WhyState(snapshot=SNAPSHOT)))
    assert "Incident en cours : Livraison, Alpha (TrustPilot)" in said
    assert "30 plaintes sur 50" in said
    assert "depuis le 20 oct. 2026" in said
    assert "« colis &lt;i&gt;perdu&lt;/i&gt; »" in said


def test_what_no_cause_names_is_proposed_at_the_end() -> None:
    said = html(WhyPage(WhyState(snapshot=SNAPSHOT)))
    assert "cadeau de &lt;b&gt;noël&lt;/b&gt;" in said
    assert "« pour noël »" in said


def test_without_insights_the_page_says_what_to_do() -> None:
    page = WhyPage(WhyState(snapshot=Snapshot(reports=(make_report(1),), read=True)))
    assert "satispy retrain" in html(page)
    assert "<h1>Pourquoi des clients sont mécontents</h1>" in html(page)
    assert not page.layout[-1].visible


def test_the_feed_reads_the_insights_of_the_newest_report_once(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    write_report(store, make_report(1))
    store.write(key("v00001"), made_up("v00001").model_dump_json().encode())
    bucket = Bucket(store)
    first = bucket.snapshot(Snapshot())
    assert first.insights is not None
    assert first.insights.run == "v00001"
    store.delete(key("v00001"))
    assert bucket.snapshot(first).insights == first.insights
    write_report(store, make_report(2))  # a run that left none: the last known stay
    second = bucket.snapshot(first)
    assert second.insights == first.insights
