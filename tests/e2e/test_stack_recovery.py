"""Recovery as docs/deploy.md tells it: a new stack over the bucket of a deleted one."""

import shutil
from pathlib import Path

import boto3
import pytest
from stacks import at_rest, report_of_reviews, served

from infra.stack import Stack
from satispy.accounts import Accounts
from satispy.client import Client
from satispy.reviews import ReviewTable

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]

TEXTS = ["livraison rapide, je suis ravie, merci", "colis jamais reçu, personne ne répond"]


def test_a_new_stack_over_the_bucket_of_a_deleted_one_serves_the_same_models(
    stack: Stack, tmp_path: Path
) -> None:
    report_of_reviews(stack, tmp_path)
    at_rest(stack)
    store = stack.store()
    password = Accounts(store).create("before", "user")
    with Client(stack.service.url) as client:
        before = served(client, store)
        answers = client.predict(TEXTS, model="all")
    rows = ReviewTable(store).read().comments

    formation = boto3.client("cloudformation")
    formation.delete_stack(StackName=stack.settings.stack_name)
    formation.get_waiter("stack_delete_complete").wait(
        StackName=stack.settings.stack_name, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
    )
    assert boto3.client("lambda").list_functions()["Functions"] == []
    assert boto3.client("sqs").list_queues().get("QueueUrls", []) == []
    stack.down()
    shutil.rmtree(stack.home / "bentoml")  # models come from the bucket, or not at all

    resumed = stack.up()
    assert (resumed.admin, resumed.run) == (None, None)  # neither accounts nor reports are missing
    with Client(stack.service.url) as client:
        assert served(client, stack.store()) == before
        assert client.predict(TEXTS, model="all") == answers
    store = stack.store()
    assert ReviewTable(store).read().comments == rows
    assert Accounts(store).check("before", password, "127.0.0.1") == "user"
