"""What functions say of themselves in AWS, and that a terminal is spared of it."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from benchmarks._year import Shop, report
from satispy import observed
from satispy.models.family import FAMILIES
from satispy.reports.schema import Report
from satispy.reviews.receipts import Receipt
from satispy.settings import Settings

IN_AWS = Settings(AWS_ENDPOINT_URL=None, bucket="reviews-of-a-company")
HERE = Settings(AWS_ENDPOINT_URL="http://127.0.0.1:4566")
NOW = datetime(2026, 3, 4, tzinfo=UTC)
RECEIPT = Receipt(
    upload="a", key="uploads/a.csv", put="1", put_at=NOW, received=6, added=3, duplicate=2,
    rejected=1, finished=NOW, seconds=0.5,
)  # fmt: skip


@pytest.fixture
def handler() -> Iterator[logging.Handler]:
    """As Lambda's runtime has one on the root logger."""
    mine = logging.StreamHandler()
    logging.getLogger().addHandler(mine)
    before = {each: each.formatter for each in logging.getLogger().handlers}
    yield mine
    for each, formatter in before.items():
        each.setFormatter(formatter)
    logging.getLogger().removeHandler(mine)


def line(handler: logging.Handler) -> str:
    record = logging.LogRecord("satispy.x", logging.INFO, __file__, 1, "%s rows", (3,), None)
    return handler.format(record)


def test_each_line_of_a_function_says_whose_doing_it_is(handler: logging.Handler) -> None:
    observed.begin(IN_AWS, run="v00003")
    observed.begin(IN_AWS, upload="uploads/a.csv")  # a warm function, with another event
    said = json.loads(line(handler))
    assert (said["message"], said["upload"]) == ("3 rows", "uploads/a.csv")
    assert "run" not in said


def test_an_upload_is_counted_by_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    observed.merged(IN_AWS, RECEIPT)
    said = json.loads(capsys.readouterr().out)
    assert (said["RowsAdded"], said["RowsDuplicate"], said["RowsRejected"]) == ([3], [2], [1])
    (metrics,) = said["_aws"]["CloudWatchMetrics"]
    assert metrics["Namespace"] == "satispy"
    assert metrics["Dimensions"] == [["service"]]
    assert {each["Name"]: each["Unit"] for each in metrics["Metrics"]}["MergeSeconds"] == "Seconds"


def test_a_retrain_is_counted_by_family(capsys: pytest.CaptureFixture[str]) -> None:
    run = report(Shop(day=30, rows=1_000, now=NOW), number=5)
    observed.published(IN_AWS, Report.model_validate_json(run), {"gbc": NOW})
    said = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert said[0]["RetrainSeconds"] == [300]
    of = {each["family"]: each for each in said[1:]}
    assert set(of) == set(FAMILIES)
    assert of["svm"]["Accuracy"] == [0.9]
    (metrics,) = of["gbc"]["_aws"]["CloudWatchMetrics"]
    assert set(metrics["Dimensions"][0]) == {"service", "family"}
    assert {each["Name"] for each in metrics["Metrics"]} == {"Accuracy", "ModelAgeSeconds"}


def test_a_terminal_sees_no_json(
    handler: logging.Handler, capsys: pytest.CaptureFixture[str]
) -> None:
    observed.begin(HERE, run="v00003")
    observed.merged(HERE, RECEIPT)
    assert line(handler) == "3 rows"
    assert capsys.readouterr().out == ""
