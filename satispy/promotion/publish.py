"""Last step: gather the facts, judge, act once.

Each write leaves the bucket in a state that the next attempt goes on from: the verdict is kept
first, then the pointer changes in one write, then the report is saved. An attempt that finds the
verdict kept carries that out, and judges nothing anew. Whom that concerns is told by what looks at
reports (satispy/alerts).
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from pydantic import ValidationError

from satispy import costs
from satispy.errors import BrokenArtefact, Conflict, NotFound
from satispy.models.family import FAMILIES
from satispy.promotion.facts import Models, gather
from satispy.promotion.verdict import Verdict, judge
from satispy.registry import pointer
from satispy.registry.pointer import Outdated, Promoted
from satispy.reports import recent
from satispy.reports import store as reports
from satispy.reports.schema import Report
from satispy.reviews import ReviewSet, ReviewTable
from satispy.runs.stage import stage
from satispy.runs.summaries import PrepareSummary, TrainSummary
from satispy.storage import Store

#: How often others may change what serves while a verdict is being found.
ATTEMPTS = 5


def publish(
    store: Store,
    models: Models,
    prepared: PrepareSummary,
    trained: Sequence[TrainSummary],
    *,
    started: datetime,
    learn: Callable[[ReviewSet], object] = lambda _: None,
) -> Report:
    """Returns the report, as it was saved. `learn`: what else is learned of the reviews of this
    run, with the models that serve by now.

    Whatever an attempt that failed has done stays done.
    """
    trained = sorted(trained, key=lambda each: FAMILIES.index(each.family))
    begin = time.perf_counter()
    with stage(store, prepared.run, "publish") as measured:
        reviews = ReviewTable(store).read(prepared.dataset_version, prepared.max_rows)
        verdict = _settled(store, models, prepared, trained, reviews)
        for each in verdict.report.models.values():
            if each.decision:
                said = "promoted" if each.decision.promoted else "not promoted"
                measured.say(f"{each.tag} {said}: {each.decision.reason}")
        learn(reviews)  # before the report: who reads that looks for the insights too
        report = verdict.report
        stages = {**report.stages, "publish": time.perf_counter() - begin}
        report = report.model_copy(
            update={
                "seconds": (datetime.now(UTC) - started).total_seconds(),
                "stages": stages,
                "dollars": round(costs.of_run(stages), 4),
            }
        )
        report = reports.save(store, report)
        recent.note(store, report)
    return report


def _settled(
    store: Store,
    models: Models,
    prepared: PrepareSummary,
    trained: Sequence[TrainSummary],
    reviews: ReviewSet,
) -> Verdict:
    """The verdict on this run, with the pointer changed accordingly."""
    for _ in range(ATTEMPTS):
        verdict = _kept(store, prepared.run)
        if verdict is None:
            facts = gather(store, models, prepared, trained, _serving(store), reviews)
            verdict = _keep(store, judge(facts, datetime.now(UTC)))
        try:
            pointer.settle(store, verdict.settlement)
        except Outdated:
            store.delete(_key(prepared.run))
            continue
        return verdict
    raise Conflict(
        "what serves changed %(attempts)s times while %(run)s was being judged",
        attempts=ATTEMPTS,
        run=prepared.run,
    )


def _serving(store: Store) -> Promoted:
    try:
        return pointer.read(store)
    except BrokenArtefact:  # nothing can serve from it; settling writes it anew
        return Promoted()


def _kept(store: Store, run: str) -> Verdict | None:
    try:
        return Verdict.model_validate_json(store.read(_key(run)))
    except (NotFound, ValidationError):
        return None


def _keep(store: Store, verdict: Verdict) -> Verdict:
    """The first to keep one decides, if the step was started twice."""

    def first(kept: bytes | None) -> bytes | None:
        nonlocal verdict
        if kept is not None:
            with contextlib.suppress(ValidationError):
                verdict = Verdict.model_validate_json(kept)
                return None
        return verdict.model_dump_json(indent=1).encode()

    store.update(_key(verdict.settlement.run), first)
    return verdict


def _key(run: str) -> str:
    return f"runs/{run}/verdict.json"
