"""What an alert says to people, in the reader's language: the app, a terminal and every channel."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic.types import JsonValue

from satispy.alerts.facts import Code, Condition
from satispy.keys import shown
from satispy.locales.formats import day, decimal, percent
from satispy.locales.messages import _, ngettext
from satispy.locales.names import METRICS_IN_TEXT, family, model, slice_name
from satispy.locales.reader import reader
from satispy.reports.schema import REQUIREMENT


class Words(NamedTuple):
    """Each on one line; whatever a file, a company or a column was called is escaped in them."""

    title: str
    cause: str
    step: str


def words(alert: Condition) -> Words:
    facts = alert.facts
    run = _text(facts.get("run"))
    match alert.code:
        case Code.INCIDENT:
            return _incident(alert)
        case Code.REQUIREMENT_MISSED:
            return Words(
                _("Requirement missed: %(family)s", family=_text(family(alert.subject))),
                _(
                    "%(missed)s in run %(run)s; more than %(least)s is required.",
                    missed=_missed(facts.get("missed")),
                    run=run,
                    least=percent(REQUIREMENT, 0),
                ),
                _(
                    "Look at its blind spots and at drift. What answered before still answers,"
                    " unless the new one is better."
                ),
            )
        case Code.DRIFT:
            drifted = facts.get("drifted")
            parts = map(str, drifted if isinstance(drifted, list) else ())
            return Words(
                _("Drift: %(upload)s", upload=_text(facts.get("upload"))),
                _(
                    "These reviews are unlike those before: %(drifted)s.",
                    drifted=", ".join(map(_part, parts)),
                ),
                _(
                    "Is it the right file, with the right columns? If not, “satispy reviews"
                    " restore” brings back the version before."
                ),
            )
        case Code.RETRAIN_FAILED:
            return Words(
                _("Retrain failed"),
                _("The retrain %(run)s failed; the models before it still answer.", run=run),
                _(
                    "“satispy logs functions” tells why. Once it is mended, start a retrain"
                    " (“satispy retrain”)."
                ),
            )
        case Code.RETRAIN_STUCK:
            return Words(
                _("Retrain lost"),
                _("The retrain %(run)s was started, and is heard of no more.", run=run),
                _(
                    "“satispy status” and “satispy logs functions” tell where it stopped. A later"
                    " retrain takes its place by itself."
                ),
            )
        case Code.DEAD_LETTERS:
            return Words(
                _("File given up"),
                _("A file failed several times; it waits, and nothing of it is lost."),
                _(
                    "“satispy logs functions” tells why. Once it is mended, “satispy reviews"
                    " replay” takes it up again."
                ),
            )
        case Code.OLD_MODEL:
            return Words(
                _("Old model: %(family)s", family=_text(family(alert.subject))),
                _(
                    "%(tag)s has answered for more than %(days)s days.",
                    tag=model(_text(facts.get("tag"))),
                    days=_number(facts.get("days")),
                ),
                _(
                    "Are there new reviews? Start a retrain (“satispy retrain”). If not, raise"
                    " SATISPY_OLD_MODEL_DAYS."
                ),
            )
        case Code.TEST:
            return Words(
                _("Test message"),
                _("%(who)s asked for this message.", who=shown(alert.subject)),
                _("Nothing: you do get satispy’s alerts."),
            )


def _incident(alert: Condition) -> Words:
    facts = alert.facts
    complaints, reviews = (int(_float(facts.get(name))) for name in ("complaints", "reviews"))
    titles = facts.get("title")  # an alert that is older than this fact has the aspect's name only
    title = titles.get(reader().language) if isinstance(titles, dict) else facts.get("aspect")
    company = _text(facts.get("company")) or _("no company")
    source = f" ({_text(facts.get('source'))})" if facts.get("source") else ""
    return Words(
        f"{_text(title)}, {company}{source}",
        ngettext(
            "%(num)s complaint in %(reviews)s reviews since %(since)s: %(share)s instead of the"
            " usual %(usual)s.",
            "%(num)s complaints in %(reviews)s reviews since %(since)s: %(share)s instead of the"
            " usual %(usual)s.",
            complaints,
            reviews=reviews,
            since=day(alert.since.date()),
            share=percent(complaints / reviews if reviews else 0, 0),
            usual=percent(_float(facts.get("usual")), 0),
        ),
        _(
            "Read what the reviews say (“satispy why”, or the app’s page Why), and tell whoever can"
            " put it right."
        ),
    )


def _missed(missed: JsonValue) -> str:
    scores = missed if isinstance(missed, Mapping) else {}
    return ", ".join(
        _(
            "%(metric)s at %(value)s",
            metric=METRICS_IN_TEXT.get(name, name),
            value=percent(_float(value)),
        )
        for name, value in scores.items()
    )


def _part(name: str) -> str:
    """Within a sentence."""
    named = slice_name(_text(name))
    return named[:1].lower() + named[1:]


def _text(value: JsonValue) -> str:
    return shown(str(value or ""))


def _float(value: JsonValue) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _number(value: JsonValue) -> str:
    """90.0 → 90; 0.5 → 0,5"""
    number = _float(value)
    return decimal(number, 0 if number == int(number) else 1)
