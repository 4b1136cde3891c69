"""`satispy why`: what makes customers unhappy, from the reviews themselves."""

import datetime as dt
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from satispy.cli._stores import bucket_and_models
from satispy.cli._terminal import console, print_table, table
from satispy.errors import NoModel, SatispyError

if TYPE_CHECKING:
    from satispy.aspects.figures import AspectFigures
    from satispy.aspects.mentions import Mentions
    from satispy.aspects.reading import AspectReader
    from satispy.registry.store import ModelStore
    from satispy.reviews import ReviewSet
    from satispy.storage import Store


#: Clauses shown of each of the first causes.
EXAMPLES = 2
EXAMPLES_OF = 3
#: Complaints whose texts are read together.
LOOKED_AT = 100


def why(
    since: Annotated[str, typer.Option(help="Only reviews of this day or later: 2026-10-01.")] = "",
    until: Annotated[str, typer.Option(help="Only reviews of this day or earlier.")] = "",
    company: Annotated[str, typer.Option(help="Only reviews of this company.")] = "",
    source: Annotated[str, typer.Option(help="Only reviews from this source.")] = "",
    proposals: Annotated[
        bool, typer.Option("--proposals", help="What complaints speak of that no cause names.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The figures as one JSON object.")
    ] = False,
) -> None:
    """Why customers are unhappy: what they complain of, and what each cause costs.

    `costs`: points by which the share of negative reviews would fall without it, and an interval
    of 95 % by bootstrap.
    """
    from satispy.aspects.figures import complaints, figures
    from satispy.promotion.insights import NEGATIVE_BELOW, read_all
    from satispy.reviews import ReviewTable

    first, last = _day(since, "since"), _day(until, "until")
    store, models = bucket_and_models()
    if proposals:
        _show_proposals(store, as_json)
        return
    reviews = ReviewTable(store).read()
    chosen = _chosen(reviews, first, last, company, source)
    if not chosen:
        raise SatispyError(
            "No review is of these days, company and source: `satispy reviews show` says what"
            " there is."
        )
    reader = _reader(store, models)
    rows = set(chosen)
    texts = (text for row, text in enumerate(reviews.texts) if row in rows)
    mentions = read_all(reader, texts)
    negative = [reviews.stars[at] < NEGATIVE_BELOW for at in chosen]
    names = reader.model.taxonomy.names
    found = figures(names, complaints(names, mentions), negative)
    if as_json:
        shown = {
            "reviews": len(chosen),
            "negative": sum(negative),
            "aspects": [asdict(each) for each in found],
        }
        typer.echo(json.dumps(shown, indent=1))
    else:
        titles = _titles(reader)
        _show_incidents(store, titles, company, source)
        _show(titles, found, negative)
        for each in found[:EXAMPLES_OF]:
            console.print(f"\n{titles[each.name]}", style="bold")
            for clause in _worst(each.name, mentions, chosen, reviews):
                console.print(Text.assemble("  « ", clause, " »"), soft_wrap=True)


def _day(given: str, option: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given) if given else None
    except ValueError as error:
        raise SatispyError(
            "--%(option)s %(given)s: a day is written 2026-10-01", option=option, given=given
        ) from error


def _chosen(
    reviews: "ReviewSet", first: dt.date | None, last: dt.date | None, company: str, source: str
) -> list[int]:
    return [
        at
        for at in range(len(reviews))
        if (first is None or reviews.dates[at] >= first)
        and (last is None or reviews.dates[at] <= last)
        and (not company or reviews.companies[at].lower() == company.lower())
        and (not source or reviews.sources[at].lower() == source.lower())
    ]


def _reader(store: "Store", models: "ModelStore") -> "AspectReader":
    from satispy.promotion.aspects import examined, taxonomy
    from satispy.promotion.insights import serving

    examined(taxonomy(store))  # says what is wrong with a shop's own, which a retrain passes over
    found = serving(store, models)
    if found is None:
        raise NoModel("No model of aspects serves yet: `satispy retrain` makes one.")
    return found[1]


def _titles(model: "AspectReader") -> dict[str, str]:
    from satispy.locales.reader import reader

    language = reader().language
    return {each.name: str(getattr(each, language)) for each in model.model.taxonomy.aspects}


def _show_incidents(store: "Store", titles: dict[str, str], company: str, source: str) -> None:
    """Those that last, as the newest retrain saw them."""
    from satispy.locales.formats import count, day, percent
    from satispy.locales.messages import _, ngettext
    from satispy.promotion.insights import newest

    found = newest(store)
    for each in found.lasting if found else []:
        other = company and each.company.lower() != company.lower()
        if other or (source and each.source.lower() != source.lower()):
            continue
        said = _(
            "%(cause)s at %(company)s (%(source)s) since %(since)s: %(complaints)s of %(reviews)s"
            " complain, %(share)s instead of %(usual)s",
            cause=titles.get(each.aspect, each.aspect),
            company=each.company or _("no company"),
            source=each.source or _("no source"),
            since=day(each.since),
            complaints=count(each.complaints),
            reviews=ngettext("%(num)s review", "%(num)s reviews", each.reviews),
            share=percent(each.complaints / each.reviews, 0),
            usual=percent(each.usual, 0),
        )
        line = Text.assemble((_("Incident"), "bold red"), _(": %(word)s", word=said))
        console.print(line, soft_wrap=True, highlight=False)
        for clause in each.examples:
            console.print(Text.assemble("  « ", clause, " »"), soft_wrap=True)
        console.print()


def _show_proposals(store: "Store", as_json: bool) -> None:
    """As the newest retrain saw them."""
    from satispy.locales.messages import _, ngettext
    from satispy.promotion.insights import newest

    found = newest(store)
    proposed = found.proposals if found else []
    if as_json:
        typer.echo(json.dumps([each.model_dump() for each in proposed], indent=1))
        return
    if not proposed:
        console.print(_("Nothing is said often that no cause names."))
    for each in proposed:
        many = ngettext("%(num)s negative review", "%(num)s negative reviews", each.reviews)
        console.print(many + _(": %(word)s", word=""), end="", highlight=False)
        console.print(Text(" · ".join(each.phrases), style="bold"), soft_wrap=True)
        for clause in each.examples:
            console.print(Text.assemble("  « ", clause, " »"), soft_wrap=True)


def _show(
    titles: dict[str, str],
    found: "list[AspectFigures]",
    negative: list[bool],
) -> None:
    from satispy.locales.formats import count, decimal, percent, ranged
    from satispy.locales.messages import _, ngettext

    said = ngettext(
        "%(num)s of %(all)s reviews is negative: %(share)s.",
        "%(num)s of %(all)s reviews are negative: %(share)s.",
        sum(negative),
        all=count(len(negative)),
        share=percent(sum(negative) / len(negative)),
    )
    console.print(f"{said}\n")
    made = table("", _("mentioned"), _("complaints"), _("costs"), "95 %", words=("",))
    for each in found:
        impact = each.impact
        made.add_row(
            titles[each.name],
            count(each.mentions),
            count(each.complaints),
            decimal(impact.points, 1),
            ranged(decimal(impact.low, 1), decimal(impact.high, 1)),
        )
    print_table(made)


def _worst(name: str, mentions: "Mentions", rows: "list[int]", reviews: "ReviewSet") -> list[str]:
    """Different clauses. Mentions are of these rows of the reviews."""
    said = [
        (each, row)
        for row, found in zip(rows, mentions, strict=True)
        for each in found
        if each.aspect == name and each.complains
    ]
    said.sort(key=lambda each: each[0].polarity)
    clauses: dict[str, None] = {}
    for begin in range(0, len(said), LOOKED_AT):
        worst = said[begin : begin + LOOKED_AT]
        texts = reviews.texts.of({row for _, row in worst})
        clauses |= dict.fromkeys(each.clause_of(texts[row]).text for each, row in worst)
        if len(clauses) >= EXAMPLES:
            break
    return [*clauses][:EXAMPLES]


commands = {"why": why}
