"""Which conditions hold at this moment. They follow from what is stored, so nothing has to be sent
by who finds out, and whoever is killed is followed by somebody who finds the same."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from satispy.alerts.facts import Code, Condition
from satispy.errors import BrokenArtefact, NotFound, SatispyError
from satispy.kept import Kept
from satispy.registry import pointer
from satispy.registry.pointer import Promoted
from satispy.reports import insights, recent
from satispy.reports import store as reports
from satispy.reports.insights import Insights
from satispy.reports.recent import Recent
from satispy.reports.schema import Report
from satispy.retraining import pace, turn
from satispy.retraining.pace import State
from satispy.retraining.turn import Held, Turns
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


class Watch:
    """Gathers the facts of one bucket, again and again: four requests that find nothing new, two
    more after a retrain, however much is stored."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent: Kept[Recent] = Kept()
        self._promoted: Kept[Promoted] = Kept()
        self._turns: Kept[Turns] = Kept()
        self._pace: Kept[State] = Kept()
        self._newest: tuple[Report | None, Insights | None] = None, None

    def facts(self) -> Facts:
        """Raises StorageUnreachable."""
        store, recent_before = self._store, self._recent
        self._recent = self._recent.refreshed(store, recent.KEY, recent.parse)
        self._promoted = self._promoted.refreshed(store, pointer.KEY, pointer.parse)
        self._turns = self._turns.refreshed(store, turn.KEY, turn.parse)
        self._pace = self._pace.refreshed(store, pace.KEY, pace.parse)
        if self._recent is not recent_before:
            try:
                self._newest = self._read()
            except SatispyError:  # the next look reads it, whatever it says of the summary
                self._recent = recent_before
                raise
        return Facts(
            *self._newest, self._promoted.item, self._turns.item or Turns(), self._pace.item
        )

    def _read(self) -> tuple[Report | None, Insights | None]:
        """The newest report, and the insights that its run left before it."""
        report = learned = None
        with suppress(NotFound, BrokenArtefact):
            if self._recent.item and self._recent.item.reports:
                report = reports.read(self._store, self._recent.item.reports[-1].run)
                key = insights.key(report.run)
                learned = insights.parse(key, self._store.read(key))
        return report, learned


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
    """Pure. What customers suffer from comes first, and is told first."""
    return [
        *_incidents(facts),
        *_of_runs(facts, now),
        *_dead_letters(facts, now),
        *_of_report(facts),
        *_old_models(facts, now, old_model_days),
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
    if facts.insights is None:
        return
    titles = facts.insights.titles
    for each in facts.insights.lasting:
        yield Condition(
            code=Code.INCIDENT,
            subject=f"{each.aspect} · {each.company} · {each.source}",
            since=datetime.combine(each.since, time.min, UTC),
            facts={
                "aspect": each.aspect,
                **({"title": titles[each.aspect].model_dump()} if each.aspect in titles else {}),
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
    stuck = _heard_of_no_more(facts, now)
    if stuck:
        yield Condition(
            code=Code.RETRAIN_STUCK, subject=stuck.run, since=stuck.at, facts={"run": stuck.run}
        )


def _heard_of_no_more(facts: Facts, now: datetime) -> Held | None:
    """A run that neither ended nor goes on, and since when it is missing."""
    turns, state = facts.turns, facts.pace
    if turns is None:
        return None
    if turns.holder and turns.holder.at < now:  # its lease is over, and it has not given it back
        return turns.holder
    claim = state.claimed if state else None
    if claim is None or state is None or claim.failed or claim.stopped or not claim.run:
        return None
    learned = state.learned_version >= claim.dataset_version
    begun = claim.at + pace.BEGINS_WITHIN
    if learned or now < begun or turns.going_on(claim.run, now):
        return None
    return Held(run=claim.run, at=begun)


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
