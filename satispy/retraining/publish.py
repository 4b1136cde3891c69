"""Last step: decide what is promoted, write the report, raise the alerts."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from satispy.models import promoted
from satispy.models.promoted import Production
from satispy.reports import store as reports
from satispy.reports.schema import REQUIREMENT, ModelReport, Report, Requirement
from satispy.retraining.prepare import PrepareSummary
from satispy.retraining.stage import stage
from satispy.retraining.train import TrainSummary
from satispy.storage import Store

Alert = Callable[[dict[str, object]], None]


def publish(
    store: Store,
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
        serving = {each.family: promote(store, prepared, each, now) for each in trained}
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
        seconds=(datetime.now(UTC) - started).total_seconds(),
        stages=stages,
        embedding=prepared.embedding,
        models={each.family: _model_report(each, serving[each.family]) for each in trained},
        alerts=missed(trained),
    )
    reports.save(store, report)
    if report.alerts:
        alert(
            {
                "kind": "requirement-missed",
                "run": run,
                "dataset_version": prepared.dataset_version,
                "requirement": REQUIREMENT,
                "missed": [each.model_dump() for each in report.alerts],
            }
        )
    return report


def promote(store: Store, prepared: PrepareSummary, trained: TrainSummary, now: datetime) -> bool:
    """Whether the new version serves from now on: it meets the requirement, or is the first."""
    first = trained.family not in promoted.read(store).families
    if not (first or trained.origin.meets_requirement()):
        return False
    production = Production(
        tag=trained.tag,
        archive=trained.archive,
        digest=trained.digest,
        run=prepared.run,
        dataset_version=prepared.dataset_version,
        since=now,
        accuracy=trained.origin.accuracy,
    )
    promoted.promote(
        store,
        trained.family,
        production,
        "meets the requirement" if trained.origin.meets_requirement() else "first of its family",
    )
    return True


def missed(trained: Sequence[TrainSummary]) -> list[Requirement]:
    """Every metric under `origin` that is not above the requirement."""
    return [
        Requirement(metric=metric, family=each.family, value=value)
        for each in trained
        for metric, value in (
            ("accuracy", each.origin.accuracy),
            ("f1_0", each.origin.f1_0),
            ("f1_1", each.origin.f1_1),
        )
        if not value > REQUIREMENT
    ]


def _model_report(trained: TrainSummary, serving: bool) -> ModelReport:
    return ModelReport(
        family=trained.family,
        tag=trained.tag,
        origin=trained.origin,
        unseen=trained.unseen,
        requirement_met=trained.origin.meets_requirement(),
        promoted=serving,
        seconds=trained.seconds,
        peak_memory_mb=trained.peak_memory_mb,
    )
