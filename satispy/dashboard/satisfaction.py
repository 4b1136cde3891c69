"""How satisfied customers are: shares of negative reviews, and what chance may do to them."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from satispy.reports.insights import Group, Insights

#: Of the normal distribution: 95 % lie within.
_Z = 1.959964
#: What is « lately », and what it is compared with.
LATELY = timedelta(weeks=4)
#: Reviews on either side of a change that may be called one: the interval of a difference is too
#: narrow for a handful.
LEAST = 20
#: Companies and sources that are shown of each.
MOST = 8


@dataclass(frozen=True)
class Share:
    """So many of these reviews have 1 or 2 stars."""

    name: str
    reviews: int
    negative: int

    @property
    def share(self) -> float:
        return self.negative / self.reviews

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, Wilson (1927): it holds for few reviews and for shares near 0 and 1."""
        n, p = self.reviews, self.share
        centre = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True)
class Lately:
    """The newest four weeks, and the four before; None where one of them has no review."""

    now: Share
    before: Share | None

    @property
    def change(self) -> float | None:
        return None if self.before is None else self.now.share - self.before.share

    @property
    def beyond_chance(self) -> bool:
        """Whether the 95 % interval of the difference leaves out 0 (Newcombe 1998, method 10)."""
        if self.before is None or min(self.now.reviews, self.before.reviews) < LEAST:
            return False
        (low, high), (low_before, high_before) = self.now.interval, self.before.interval
        change = self.now.share - self.before.share
        below = sqrt((self.now.share - low) ** 2 + (high_before - self.before.share) ** 2)
        above = sqrt((high - self.now.share) ** 2 + (self.before.share - low_before) ** 2)
        return not change - below <= 0 <= change + above


def lately(insights: Insights) -> Lately | None:
    """By the day of the review, up to the newest that days are counted to."""
    newest = max((each.day for each in insights.days), default=insights.last)
    start = newest - LATELY
    now = _between(insights, start, newest)
    return Lately(now, _between(insights, start - LATELY, start)) if now else None


def months(insights: Insights) -> list[tuple[date, Share]]:
    """The first day of each month that has reviews, in order, with its share."""
    return [
        (date.fromisoformat(f"{group.value}-01"), _share(group))
        for group in insights.groups
        if group.by == "month" and group.reviews
    ]


def largest(insights: Insights, by: str) -> list[tuple[Share, str]]:
    """Those of most reviews, and « above » or « below » for those that the whole cannot explain."""
    whole = insights.negative / max(insights.reviews, 1)
    groups = [_share(each) for each in insights.groups if each.by == by and each.reviews]
    return [(share, _place(share, whole)) for share in groups[:MOST]]


def _place(share: Share, whole: float) -> str:
    low, high = share.interval
    return "above" if low > whole else "below" if high < whole else ""


def _share(group: Group) -> Share:
    return Share(group.value, group.reviews, group.negative)


def _between(insights: Insights, after: date, until: date) -> Share | None:
    days = [day for day in insights.days if after < day.day <= until]
    reviews = sum(day.reviews for day in days)
    return Share("", reviews, sum(day.negative for day in days)) if reviews else None
