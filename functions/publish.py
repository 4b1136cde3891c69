"""Last step of a retrain: promote, report."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from satispy import observed
from satispy.promotion import insights
from satispy.promotion.publish import publish
from satispy.registry import pointer
from satispy.registry.store import ModelStore
from satispy.runs.stage import peak_memory_mb
from satispy.runs.summaries import PrepareSummary, TrainSummary
from satispy.settings import Settings
from satispy.storage import Store


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    settings = Settings()
    observed.begin(settings, run=event["prepared"]["run"])
    store = Store.bucket(settings)
    models = ModelStore(settings.bentoml_home)
    prepared = PrepareSummary.model_validate(event["prepared"])
    report = publish(
        store,
        models,
        prepared,
        [TrainSummary.model_validate(each) for each in event["models"]],
        started=datetime.fromisoformat(event["started"]),
        learn=partial(insights.learn, store, models, prepared),
    )
    serving = pointer.read(store).families
    observed.published(settings, report, {name: each.since for name, each in serving.items()})
    return {
        "run": report.run,
        "seconds": report.seconds,
        "promoted": [family for family, model in report.models.items() if model.promoted],
        "alerts": len(report.alerts),
        "drifted": bool(report.drift and report.drift.alarming),
        "peak_memory_mb": peak_memory_mb(),
    }
