"""LocalStack killed in the middle of the work: the next `up` takes up what it had forgotten."""

import os
import signal
import time
from pathlib import Path

import boto3
import pytest
from stacks import speak_to, stack_in

from infra.stack import Stack
from satispy.reviews import receipts
from satispy.settings import Settings
from satispy.storage import Store

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

CSV = (
    "inID,Commentaire,star,source,company,index_org,star_org,date\n"
    "0,livraison rapide et soignée,5,TrustedShop,ShowRoom,0,5,12/03/2021\n"
)


def kill(stack: Stack) -> None:
    localstack = stack.status()[0].process
    assert localstack
    os.kill(localstack.pid, signal.SIGKILL)
    while localstack.process():
        time.sleep(0.05)


def test_an_upload_that_waited_while_localstack_was_killed_is_merged_after_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = stack_in(tmp_path / "home")
    try:
        first = stack.up()
        assert first.admin is not None
        assert first.admin[0] == "admin"
        speak_to(stack, monkeypatch)
        # Nobody reads the queue, and then it is gone: as if LocalStack had died at once.
        functions = boto3.client("lambda")
        (mapping,) = functions.list_event_source_mappings()["EventSourceMappings"]
        functions.delete_event_source_mapping(UUID=mapping["UUID"])
        boto3.client("s3").put_object(
            Bucket="satispy", Key="uploads/waiting.csv", Body=CSV.encode()
        )
        kill(stack)

        again = stack.up()

        assert (again.uploads, again.admin) == (1, None)
        store = Store.bucket(Settings())
        end = time.monotonic() + 60
        while not receipts.all(store) and time.monotonic() < end:
            time.sleep(0.2)
        (receipt,) = receipts.all(store)
        assert (receipt.key, receipt.added) == ("uploads/waiting.csv", 1)
    finally:
        stack.down()
