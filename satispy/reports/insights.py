"""Why customers are unhappy, after one retrain: `insights/<run>.json`.

Its JSON Schema is docs/insights.schema.json.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import Field, ValidationError

from satispy.errors import BrokenArtefact
from satispy.reports.schema import Record

PREFIX = "insights"


class Title(Record):
    fr: str
    en: str


class Cause(Record):
    """One aspect among some reviews."""

    aspect: str
    mentions: int = Field(description="Reviews that speak of it")
    complaints: int = Field(description="Reviews that complain of it")
    points: float = Field(
        description="Impact: by how many points (0 to 100) the share of negative reviews would fall"
        " without it, by a noisy-or over aspects (satispy/aspects/impact.py)"
    )
    low: float = Field(description="Of the impact, 95 % of a bootstrap over reviews")
    high: float


class Group(Record):
    """The causes among the reviews of one company, source or number of stars, or of one month."""

    by: Literal["company", "source", "stars", "month"]
    value: str = Field(description="A month is written 2026-10")
    reviews: int
    negative: int = Field(description="Reviews of 1 and 2 stars")
    causes: list[Cause] = Field(description="By impact, the greatest first")


class Move(Record):
    """How the share of reviews that complain of an aspect moved, newest weeks to those before."""

    aspect: str
    before: float
    after: float
    p_value: float = Field(description="Of « it did not move »")
    moved: bool = Field(description="Beyond noise: 5 % over all aspects together (Holm)")


class Day(Record):
    """Counts of one day, company and source; days without reviews are left out."""

    day: date
    company: str
    source: str
    others: bool = Field(
        default=False,
        description="All companies and sources but the twelve largest together; these have no name",
    )
    reviews: int
    negative: int
    complaints: dict[str, int] = Field(description="By aspect; those without are left out")


class Quote(Record):
    """A review that complains of an aspect, masked as the table keeps it."""

    aspect: str
    day: date
    stars: int
    company: str
    source: str
    text: str
    start: int = Field(description="Of the clause that complains most, in the text")
    end: int


class Outbreak(Record):
    """An incident: complaints of an aspect beyond what chance allows (satispy/incidents.py)."""

    aspect: str
    company: str
    source: str
    since: date
    found: date = Field(description="The first day on which it could be told from chance")
    until: date | None = Field(description="The first day as usual again; null while it lasts")
    reviews: int = Field(description="Of its days, of this company and source")
    complaints: int
    usual: float = Field(description="Share of reviews that complained before it")
    examples: list[str] = Field(description="Clauses of its newest reviews, masked")


class Proposed(Record):
    """A topic of complaints that no aspect names, which might be one."""

    phrases: list[str] = Field(description="Its commonest, the commonest first")
    reviews: int = Field(description="Of the newest negative ones, with a clause of it")
    examples: list[str] = Field(description="Clauses, masked")


class Insights(Record):
    run: str
    created: datetime
    dataset_version: int
    aspects_model: str = Field(description="Its tag, as in the BentoML store")
    sentiment_model: str
    titles: dict[str, Title] = Field(description="By aspect")
    reviews: int
    negative: int
    first: date
    last: date
    causes: list[Cause] = Field(description="Of all reviews, by impact, the greatest first")
    unnamed: int = Field(description="Negative reviews that speak of no aspect")
    moves: list[Move]
    groups: list[Group] = Field(description="Companies and sources by size, months in order")
    days: list[Day] = Field(description="Of the last year that holds 20 reviews, in order")
    incidents: list[Outbreak] = Field(
        default_factory=list,
        description="Those that last, by complaints beyond the usual; then those that ended lately",
    )
    proposals: list[Proposed] = Field(
        default_factory=list,
        description="What complaints speak of and no aspect names, by number of reviews"
        " (satispy/aspects/proposals.py)",
    )
    quotes: list[Quote] = Field(description="The newest of each aspect, the newest first")

    @property
    def lasting(self) -> list[Outbreak]:
        """The incidents that have not ended."""
        return [each for each in self.incidents if each.until is None]


def key(run: str) -> str:
    return f"{PREFIX}/{run}.json"


def parse(key: str, data: bytes) -> Insights:
    """Raises BrokenArtefact."""
    try:
        return Insights.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("%(key)s holds no insights", key=key) from error
