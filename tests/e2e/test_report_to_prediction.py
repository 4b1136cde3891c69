"""The whole loop: reviews put in the bucket are learnt from, reported, and served."""

from pathlib import Path

import pytest
from stacks import report_of_reviews, served

from infra.stack import Stack
from satispy.client import Client

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def test_a_csv_put_by_any_s3_client_ends_as_a_report_and_a_model_in_service(
    stack: Stack, tmp_path: Path
) -> None:
    report = report_of_reviews(stack, tmp_path)
    assert set(report.models) == {"gbc", "svm", "ann"}

    client = Client(stack.service.url)
    assert {each.run for each in served(client, stack.store())} == {report.run}
    (answer,) = client.predict(["livraison rapide, je suis ravie, merci"])
    assert answer.label == "positive"
    assert answer.dataset_version == report.dataset_version
