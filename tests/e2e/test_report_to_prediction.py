"""The whole loop: reviews put in the bucket are learnt from, reported, and served."""

import time
from pathlib import Path

import boto3
import pytest

from infra.stack import Stack
from satispy.client import Client
from satispy.demo.generate import write_walk
from satispy.reports import store as reports

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def test_a_csv_put_by_any_s3_client_ends_as_a_report_and_a_model_in_service(
    stack: Stack, tmp_path: Path
) -> None:
    (first, *_) = write_walk(tmp_path, scale=0.1)
    boto3.client("s3").upload_file(str(first), "satispy", "uploads/learnt.csv")

    store = stack.store()
    end = time.monotonic() + 600
    while not (found := reports.all(store)) and time.monotonic() < end:
        time.sleep(1)
    report = found[-1]
    assert set(report.models) == {"gbc", "svm", "ann"}

    client = Client(stack.service.url)
    while (served := client.models().serving) == [] and time.monotonic() < end:
        time.sleep(0.5)
    assert {each.run for each in served} == {report.run}
    (answer,) = client.predict(["livraison rapide, je suis ravie, merci"])
    assert answer.label == "positive"
    assert answer.dataset_version == report.dataset_version
