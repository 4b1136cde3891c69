"""Our own Prometheus metrics, beside BentoML's; GET /metrics shows both."""

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bentos.lineup import Answer, Lineup


class Metrics:
    """Make one a process, after BentoML has said where the workers share their figures."""

    def __init__(self) -> None:
        # Imported late: prometheus_client decides at its import whether processes share figures.
        from prometheus_client import Counter, Gauge, Histogram

        self._predictions = Counter(
            "satispy_predictions_total", "Texts judged", ["model", "tag", "label"]
        )
        self._unknown = Counter(
            "satispy_unknown_texts_total", "Texts of which the model knew no word", ["model"]
        )
        self._seconds = Histogram(
            "satispy_prediction_seconds",
            "Time to judge the texts of one request, without HTTP",
            ["model"],
            buckets=(0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2),
        )
        self._age = Gauge(
            "satispy_model_age_seconds",
            "Time since the model that serves was promoted",
            ["model"],
            multiprocess_mode="livemax",
        )
        self._refused = Counter(
            "satispy_models_refused_total", "Promoted models that were not put to work", ["model"]
        )
        # Looking a child up by its labels costs more than counting with it.
        self._children: dict[tuple[str, ...], Any] = {}

    def judged(self, answers: Sequence[Answer], seconds: float) -> None:
        model, tag = answers[0]["model"], answers[0]["tag"]
        tally = Tally(answer["label"] for answer in answers)
        for label, count in tally.items():
            self._child(self._predictions, model, tag, label).inc(count)
        if unknown := tally["unknown"]:
            self._child(self._unknown, model).inc(unknown)
        self._child(self._seconds, model).observe(seconds)

    def ages(self, lineup: Lineup) -> None:
        now = datetime.now(UTC)
        for serving in lineup:
            age = (now - serving.since).total_seconds()
            self._child(self._age, serving.family).set(age)

    def refused(self, family: str) -> None:
        self._child(self._refused, family).inc()

    def _child(self, metric: Any, *labels: str) -> Any:
        key = (metric._name, *labels)
        if key not in self._children:
            self._children[key] = metric.labels(*labels)
        return self._children[key]
