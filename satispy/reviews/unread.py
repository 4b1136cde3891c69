"""Uploads that cannot be read at all still get their receipt: their sender waits for it."""

import datetime as dt

from satispy.reviews import receipts
from satispy.reviews.receipts import Receipt, Refusal
from satispy.sentence import Sentence
from satispy.storage import Store


def refuse(store: Store, key: str, version: str | None, why: Sentence) -> Receipt:
    """A receipt for an object of which nothing is known but its key; the same each time."""
    put = receipts.put_id(version or key, None, dt.datetime.now(dt.UTC))
    if done := receipts.find(store, key, put):
        return done
    now = dt.datetime.now(dt.UTC)
    receipt = Receipt(
        upload=receipts.upload_name(key),
        key=key,
        put=put,
        put_at=now,
        refused=str(why),
        refusal=Refusal.of(why),
        finished=now,
        seconds=0,
    )
    receipts.save(store, receipt)
    return receipt


def not_a_path(reason: Sentence) -> Sentence:
    return Sentence(
        "%(reason)s, and no program of ours can read it: send the file under another name",
        reason=reason,
    )


NOT_ALLOWED = Sentence(
    "satispy is not allowed to read it: it is encrypted with another key (--sse aws:kms), archived "
    "(GLACIER) or another account's. Send it again without, or give the function the right"
)
