"""Last step: decide what is promoted, write the report, raise the alerts."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from satispy.promotion import behaviour
from satispy.promotion.champion import choose_champion
from satispy.promotion.drifting import newest_upload_drift
from satispy.promotion.facts import Evidence
from satispy.promotion.verdict import Rival, decide
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.registry.store import ModelStore
from satispy.reports import english, evaluation
from satispy.reports import store as reports
from satispy.reports.metrics import measure
from satispy.reports.schema import (
    METRICS,
    REQUIREMENT,
    Decision,
    MetricChange,
    ModelReport,
    Report,
    Requirement,
)
from satispy.runs.stage import stage
from satispy.runs.summaries import PrepareSummary, TrainSummary, read_scores
from satispy.storage import Store

Alert = Callable[[dict[str, object]], None]


def publish(
    store: Store,
    models: ModelStore,
    prepared: PrepareSummary,
    trained: Sequence[TrainSummary],
    *,
    started: datetime,
    alert: Alert,
) -> Report:
    """Returns the report, as it was saved."""
    run = prepared.run
    with stage(store, run, "publish") as measured:
        now = datetime.now(UTC)
        pointer.mend(store)
        evidence = Evidence.gather(store, run, prepared.dataset_version)
        drift = newest_upload_drift(store, models, evidence)
        scores = {each.family: read_scores(store, run, each.family) for each in trained}
        decisions = {
            each.family: promote(store, models, prepared, each, evidence, scores[each.family], now)
            for each in trained
        }
        choose_champion(store, models, evidence)
        described = {
            each.family: _model_report(each, decisions[each.family], evidence, scores[each.family])
            for each in trained
        }
        ensemble = _ensemble(trained, decisions, evidence, scores)
        earlier = [each for each in reports.all(store) if each.run != run]
        moved = changes(described, earlier[-1] if earlier else None)
    stages = {"prepare": prepared.seconds}
    stages |= {each.family: each.seconds for each in trained} | {"publish": measured.seconds}
    report = Report(
        run=run,
        created=now,
        code_version=version("satispy"),
        dataset_version=prepared.dataset_version,
        uploads=prepared.uploads,
        rows=prepared.rows,
        train_rows=prepared.train_rows,
        test_rows=prepared.test_rows,
        unseen_rows=prepared.unseen_rows,
        positive_share=prepared.positive_share,
        seed=prepared.seed,
        split=prepared.split,
        seconds=(datetime.now(UTC) - started).total_seconds(),
        stages=stages,
        embedding=prepared.embedding,
        baselines=evidence.baselines(),
        models=described,
        alerts=missed(trained),
        ensemble=ensemble,
        drift=drift,
        changes=[english.change(each) for each in moved],
        metric_changes=moved,
    )
    reports.save(store, report)
    for message in alerts(report):
        alert(message)
    return report


def promote(
    store: Store,
    models: ModelStore,
    prepared: PrepareSummary,
    trained: TrainSummary,
    evidence: Evidence,
    scores: np.ndarray,
    now: datetime,
) -> Decision:
    """Decide, keep the decision and its evidence, and let the candidate serve if it won."""
    serving = pointer.read(store).families.get(trained.family)
    models.fetch(trained.tag, store)
    answers = behaviour.examine(models.load(trained.tag))
    rival = None
    if serving is not None and serving.tag != trained.tag:
        rival = _rival(store, models, serving, evidence, scores)
    decision = decide(trained.origin, answers, rival)
    store.write(
        f"runs/{prepared.run}/decisions/{trained.family}.json",
        decision.model_dump_json(indent=1).encode(),
    )
    if decision.promoted:
        production = Production(
            tag=trained.tag,
            archive=trained.archive,
            digest=trained.digest,
            run=prepared.run,
            dataset_version=prepared.dataset_version,
            rows=prepared.rows,
            split=prepared.split,
            since=now,
            accuracy=trained.origin.accuracy,
        )
        pointer.promote(store, trained.family, production, decision.reason)
    return decision


def _rival(
    store: Store,
    models: ModelStore,
    serving: Production,
    evidence: Evidence,
    scores: np.ndarray,
) -> Rival:
    fair = evidence.new_to(serving.split, serving.rows)
    models.fetch(serving.tag, store)
    documents = [evidence.documents[at] for at in np.flatnonzero(fair)]
    old, _ = models.load(serving.tag).probabilities(documents)
    groups = evidence.groups()
    return Rival(
        tag=serving.tag,
        labels=evidence.labels[fair],
        candidate=scores[fair],
        production=old,
        groups={by: np.asarray(groups[by])[fair].tolist() for by in ("source", "company")},
    )


def alerts(report: Report) -> list[dict[str, object]]:
    """What somebody has to hear of: missed requirements, drift."""
    about: dict[str, object] = {"run": report.run, "dataset_version": report.dataset_version}
    messages: list[dict[str, object]] = []
    if report.alerts:
        lost = [each.model_dump() for each in report.alerts]
        messages.append(
            {"kind": "requirement-missed", **about, "requirement": REQUIREMENT, "missed": lost}
        )
    if report.drift and report.drift.alarming:
        messages.append(
            {
                "kind": "drift",
                **about,
                "upload": report.drift.upload,
                "drifted": report.drift.alarming,
            }
        )
    return messages


def missed(trained: Sequence[TrainSummary]) -> list[Requirement]:
    """Every metric under `origin` that is not above the requirement."""
    return [
        Requirement(metric=metric, family=each.family, value=value)
        for each in trained
        for metric, value in each.origin.missed().items()
    ]


def changes(models: dict[str, ModelReport], earlier: Report | None) -> list[MetricChange]:
    """The metrics whose intervals in this run and the one before do not even touch."""
    found = []
    for family, now in models.items():
        before = earlier.models.get(family) if earlier else None
        if before is None:
            continue
        for metric in METRICS:
            here, there = now.intervals.get(metric), before.intervals.get(metric)
            if here and there and (here.low > there.high or here.high < there.low):
                old, new = getattr(before.origin, metric), getattr(now.origin, metric)
                found.append(MetricChange(family=family, metric=metric, before=old, after=new))
    return found


def _model_report(
    trained: TrainSummary, decision: Decision, evidence: Evidence, scores: np.ndarray
) -> ModelReport:
    labels = evidence.labels
    return ModelReport(
        family=trained.family,
        tag=trained.tag,
        origin=trained.origin,
        unseen=trained.unseen,
        requirement_met=trained.origin.meets_requirement(),
        promoted=decision.promoted,
        seconds=trained.seconds,
        peak_memory_mb=trained.peak_memory_mb,
        intervals=evaluation.intervals(labels, scores),
        slices=evaluation.slices(labels, scores, evidence.groups()),
        reliability=evaluation.reliability(labels, scores),
        errors=evaluation.confident_errors(labels, scores, evidence.comment, evidence.stars),
        decision=decision,
    )


def _ensemble(
    trained: Sequence[TrainSummary],
    decisions: dict[str, Decision],
    evidence: Evidence,
    scores: dict[str, np.ndarray],
) -> ModelReport:
    """The mean of the calibrated probabilities, as the service answers when asked for all."""
    mean = np.mean([scores[each.family] for each in trained], axis=0)
    origin = measure(evidence.labels, mean)
    all_serve = all(each.promoted for each in decisions.values())
    made_of = "models in production" if all_serve else "models of this run, not all of which serve"
    decision = Decision(promoted=all_serve, reason=f"made of the {made_of}")
    together = TrainSummary(
        family="ensemble",
        tag="+".join(each.tag for each in trained),
        archive="",
        digest="",
        origin=origin,
        unseen=measure(evidence.labels[evidence.unseen], mean[evidence.unseen]),
        seconds=0.0,
        peak_memory_mb=0.0,
    )
    return _model_report(together, decision, evidence, mean)
