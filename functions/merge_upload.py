"""CSVs that were put under uploads/ arrive here, by way of a queue, and are merged."""

import datetime as dt
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote_plus

from pydantic.types import JsonValue

from satispy import journal, observed
from satispy.cloud import Queue
from satispy.errors import NotFound, NotYet
from satispy.journal import Actor, Fact, What
from satispy.retraining.start import ask_for_retrain, stop_retrain
from satispy.reviews import MergeRules, changing, inbox, merge_upload
from satispy.reviews.changing import Asked, Outdated
from satispy.reviews.receipts import UPLOADS, Receipt
from satispy.settings import Settings
from satispy.storage import Store

log = logging.getLogger()
log.setLevel(logging.INFO)


@dataclass(frozen=True)
class Arrival:
    """An object that was put in the bucket; `version` where the bucket keeps versions."""

    key: str
    version: str | None = None


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    settings = Settings()
    store = Store.bucket(settings)
    rules = MergeRules.from_settings(settings)
    if event.get("due"):
        look_whether_due(settings, store)
        return {}
    start = partial(ask_for_retrain, settings, store) if settings.state_machine_arn else None

    def merge(arrival: Arrival) -> None:
        observed.begin(settings, upload=arrival.key)
        begun = dt.datetime.now(dt.UTC)
        receipt = merge_upload(
            store, arrival.key, version=arrival.version, rules=rules, start_retrain=start
        )
        enter(store, receipt)
        if receipt.finished >= begun:  # else it was delivered twice
            log.info("put %s; retrain: %s", receipt.put, receipt.run or "none yet")
            observed.merged(settings, receipt)

    return merge_messages(
        event,
        merge,
        lambda: inbox.gather(store),
        partial(retry_soon, settings),
        partial(retrain_by_hand, settings, store),
        partial(stop_retrain, settings, store),
        partial(change_review, settings, store),
    )


def enter(store: Store, receipt: Receipt) -> None:
    """In the journal, once: a message comes again until this is done."""
    counts: dict[str, JsonValue] = {
        "added": receipt.added,
        "duplicate": receipt.duplicate,
        "rejected": receipt.rejected,
    }
    merged = {**counts, "dataset_version": receipt.dataset_version, "run": receipt.run}
    fact = Fact(
        by=Actor(who="merge_upload", via="pipeline"),
        what=What.UPLOAD_REFUSED if receipt.refused else What.UPLOAD_MERGED,
        on=receipt.upload,
        at=receipt.finished,
        after={} if receipt.refused else merged,
    )
    journal.record(store, fact, event=f"merge of {receipt.key}@{receipt.put}")


def look_whether_due(settings: Settings, store: Store, version: int | None = None) -> None:
    """By schedule: what waits for more reviews, or for minutes to pass, is never forgotten."""
    try:
        ask_for_retrain(settings, store, version)
    except NotYet as not_yet:
        log.info("no retrain yet: %s", not_yet)


def retrain_by_hand(settings: Settings, store: Store) -> None:
    """The app has asked for it, which entered who and why."""
    run = ask_for_retrain(settings, store, by_hand=True)
    log.info("retrain by hand: %s", run or "there are no reviews")


def change_review(settings: Settings, store: Store, said: Mapping[str, Any]) -> None:
    """A correction or deletion that the app has entered; what came too late is entered as well."""
    asked = Asked.model_validate(said)
    try:
        version = changing.make(store, asked, masked=settings.mask)
    except (NotFound, Outdated) as error:
        log.warning("change %s: %s", asked.id, error)
        failed = Fact(by=asked.by, what=What.FAILED, on=asked.review, why=type(error).__name__)
        journal.record(store, failed, event=f"change {asked.id} failed")
        return
    log.info("change %s is made by version %s", asked.id, version)
    if settings.state_machine_arn:
        look_whether_due(settings, store, version)


def merge_messages(
    event: Mapping[str, Any],
    merge: Callable[[Arrival], object],
    gather: Callable[[], object],
    retry: Callable[[Mapping[str, Any]], None] = lambda message: None,
    retrain: Callable[[], object] = lambda: None,
    stop: Callable[[str], object] = lambda run: None,
    change: Callable[[Mapping[str, Any]], object] = lambda asked: None,
) -> dict[str, list[dict[str, str]]]:
    """Merge what each message of the queue announces; names those to be delivered again."""
    failed = []
    for message in event["Records"]:
        try:
            said = json.loads(message["body"])
            if said.get("inbox"):
                gather()  # what it writes under uploads/ announces itself
            if said.get("retrain"):
                retrain()
            if said.get("stop"):
                stop(said["stop"])
            if said.get("change"):
                change(said["change"])
            for arrival in arrivals(message["body"]):
                try:
                    merge(arrival)
                except NotFound as gone:
                    log.warning("removed before it was merged: %s", gone)
        except Exception:  # the edge: a message that fails must not take its batch with it
            log.exception("message %s is to be delivered again", message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
            retry(message)
    return {"batchItemFailures": failed}


def retry_soon(settings: Settings, message: Mapping[str, Any]) -> None:
    """Have a failed message back in 5, 20, 80 seconds, not when the longest merge would be over."""
    if not settings.upload_queue_url:
        return
    times = int(message.get("attributes", {}).get("ApproximateReceiveCount", 1))
    Queue(settings).deliver_again(message["receiptHandle"], min(5 * 4 ** (times - 1), 900))


def arrivals(body: str) -> Iterator[Arrival]:
    """The objects a message announces: an S3 notification, also by way of SNS or EventBridge, or
    `{"key": …}` from a replay."""
    message = json.loads(body)
    if message.get("Type") == "Notification" and "Message" in message:  # SNS
        yield from arrivals(message["Message"])
        return
    if "key" in message:
        yield Arrival(message["key"], message.get("version"))
    for name, found in (*_notified(message), *_of_event_bridge(message)):
        if name.startswith(UPLOADS) and not name.endswith("/"):
            version = found.get("versionId") or found.get("version-id")
            yield Arrival(name, None if version == "null" else version)


def _notified(message: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for record in message.get("Records", ()):
        if record["eventName"].removeprefix("s3:").startswith("ObjectCreated"):
            found = record["s3"]["object"]
            yield unquote_plus(found["key"]), found


def _of_event_bridge(message: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Its keys come as they are, not encoded as in a notification."""
    if message.get("source") == "aws.s3" and message.get("detail-type") == "Object Created":
        found = message["detail"]["object"]
        yield found["key"], found
