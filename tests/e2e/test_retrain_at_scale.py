"""A retrain by workers of Dask on the reviews of a stack, until its models serve."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from stacks import at_rest, report_of_reviews, served

from benchmarks.limits import fill
from infra.stack import Stack
from satispy.client import Client
from satispy.reports import store as reports
from satispy.retraining.at_scale.blocks import Blocks, Place
from satispy.reviews import ReviewTable
from satispy.reviews.versions import restore
from satispy.settings import Settings

pytest.importorskip("distributed", reason="requirements/scale.txt is not installed")
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1_500)]

ROWS = 20_000
#: As much of each family as shows that it learns.
FEW = '{"gbc": {"trees": 40}, "svm": {"landmarks": 200}, "ann": {"members": 2, "epochs": 4}}'


def test_two_workers_retrain_what_a_stack_has_and_it_serves(stack: Stack, tmp_path: Path) -> None:
    store = stack.store()
    report_of_reviews(stack, tmp_path)
    at_rest(stack)
    before = {report.run for report in reports.all(store)}
    table = ReviewTable(store)
    version = table.version()
    fill(table, tmp_path, ROWS)
    environment = os.environ | {
        "SATISPY_ENGINE": "dask",
        "SATISPY_DASK_WORKER_MB": "2048",
        "SATISPY_PARAMETERS": FEW,
        "SATISPY_HOME": str(stack.home),
    }
    command = [sys.executable, "-m", "satispy.cli", "retrain"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [report] = [report for report in reports.all(store) if report.run not in before]
    assert report.rows >= ROWS
    assert f"{report.run} has learned from {report.rows:,} reviews" in done.stdout
    assert {name: model.origin.rows for name, model in report.models.items()} == dict.fromkeys(
        ("gbc", "svm", "ann"), report.test_rows
    )
    assert min(model.origin.accuracy for model in report.models.values()) > 0.7
    place = Place(None, "", Settings())
    assert store.list(Blocks(place, report.run).prefix) == []
    with Client(stack.settings.service_url) as service:
        served(service, store)
    restore(ReviewTable(store), version)  # the other tests' retrains stay small
