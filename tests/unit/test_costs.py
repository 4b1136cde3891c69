"""What the system costs: the page says what the code reckons."""

from pathlib import Path

import pytest

from infra.parts import ROOT
from infra.template import load
from satispy import costs, observed
from satispy.costs import FUNCTIONS, Month, lines, of_run, serverless
from satispy.models.family import FAMILIES
from tests.cloudformation import Deployed

PAGE = (Path(ROOT) / "docs" / "deploy.md").read_text()
AS_ON_THE_PAGE = Month(uploads_a_day=1, rows=50_000, rows_of_upload=2_000)


def dollars(month: Month) -> dict[str, float]:
    return {str(line.what): line.dollars for line in lines(month)}


@pytest.mark.parametrize("line", lines(AS_ON_THE_PAGE), ids=lambda line: str(line.what))
def test_the_page_on_deploying_has_each_line(line: costs.Line) -> None:
    assert f"| {line.what} | {line.amount} | {line.dollars:.2f} |" in PAGE


def test_the_page_on_deploying_has_the_sums() -> None:
    found = lines(AS_ON_THE_PAGE)
    assert f"| **everything serverless** | | **{serverless(found):.0f}** |" in PAGE
    assert f"| **with the containers** | | **{sum(e.dollars for e in found):.0f}** |" in PAGE


def test_more_uploads_reviews_and_predictions_cost_more_where_they_should() -> None:
    small = dollars(Month(10, 10_000))
    uploads, rows, texts = (
        dollars(month)
        for month in (Month(1_000, 10_000), Month(10, 100_000), Month(10, 10_000, 10_000_000))
    )
    assert uploads["SQS"] > small["SQS"]
    assert rows["Lambda, retrains"] == pytest.approx(10 * small["Lambda, retrains"])
    assert texts["Fargate"] > small["Fargate"]
    assert rows["Fargate"] == small["Fargate"]


def test_a_large_dataset_costs_no_more_than_is_read_of_it() -> None:
    parameters = load(ROOT / "template.yaml")["Parameters"]
    assert parameters["MaxTrainingRows"]["Default"] == costs.MAX_TRAINING_ROWS
    assert 24 * 60 // parameters["MinMinutes"]["Default"] == costs.MOST_RETRAINS_A_DAY
    most, more, whole = (
        dollars(month)["Lambda, retrains"]
        for month in (Month(1, 100_000), Month(1, 300_000), Month(1, 300_000, max_training_rows=0))
    )
    assert most == more
    assert whole == pytest.approx(3 * most)


@pytest.mark.parametrize(
    ("row", "month"),
    [
        ("as the template is", Month(1_000, 300_000)),
        ("24 retrains a day (`", Month(1_000, 300_000, retrains_a_day=24)),
        ("24 retrains a day that", Month(1_000, 300_000, retrains_a_day=24, max_training_rows=0)),
    ],
)
def test_the_page_says_what_a_thousand_uploads_a_day_cost(row: str, month: Month) -> None:
    (line,) = (each for each in PAGE.splitlines() if each.startswith(f"| {row}"))
    assert line.endswith(f"| {serverless(lines(month)):.0f} |")


def test_a_thousand_uploads_a_day_cost_less_than_was_promised() -> None:
    assert serverless(lines(Month(1_000, 300_000, retrains_a_day=24))) < 120


def test_a_run_costs_what_its_functions_were_billed() -> None:
    once, twice = of_run({"prepare": 60, "gbc": 60}), of_run({"prepare": 120, "gbc": 120})
    assert twice - once == pytest.approx(60 * (1769 + 3008) / 1024 * 0.0000166667)
    assert of_run({"prepare": 60, "gbc": 60, "of another satispy": 1e6}) == once


def test_every_metric_that_has_a_price_is_counted() -> None:
    parameters = {"BucketName": "reviews", "ServiceImage": "image", "AppImage": "image"}
    parts = Deployed(ROOT / "template.yaml", parameters).parts()
    alarmed = {
        name: sum(
            len([each for each in alarm.get("Metrics", [alarm]) if "Expression" not in each])
            for alarm in part.of_type("AWS::CloudWatch::Alarm").values()
        )
        for name, part in parts.items()
    }
    assert alarmed == {"Watch": costs.ALARMED, "Containers": costs.ALARMED_OF_CONTAINERS}
    ours = [len(FAMILIES) if "family" in each.by else 1 for each in observed.METRICS.values()]
    assert sum(ours) == costs.METRICS


def test_functions_have_the_memory_that_the_template_gives_them() -> None:
    resources = load(ROOT / "template.yaml")["Resources"]
    names = {"merge": "MergeUpload", "api": "AnswerApi", "prepare": "Prepare", "publish": "Publish"}
    names |= dict.fromkeys(("gbc", "svm", "ann"), "Train") | {"alerts": "TellAlerts"}
    given = {name: resources[names[name]]["Properties"]["MemorySize"] for name in FUNCTIONS}
    assert given == {name: function.mb for name, function in FUNCTIONS.items()}
