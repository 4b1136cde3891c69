"""A CSV put in the bucket, by any S3 client, is answered by a receipt."""

import json
import time

import boto3
import pytest

from infra.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

HEADER = "inID,Commentaire,star,source,company,index_org,star_org,date\n"


def receipt_of(stack: Stack, upload: str, seconds: float = 60) -> dict[str, object]:
    store = stack.store()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for entry in store.list("receipts"):
            if upload in entry.key:
                return dict(json.loads(store.read(entry.key)))
        time.sleep(0.1)
    raise AssertionError(f"no receipt of {upload} after {seconds} s")


def test_an_upload_by_any_s3_client_is_merged_and_answered_by_a_receipt(stack: Stack) -> None:
    rows = [
        "0,livraison rapide et soignée,5,TrustedShop,ShowRoom,0,5,12/03/2021\n",
        "1,colis jamais reçu,1,TrustedShop,ShowRoom,1,1,13/03/2021\n",
        "2,sans étoile valable,9,TrustedShop,ShowRoom,2,9,13/03/2021\n",
    ]
    boto3.client("s3").put_object(
        Bucket="satispy", Key="uploads/lifecycle.csv", Body=(HEADER + "".join(rows)).encode()
    )
    receipt = receipt_of(stack, "lifecycle")
    assert (receipt["received"], receipt["added"], receipt["rejected"]) == (3, 2, 1)


def test_an_upload_that_cannot_be_read_is_refused_in_its_receipt(stack: Stack) -> None:
    boto3.client("s3").put_object(
        Bucket="satispy", Key="uploads/unreadable.csv", Body=b"a,b\n1,2\n"
    )
    receipt = receipt_of(stack, "unreadable")
    assert receipt["refused"]
    assert receipt["added"] == 0
