"""Insights as the page *Pourquoi* shows them: ranked causes, trends, quotes, a CSV."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from satispy.locales.formats import decimal, list_separator
from satispy.locales.messages import N_, _
from satispy.locales.reader import reader
from satispy.reports.insights import Cause, Group, Insights, Quote, Title
from satispy.reviews.formulas import safe

#: On the overview.
FIRST = 3
#: Of a company, in its line.
OF_A_COMPANY = 3
#: Of the CSV.
COLUMNS = (
    N_("groupe"), N_("valeur"), N_("avis"), N_("avis_negatifs"), N_("cause"),
    N_("avis_qui_en_parlent"), N_("plaintes"), N_("impact_points"), N_("impact_bas"),
    N_("impact_haut"),
)  # fmt: skip
_WIDTH, _HEIGHT = 120.0, 24.0


@dataclass(frozen=True)
class Ranked:
    """One line of the ranking."""

    cause: Cause
    title: str
    #: Of the reviews looked at, those that complain of it.
    share: float
    #: Its impact as a part of the greatest.
    length: float
    #: Points of a line: the share of complaints month by month.
    trend: str
    #: How much the share grew in the newest weeks, if beyond noise.
    moved: float | None


@dataclass(frozen=True)
class Shown:
    """A review in three pieces: the clause that complains stands in the middle."""

    quote: Quote
    before: str
    clause: str
    after: str


def title_of(titles: Mapping[str, Title], aspect: str) -> str:
    """In the reader's language; an aspect that the taxonomy has no more by its name there."""
    found = titles.get(aspect)
    return str(getattr(found, reader().language)) if found else aspect


def ranking(insights: Insights, company: str = "") -> list[Ranked]:
    """Of all reviews, or of one company's."""
    group = _group(insights, company)
    causes = group.causes if group else insights.causes
    reviews = group.reviews if group else insights.reviews
    moved = {each.aspect: each.after - each.before for each in insights.moves if each.moved}
    greatest = max((each.points for each in causes), default=0.0) or 1.0
    return [
        Ranked(
            cause=cause,
            title=title_of(insights.titles, cause.aspect),
            share=cause.complaints / max(reviews, 1),
            length=max(cause.points, 0.0) / greatest,
            trend="" if company else trend(insights, cause.aspect),
            moved=None if company else moved.get(cause.aspect),
        )
        for cause in causes
        if cause.mentions
    ]


def companies(insights: Insights) -> list[tuple[Group, list[tuple[str, Cause]]]]:
    """Each company with its first causes."""
    return [
        (
            group,
            [
                (title_of(insights.titles, cause.aspect), cause)
                for cause in group.causes[:OF_A_COMPANY]
            ],
        )
        for group in insights.groups
        if group.by == "company"
    ]


def trend(insights: Insights, aspect: str) -> str:
    """Points of an SVG line, by month; empty where there are less than two."""
    shares = [
        next(each.complaints for each in group.causes if each.aspect == aspect) / group.reviews
        for group in insights.groups
        if group.by == "month"
    ]
    if len(shares) < 2:
        return ""
    highest = max(shares) or 1.0
    step = _WIDTH / (len(shares) - 1)
    return " ".join(
        f"{at * step:.1f},{_HEIGHT - share / highest * (_HEIGHT - 2) - 1:.1f}"
        for at, share in enumerate(shares)
    )


def quotes(insights: Insights, aspect: str, company: str = "") -> list[Shown]:
    return [
        Shown(
            each, each.text[: each.start], each.text[each.start : each.end], each.text[each.end :]
        )
        for each in insights.quotes
        if each.aspect == aspect and (not company or each.company == company)
    ]


def as_csv(insights: Insights) -> str:
    """The causes of all reviews and of each group, a line each; for Excel in the same language."""
    out = StringIO()
    table = csv.writer(out, delimiter=list_separator(), lineterminator="\r\n")
    table.writerow([_(column) for column in COLUMNS])
    every: Sequence[tuple[str, str, int, int, list[Cause]]] = [
        (_("tous"), "", insights.reviews, insights.negative, insights.causes),
        *(
            (each.by, each.value, each.reviews, each.negative, each.causes)
            for each in insights.groups
        ),
    ]
    for by, value, reviews, negative, causes in every:
        for cause in causes:
            figures = (cause.points, cause.low, cause.high)
            written = [decimal(figure, 2) for figure in figures]
            named = safe(title_of(insights.titles, cause.aspect))
            row = (by, safe(value), reviews, negative, named)
            table.writerow((*row, cause.mentions, cause.complaints, *written))
    return "\ufeff" + out.getvalue()


def _group(insights: Insights, company: str) -> Group | None:
    return next(
        (each for each in insights.groups if each.by == "company" and each.value == company), None
    )
