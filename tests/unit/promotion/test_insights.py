"""The insights of made-up reviews whose causes are known."""

import csv
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from satispy.aspects.figures import complaints
from satispy.aspects.model import AspectModel
from satispy.aspects.reading import AspectReader
from satispy.aspects.taxonomy import shipped
from satispy.demo.generate import DEMO_SCALE, INCIDENT, WALK, write_walk
from satispy.promotion.insights import MOST_QUOTES, days, insights, read_all
from satispy.promotion.outbreaks import outbreaks
from satispy.reports.insights import Insights, parse
from satispy.reviews.review_set import Kept, ReviewSet

LAST = dt.date(2026, 11, 30)
DAYS = 200


def indifferent(documents: list[list[str]]) -> tuple[np.ndarray, np.ndarray]:
    return np.full(len(documents), 0.5), np.zeros(len(documents), dtype=int)


def made_up() -> ReviewSet:
    """Ten reviews a day; parcels of « Alpha » are lost in the last four weeks."""
    rows = []
    for ago in range(DAYS, -1, -1):
        for number in range(10):
            company = "Alpha" if number < 5 else "Beta"
            text, star = "Merci à tous", 5
            if number % 5 == 0:
                text, star = "Le pull est troué", 1
            elif number in (1, 2, 3) and ago < 28:
                text, star = "Joli site. Mais colis jamais reçu !", 1
            rows.append((text, star, company, LAST - dt.timedelta(days=ago), "TrustPilot"))
    return review_set(rows)


def review_set(rows: Sequence[tuple[str, int, str, dt.date, str]]) -> ReviewSet:
    texts, stars, companies, dates, sources = zip(*rows, strict=True)
    return ReviewSet(
        version=7,
        rows=len(rows),
        names=["u"],
        numbers=range(len(rows)),
        ids=[str(number) for number in range(len(rows))],
        stars=list(stars),
        sources=list(sources),
        companies=list(companies),
        dates=list(dates),
        uploads=["u"] * len(rows),
        texts=Kept(texts),
    )


@pytest.fixture(scope="module")
def found() -> Insights:
    reviews, taxonomy = made_up(), shipped()
    reader = AspectReader(AspectModel.of(taxonomy), indifferent)
    return insights(
        reviews,
        read_all(reader, reviews.texts),
        reader.model,
        run="v00007",
        aspects_model="a",
        sentiment_model="s",
    )


def test_causes_stand_by_what_they_cost_and_add_up_to_what_is_negative(found: Insights) -> None:
    quality, delivery = (
        next(c for c in found.causes if c.aspect == n) for n in ("quality", "delivery")
    )
    assert found.causes[:2] == [quality, delivery]
    assert quality.points == pytest.approx(100 * quality.complaints / found.reviews, abs=1)
    assert delivery.complaints == 3 * 28
    assert delivery.low <= delivery.points <= delivery.high
    assert found.negative == quality.complaints + delivery.complaints
    assert found.unnamed == 0


def test_what_moved_beyond_noise_is_said_and_what_did_not_is_not(found: Insights) -> None:
    moved = [each.aspect for each in found.moves if each.moved]
    assert moved[0] == "delivery"
    assert "quality" not in moved


def test_each_company_month_and_star_has_causes_of_its_own(found: Insights) -> None:
    groups = {(each.by, each.value): each for each in found.groups}
    complaints = {
        name: {each.aspect: each.complaints for each in groups["company", name].causes}
        for name in ("Alpha", "Beta")
    }
    assert complaints["Alpha"]["delivery"] == 3 * 28
    assert complaints["Beta"]["delivery"] == 0
    assert groups["month", "2026-11"].causes[0].aspect == "delivery"
    assert groups["stars", "5"].negative == 0
    months = [each.value for each in found.groups if each.by == "month"]
    assert months == sorted(months)


def test_an_incident_is_found_in_its_company(found: Insights) -> None:
    [incident] = found.incidents
    assert (incident.aspect, incident.company) == ("delivery", "Alpha")
    assert abs((incident.since - (LAST - dt.timedelta(days=27))).days) <= 2
    assert incident.until is None
    assert incident.usual < 0.05 < incident.complaints / incident.reviews
    assert incident.examples == ["Mais colis jamais reçu"]


def test_the_incident_of_the_demo_stands_first(tmp_path: Path) -> None:
    taxonomy = shipped()
    rows = [
        row
        for path in write_walk(tmp_path, scale=DEMO_SCALE)[1:]
        for row in csv.DictReader(path.open(encoding="utf-8", newline=""))
        if row["company"] == INCIDENT.company
    ]
    reviews = review_set(
        [
            (row["Commentaire"], int(row["star"]), row["company"], day(row["date"]), row["source"])
            for row in rows
        ]
    )
    reader = AspectReader(AspectModel.of(taxonomy), indifferent)
    mentions = read_all(reader, reviews.texts)
    said = complaints(taxonomy.names, mentions)
    first = outbreaks(reviews, mentions, taxonomy.names, said, max(reviews.dates))[0]
    assert (first.aspect, first.company) == ("delivery", INCIDENT.company)
    assert first.until is None
    begins = WALK[2].begin + dt.timedelta(days=INCIDENT.days.start)
    assert abs((first.since - begins).days) <= 3
    assert any("transporteur" in example.lower() for example in first.examples)


def day(written: str) -> dt.date:
    if "/" in written:
        return dt.datetime.strptime(written, "%d/%m/%Y").date()
    return dt.date.fromisoformat(written[:10])


def test_a_few_reviews_of_years_later_hide_nothing(found: Insights) -> None:
    """As typed in the app over the export of another year."""
    made, later = made_up(), LAST + dt.timedelta(days=800)
    rows = list(zip(made.texts, made.stars, made.companies, made.dates, made.sources, strict=True))
    reviews = review_set([*rows, *[("Merci", 5, "Alpha", later, "TrustPilot")] * 5])
    reader = AspectReader(AspectModel.of(shipped()), indifferent)
    mentions = read_all(reader, reviews.texts)
    again = insights(
        reviews, mentions, reader.model, run="v00008", aspects_model="a", sentiment_model="s"
    )
    assert (again.days, again.moves) == (found.days, found.moves)
    assert again.incidents == found.incidents
    assert again.last == later


def test_counts_of_days_are_those_of_the_reviews(found: Insights) -> None:
    last = [each for each in found.days if each.day == LAST]
    assert {each.company: each.complaints for each in last} == {
        "Alpha": {"quality": 1, "delivery": 3},
        "Beta": {"quality": 1},
    }
    assert sum(each.reviews for each in found.days) == found.reviews


def test_a_thousand_companies_add_no_more_days_than_thirteen_would() -> None:
    large = [
        ("nul", 1, f"Large {at % 12}", LAST - dt.timedelta(days=at % 30), "A") for at in range(720)
    ]
    small = [("nul", 1, f"Small {at}", LAST - dt.timedelta(days=at % 30), "B") for at in range(600)]
    reviews = review_set([*large, *small])
    said = np.zeros((len(reviews), 1), dtype=np.int8)
    found = days(reviews, ["delivery"], said, np.ones(len(reviews), dtype=bool), LAST)
    assert len(found) <= 13 * 30
    assert sum(each.reviews for each in found) == len(reviews)
    together = [each for each in found if each.others]
    assert {(each.company, each.reviews) for each in together} == {("", 20)}
    assert all(each.company.startswith("Large") for each in found if not each.others)


def test_quotes_are_the_newest_and_mark_the_clause_that_complains(found: Insights) -> None:
    of_delivery = [each for each in found.quotes if each.aspect == "delivery"]
    assert len(of_delivery) == MOST_QUOTES
    newest = of_delivery[0]
    assert newest.day == LAST
    assert newest.text[newest.start : newest.end] == "Mais colis jamais reçu"


def test_insights_are_read_back_as_they_were_written(found: Insights) -> None:
    assert parse("insights/v00007.json", found.model_dump_json().encode()) == found


def test_the_schema_that_is_documented_is_the_one_that_is_written() -> None:
    page = Path(__file__).parents[3] / "docs" / "insights.schema.json"
    assert json.loads(page.read_text()) == Insights.model_json_schema(mode="serialization")
