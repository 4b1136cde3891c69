"""Which conditions hold at this moment. They follow from what is stored, so nothing has to be sent
by who finds out, and whoever is killed is followed by somebody who finds the same."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from satispy.alerts.facts import Code, Condition
from satispy.errors import BrokenArtefact, NotFound
from satispy.registry import pointer
from satispy.registry.pointer import Promoted
from satispy.reports import insights, recent
from satispy.reports import store as reports
from satispy.reports.insights import Insights
from satispy.reports.schema import Report
from satispy.retraining import pace, turn
from satispy.retraining.pace import State
from satispy.retraining.turn import Turns
from satispy.storage import Store

MOST_DRIFTED: Final = 10


@dataclass(frozen=True)
class Facts:
    """What is stored; None of what nothing says."""

    report: Report | None = None
    insights: Insights | None = None
    promoted: Promoted | None = None
    turns: Turns | None = None
    pace: State | None = None
    dead_letters: int | None = None


def gather(store: Store, dead_letters: int | None = None) -> Facts:
    """Six requests at most, however much is stored."""
    report = learned = promoted = state = None
    with suppress(NotFound, BrokenArtefact):
        if found := recent.parse(recent.KEY, store.read(recent.KEY)).reports:
            report = reports.read(store, found[-1].run)
            key = insights.key(report.run)
            learned = insights.parse(key, store.read(key))
    with suppress(BrokenArtefact):
        promoted = pointer.read(store)
    with suppress(NotFound, BrokenArtefact):
        state = pace.parse(pace.KEY, store.read(pace.KEY))
    return Facts(report, learned, promoted, turn.read(store), state, dead_letters)


def judged(facts: Facts) -> frozenset[Code]:
    """The codes of which what is not found is over: not those of which nothing is known."""
    known = {
        Code.REQUIREMENT_MISSED: facts.report,
        Code.DRIFT: facts.report,
        Code.INCIDENT: facts.insights,
        Code.RETRAIN_FAILED: facts.pace,
        Code.RETRAIN_STUCK: facts.turns,
        Code.OLD_MODEL: facts.promoted,
        Code.DEAD_LETTERS: facts.dead_letters,
    }
    return frozenset(code for code, each in known.items() if each is not None)


def conditions(facts: Facts, now: datetime, old_model_days: float) -> list[Condition]:
    """Pure."""
    return [
        *_of_report(facts),
        *_incidents(facts),
        *_of_runs(facts, now),
        *_old_models(facts, now, old_model_days),
        *_dead_letters(facts, now),
    ]


def _of_report(facts: Facts) -> Iterator[Condition]:
    report = facts.report
    if report is None:
        return
    for family in dict.fromkeys(each.family for each in report.alerts):
        missed = {each.metric: each.value for each in report.alerts if each.family == family}
        yield Condition(
            code=Code.REQUIREMENT_MISSED,
            subject=family,
            since=report.created,
            facts={"run": report.run, "missed": {name: missed[name] for name in missed}},
        )
    if report.drift and report.drift.alarming:
        yield Condition(
            code=Code.DRIFT,
            subject="reviews",
            since=report.created,
            facts={
                "run": report.run,
                "upload": report.drift.upload,
                "drifted": list(report.drift.alarming[:MOST_DRIFTED]),
            },
        )


def _incidents(facts: Facts) -> Iterator[Condition]:
    for each in facts.insights.lasting if facts.insights else ():
        yield Condition(
            code=Code.INCIDENT,
            subject=f"{each.aspect} · {each.company} · {each.source}",
            since=datetime.combine(each.since, time.min, UTC),
            facts={
                "aspect": each.aspect,
                "company": each.company,
                "source": each.source,
                "complaints": each.complaints,
                "reviews": each.reviews,
                "usual": round(each.usual, 4),
                "examples": list(each.examples),
            },
        )


def _of_runs(facts: Facts, now: datetime) -> Iterator[Condition]:
    claim = facts.pace.claimed if facts.pace else None
    if claim and claim.failed:
        yield Condition(
            code=Code.RETRAIN_FAILED,
            subject="retrain",
            since=claim.at,
            facts={"run": claim.run, "dataset_version": claim.dataset_version},
        )
    holder = facts.turns.holder if facts.turns else None
    if holder and holder.at < now:  # its lease is over, and it has not given it back
        yield Condition(
            code=Code.RETRAIN_STUCK, subject=holder.run, since=holder.at, facts={"run": holder.run}
        )


def _old_models(facts: Facts, now: datetime, days: float) -> Iterator[Condition]:
    for family, each in facts.promoted.families.items() if days and facts.promoted else ():
        old = each.since + timedelta(days=days)
        if old <= now:
            yield Condition(
                code=Code.OLD_MODEL,
                subject=family,
                since=old,
                facts={"tag": each.tag, "days": days},
            )


def _dead_letters(facts: Facts, now: datetime) -> Iterator[Condition]:
    if facts.dead_letters:
        # The queue does not tell since when: the alert that is open does.
        yield Condition(code=Code.DEAD_LETTERS, subject="uploads", since=now, facts={})
