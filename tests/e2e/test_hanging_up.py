"""Clients that do not wait for their answer."""

import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from infra.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def test_who_hangs_up_before_the_answer_leaves_no_error_in_the_log(stack: Stack) -> None:
    impatient = Config(read_timeout=0.5, retries={"total_max_attempts": 1})
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName="hanging-up")["QueueUrl"]
    log = stack.home / "logs" / "localstack.log"
    before = log.stat().st_size
    with pytest.raises(ReadTimeoutError):
        boto3.client("sqs", config=impatient).receive_message(QueueUrl=queue, WaitTimeSeconds=2)
    time.sleep(3)  # by then it was answered
    sqs.delete_queue(QueueUrl=queue)
    with log.open("rb") as since:
        since.seek(before)
        said = since.read().decode()
    assert "sqs.ReceiveMessage" in said
    assert "Traceback" not in said
    assert "Error" not in said
