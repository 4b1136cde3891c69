"""Uploads without a receipt are queued again."""

from collections.abc import Iterable

from satispy.cloud import Queue
from satispy.reviews import receipts
from satispy.reviews.receipts import Receipt
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


def announce(queue: Queue, keys: Iterable[str]) -> int:
    """These uploads, and the inbox, to the merge handler once more; returns how many."""
    queue.send({"inbox": True})
    count = 0
    for key in keys:
        queue.send({"key": key})
        count += 1
    return count
