"""Uploads without a receipt, and messages in the dead-letter queue, are queued again."""

import json
from collections.abc import Iterable

import boto3

from satispy.reviews import receipts
from satispy.reviews.receipts import Receipt
from satispy.settings import Settings
from satispy.storage import Store


def unanswered(store: Store, found: list[Receipt] | None = None) -> list[str]:
    """Keys under uploads/ whose newest put has no receipt yet, the oldest first.

    `found`: every receipt, if they have been read already.
    """
    newest = receipts.of_newest_puts(receipts.all(store) if found is None else found)
    answered = {receipt.key: receipt.put_at for receipt in newest}
    waiting = [
        entry
        for entry in store.list("uploads")
        if entry.key not in answered or answered[entry.key] < entry.modified
    ]
    return [entry.key for entry in sorted(waiting, key=lambda entry: entry.modified)]


def queue(settings: Settings, keys: Iterable[str]) -> int:
    """Announce these uploads, and the inbox, to the merge handler once more; returns how many."""
    sqs = boto3.client("sqs", region_name=settings.region)
    sqs.send_message(QueueUrl=settings.upload_queue_url, MessageBody=json.dumps({"inbox": True}))
    count = 0
    for key in keys:
        sqs.send_message(QueueUrl=settings.upload_queue_url, MessageBody=json.dumps({"key": key}))
        count += 1
    return count


def in_flight(settings: Settings) -> bool:
    """Whether the queue waits for the end of a merge, perhaps of a function that was killed."""
    sqs = boto3.client("sqs", region_name=settings.region)
    counted = "ApproximateNumberOfMessagesNotVisible"
    answer = sqs.get_queue_attributes(QueueUrl=settings.upload_queue_url, AttributeNames=[counted])
    return int(answer["Attributes"][counted]) > 0


def redrive(settings: Settings) -> int:
    """Move every message of the dead-letter queue back; returns how many.

    A message is deleted there only once it is back in the queue: twice is harmless, lost is not.
    """
    sqs = boto3.client("sqs", region_name=settings.region)
    count = 0
    while messages := sqs.receive_message(
        QueueUrl=settings.dead_letters_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
    ).get("Messages"):
        for message in messages:
            sqs.send_message(QueueUrl=settings.upload_queue_url, MessageBody=message["Body"])
            sqs.delete_message(
                QueueUrl=settings.dead_letters_url, ReceiptHandle=message["ReceiptHandle"]
            )
            count += 1
    return count
