"""From facts to a verdict: what serves from now on, and the report. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

import numpy as np
from pydantic import BaseModel, ConfigDict

from satispy.models.ensemble import together
from satispy.promotion.decide import Opponent, choose_default, decide, remains_best
from satispy.promotion.drifting import upload_drift
from satispy.promotion.facts import Answers, Earlier, Evidence, Facts
from satispy.registry.pointer import Production, Promotion, Settlement
from satispy.reports import english, evaluation
from satispy.reports.metrics import measure
from satispy.reports.schema import (
    METRICS,
    Decision,
    MetricChange,
    ModelReport,
    Report,
    Requirement,
)
from satispy.runs.summaries import PrepareSummary, TrainSummary

#: Of a report, until it is saved: its time is not over yet.
UNKNOWN_SECONDS = 0.0
#: Of a year's, the report names the newest only: it is read whole, time and again.
NAMED_UPLOADS = 50


class Verdict(BaseModel):
    """All that is to be done, kept before anything is: whoever goes on later does the same."""

    model_config = ConfigDict(frozen=True)

    settlement: Settlement
    report: Report


def judge(facts: Facts, now: datetime) -> Verdict:
    decisions = {each.family: _decision(facts, each) for each in facts.trained}
    promotions = {
        each.family: _promotion(facts, each, decisions[each.family], now)
        for each in facts.trained
        if decisions[each.family].promoted
    }
    lineup = _lineup(facts, promotions)
    report = _report(facts, decisions, lineup, now)
    return Verdict(
        settlement=Settlement(
            run=facts.prepared.run,
            based_on=facts.serving.tags(),
            promotions=promotions,
            default_model=_default_model(facts, lineup),
        ),
        report=report,
    )


@dataclass(frozen=True)
class _Serving:
    """A version that serves once this verdict is carried out."""

    tag: str
    answers: Answers
    fair: np.ndarray


def _decision(facts: Facts, trained: TrainSummary) -> Decision:
    family = trained.family
    incumbent, anchor = facts.incumbents.get(family), facts.anchors.get(family)
    candidate = facts.candidates[family]
    against = None if incumbent is None else _opponent(facts.evidence, incumbent, candidate)
    return decide(
        trained.origin,
        facts.behaviour[family],
        against,
        None if anchor is None else _opponent(facts.evidence, anchor, candidate),
        unloadable=incumbent.production.tag if incumbent is not None else None,
    )


def _opponent(evidence: Evidence, earlier: Earlier, candidate: Answers) -> Opponent | None:
    """None if the earlier version cannot be loaded."""
    if earlier.answers is None:
        return None
    fair = earlier.fair
    groups = evidence.groups()
    return Opponent(
        tag=earlier.production.tag,
        labels=evidence.labels[fair],
        candidate=candidate.probabilities[fair],
        earlier=earlier.answers.probabilities[fair],
        groups={by: np.asarray(groups[by])[fair].tolist() for by in ("source", "company")},
    )


def _promotion(facts: Facts, trained: TrainSummary, decision: Decision, now: datetime) -> Promotion:
    prepared, family = facts.prepared, trained.family
    best = facts.anchors.get(family) or facts.incumbents.get(family)
    opponent = None
    if best is not None:
        opponent = _opponent(facts.evidence, best, facts.candidates[family])
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
    return Promotion(
        production=production,
        reason=decision.reason,
        code=decision.why.code if decision.why else "",
        anchor=best.production if best and opponent and remains_best(opponent) else None,
    )


def _lineup(facts: Facts, promotions: Mapping[str, Promotion]) -> dict[str, _Serving]:
    """By family, what serves from now on and can be loaded."""
    every = np.ones(len(facts.evidence.labels), dtype=bool)
    lineup = {
        family: _Serving(incumbent.production.tag, incumbent.answers, incumbent.fair)
        for family, incumbent in facts.incumbents.items()
        if incumbent.answers is not None
    }
    for family, promotion in promotions.items():
        lineup[family] = _Serving(promotion.production.tag, facts.candidates[family], every)
    return lineup


def _default_model(facts: Facts, lineup: Mapping[str, _Serving]) -> str | None:
    fair = np.logical_and.reduce([each.fair for each in lineup.values()])
    return choose_default(
        facts.evidence.labels[fair],
        {family: each.answers.probabilities[fair] for family, each in lineup.items()},
        facts.serving.default_model,
    )


def _report(
    facts: Facts,
    decisions: Mapping[str, Decision],
    lineup: Mapping[str, _Serving],
    now: datetime,
) -> Report:
    prepared, evidence = facts.prepared, facts.evidence
    models = {
        each.family: model_report(
            each, decisions[each.family], evidence, facts.candidates[each.family].probabilities
        )
        for each in facts.trained
    }
    moved = changes(models, facts.before)
    uploads = evidence.reviews.names
    return Report(
        run=prepared.run,
        created=now,
        code_version=version("satispy"),
        dataset_version=prepared.dataset_version,
        uploads=uploads[-NAMED_UPLOADS:],
        upload_count=len(uploads),
        rows=prepared.rows,
        train_rows=prepared.train_rows,
        test_rows=prepared.test_rows,
        unseen_rows=prepared.unseen_rows,
        positive_share=prepared.positive_share,
        seed=prepared.seed,
        split=prepared.split,
        seconds=UNKNOWN_SECONDS,
        stages=stages(prepared, facts),
        embedding=prepared.embedding,
        primer=prepared.primer,
        baselines=evidence.baselines(facts.primer),
        models=models,
        alerts=missed(models),
        ensemble=_ensemble(evidence, lineup),
        drift=upload_drift(facts),
        changes=[english.change(each) for each in moved],
        metric_changes=moved,
    )


def stages(prepared: PrepareSummary, facts: Facts) -> dict[str, float]:
    """Seconds of those that are over."""
    return {"prepare": prepared.seconds} | {each.family: each.seconds for each in facts.trained}


def model_report(
    trained: TrainSummary, decision: Decision, evidence: Evidence, said: np.ndarray
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
        intervals=evaluation.intervals(labels, said),
        slices=evaluation.slices(labels, said, evidence.groups()),
        reliability=evaluation.reliability(labels, said),
        errors=evaluation.confident_errors(labels, said, evidence.comments, evidence.stars),
        decision=decision,
    )


def _ensemble(evidence: Evidence, lineup: Mapping[str, _Serving]) -> ModelReport | None:
    """What the service answers from now on when it is asked for the ensemble.

    On rows that none of its models learned from; None if there are none.
    """
    fair = np.logical_and.reduce([each.fair for each in lineup.values()])
    if not lineup or not fair.any():
        return None
    served = list(lineup.values())
    said = together(
        np.stack([each.answers.probabilities[fair] for each in served]),
        np.stack([each.answers.known[fair] for each in served]),
    )
    rows = np.flatnonzero(fair)
    judged = Evidence(
        evidence.reviews,
        evidence.ready,
        evidence.rows[rows],
        evidence.documents.take(rows),
        evidence.labels[rows],
        evidence.unseen[rows],
    )
    unseen = judged.unseen
    summary = TrainSummary(
        family="ensemble",
        tag="+".join(each.tag for each in served),
        archive="",
        digest="",
        origin=measure(judged.labels, said),
        unseen=measure(judged.labels[unseen], said[unseen]),
        seconds=0.0,
        peak_memory_mb=0.0,
    )
    decision = Decision(promoted=True, reason="made of the models that serve")
    return model_report(summary, decision, judged, said)


def missed(models: Mapping[str, ModelReport]) -> list[Requirement]:
    """Every metric under `origin` that is not above the requirement."""
    return [
        Requirement(metric=metric, family=family, value=value)
        for family, model in models.items()
        for metric, value in model.origin.missed().items()
    ]


def changes(models: Mapping[str, ModelReport], earlier: Report | None) -> list[MetricChange]:
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
