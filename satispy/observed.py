"""What functions say of themselves in AWS: lines of JSON that name whose doing they are; metrics.

Every line of a merge has its upload and put, every line of a retrain its run, which the receipt of
the upload and the report name as well: one search tells the way of a review. Metrics are lines too
(CloudWatch's embedded metric format), so that nothing is called for them. On the local stack, whose
logs people read in a terminal, lines stay as they are and there are no metrics.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from satispy.reports.schema import Report
from satispy.reviews.receipts import Receipt
from satispy.settings import Settings

NAMESPACE: Final = "satispy"
Unit = Literal["Count", "Seconds", "None"]


@dataclass(frozen=True)
class Metric:
    """`by`: its dimensions beside `service`, which is the bucket."""

    unit: Unit
    by: tuple[str, ...] = ()


#: What an alarm or a dashboard may ask for.
METRICS: Final[Mapping[str, Metric]] = {
    "RowsAdded": Metric("Count"),
    "RowsDuplicate": Metric("Count"),
    "RowsRejected": Metric("Count"),
    "UploadsRefused": Metric("Count"),
    "MergeSeconds": Metric("Seconds"),
    "RetrainSeconds": Metric("Seconds"),
    "Accuracy": Metric("None", ("family",)),
    "ModelAgeSeconds": Metric("Seconds", ("family",)),
}


def begin(settings: Settings, **about: str) -> None:
    """From here on each line of this function says this of itself."""
    if settings.endpoint_url:
        return
    from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

    for handler in logging.getLogger().handlers:
        formatter = LambdaPowertoolsFormatter(utc=True)
        formatter.append_keys(service=NAMESPACE, **about)
        handler.setFormatter(formatter)


def merged(settings: Settings, receipt: Receipt) -> None:
    """The metrics of an upload."""
    _say(
        settings,
        {
            "RowsAdded": receipt.added,
            "RowsDuplicate": receipt.duplicate,
            "RowsRejected": receipt.rejected,
            "UploadsRefused": int(receipt.refused is not None),
            "MergeSeconds": receipt.seconds,
        },
    )


def published(settings: Settings, report: Report, since: Mapping[str, datetime]) -> None:
    """The metrics of a retrain, and of each family; `since`: when what serves was promoted."""
    _say(settings, {"RetrainSeconds": report.seconds})
    now = datetime.now(UTC)
    for family, model in report.models.items():
        values = {"Accuracy": model.origin.accuracy}
        if family in since:
            values["ModelAgeSeconds"] = (now - since[family]).total_seconds()
        _say(settings, values, family=family)


def _say(settings: Settings, values: Mapping[str, float], **dimensions: str) -> None:
    if settings.endpoint_url:
        return
    from aws_lambda_powertools.metrics import EphemeralMetrics

    # Each stack is a service of its own: dev and prod may share an account.
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=settings.bucket)
    for name, of in dimensions.items():
        metrics.add_dimension(name, of)
    for name, value in values.items():
        unit = METRICS[name].unit
        metrics.add_metric(name, "NoUnit" if unit == "None" else unit, value)
    metrics.flush_metrics()
