"""Whom alerts are sent to in `benchmarks/alerts.py`, what makes them, and what has come where."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from satispy.alerts import book
from satispy.alerts.facts import Code
from satispy.alerts.telling import EVERY
from satispy.reports import insights, recent
from satispy.reports import store as reports
from satispy.reports.schema import Drift, Report, Requirement
from satispy.retraining import pace, turn
from satispy.settings import Settings
from satispy.storage import Store
from tests.dashboard.made_up_reports import make_report
from tests.unit.alerts.made_up import learned, lost_parcels
from tests.unit.alerts.receivers import Received, mail, web

KEY = b"only of this benchmark"
CHANNELS = ("ops", "slack", "teams", "mail")
#: What made-up facts stand under, besides those of runs.
WRITTEN = (pace.KEY, turn.KEY, recent.KEY)


@dataclass
class Receivers:
    """A webhook of each form, a mail server, and a queue that has subscribed to the topic."""

    web: dict[str, Received]
    queue: Received = field(default_factory=lambda: Received(0))
    _over: threading.Event = field(default_factory=threading.Event)
    _queue_url: str = ""

    def toml(self) -> str:
        forms = {"ops": "generic", "slack": "slack", "teams": "teams"}
        secret = f"whsec_{base64.b64encode(KEY).decode()}"
        hooks = [
            f'[[webhook]]\nname = "{name}"\nform = "{form}"\ninner = true\n'
            f'url = "http://127.0.0.1:{self.web[name].port}/"\nsecret = "{secret}"\n'
            for name, form in forms.items()
        ]
        post = f'[[smtp]]\nname = "mail"\nhost = "127.0.0.1"\nport = {self.web["mail"].port}\n'
        return "".join(hooks) + post + 'tls = "none"\nfrom = "a@example"\nto = ["b@example"]\n'

    def subscribe(self, settings: Settings) -> None:
        """A LocalStack that was killed has forgotten the subscription."""
        sns, sqs = boto3.client("sns"), boto3.client("sqs")
        self._queue_url = sqs.create_queue(QueueName="who-hears-of-alerts")["QueueUrl"]
        of = {"QueueUrl": self._queue_url, "AttributeNames": ["QueueArn"]}
        arn = sqs.get_queue_attributes(**of)["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=settings.alerts_topic_arn, Protocol="sqs", Endpoint=arn)

    def listen(self) -> None:
        sqs = boto3.client("sqs")
        while not self._over.is_set():
            try:
                found = sqs.receive_message(
                    QueueUrl=self._queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
                )
                for message in found.get("Messages", []):
                    told = json.loads(json.loads(message["Body"])["Message"])
                    self.queue.note(json.dumps(told, ensure_ascii=False).encode())
                    receipt = message["ReceiptHandle"]
                    sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=receipt)
            except (BotoCoreError, ClientError):  # LocalStack is being killed
                self._over.wait(0.5)

    def stop(self) -> None:
        self._over.set()

    def heard(self, word: str, since: float = 0) -> dict[str, float]:
        """By channel, when it first got something with this word."""
        first: dict[str, float] = {}
        for name, received in {**self.web, "sns": self.queue}.items():
            for at, body in zip(list(received.times), list(received.bodies), strict=False):
                if at >= since and word.lower() in _text(name, body).lower():
                    first.setdefault(name, at)
        return first

    def ids(self, word: str) -> set[str]:
        """Of the incidents with this word that the generic webhook was told of."""
        return {
            json.loads(body)["id"]
            for body in list(self.web["ops"].bodies)
            if word.lower() in body.decode().lower()
        }

    def unsigned(self) -> int:
        """Messages to the generic webhook whose signature is not of the key."""
        received = self.web["ops"]
        return sum(
            not _is_signed(body, headers)
            for body, headers in zip(list(received.bodies), list(received.headers), strict=False)
        )


@contextmanager
def receivers(home: Path, settings: Settings) -> Iterator[Receivers]:
    with web() as ops, web() as slack, web() as teams, mail() as post:
        found = Receivers({"ops": ops, "slack": slack, "teams": teams, "mail": post})
        found.subscribe(settings)
        path = home / "alerts.toml"
        path.touch(mode=0o600)
        path.write_text(found.toml())
        listening = threading.Thread(target=found.listen, daemon=True)
        listening.start()
        try:
            yield found
        finally:
            path.unlink(missing_ok=True)
            found.stop()
            listening.join()


def _text(channel: str, body: bytes) -> str:
    if channel != "mail":
        return body.decode()
    message = message_from_bytes(body)
    return f"{message['Subject']} {message.get_payload(decode=True).decode()}"


def _is_signed(body: bytes, headers: dict[str, str]) -> bool:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    return headers.get("webhook-signature") == f"v1,{expected}"


# ---- what makes alerts, written as the pipeline writes it ----


def report(store: Store, number: int, missed: str, company: str, upload: str = "") -> None:
    """Of a run whose family `missed` the requirement, with an incident of this company."""
    run = f"v{number:05d}"
    found = lost_parcels("bench", company=company)
    one = learned(found, run=run)
    store.write(insights.key(run), one.model_dump_json().encode())
    made: Report = make_report(1).model_copy(
        update={
            "run": run,
            "dataset_version": number,
            "created": datetime.now(UTC),
            "alerts": [Requirement(metric="f1_0", family=missed, value=0.7)],
            "drift": drift(upload) if upload else None,
        }
    )
    reports.save(store, made)
    recent.note(store, made)


def drift(upload: str) -> Drift:
    return Drift(
        upload=upload,
        rows=900,
        shifts=[],
        unknown_words_before=0.1,
        unknown_words_after=0.4,
        production_accuracy={},
        alarming=["unknown words"],
    )


def failed(store: Store, run: str) -> None:
    claimed = pace.Claimed(dataset_version=1, rows=9, at=datetime.now(UTC), run=run, failed=True)
    store.write(pace.KEY, pace.State(claimed=claimed).model_dump_json().encode())


def stuck(store: Store, run: str) -> None:
    held = turn.Held(run=run, at=datetime.now(UTC) - timedelta(seconds=1))
    store.write(turn.KEY, turn.Turns(holder=held).model_dump_json().encode())


def dead_letter(settings: Settings) -> None:
    boto3.client("sqs").send_message(QueueUrl=settings.dead_letters_url, MessageBody="{}")


@contextmanager
def made_up_facts(settings: Settings, store: Store) -> Iterator[None]:
    """Whatever is made up within, is taken away at the end. Nothing that really failed is open at
    the start: what is made up would be told as the same incident, under the name of the other."""
    kept = {key: store.read(key) if store.exists(key) else None for key in WRITTEN}
    real = set(_of_runs(store))
    store.write(pace.KEY, pace.State().model_dump_json().encode())
    time.sleep(EVERY)  # a pass that has read what stood there before is over
    assert until(lambda: not _open(store, Code.RETRAIN_FAILED), 60), "nobody looks for alerts"
    yield
    boto3.client("sqs").purge_queue(QueueUrl=settings.dead_letters_url)
    for key in set(_of_runs(store)) - real:
        store.delete(key)
    for key, data in kept.items():
        if data is not None:
            store.write(key, data)
        elif store.exists(key):
            store.delete(key)


def _open(store: Store, code: Code) -> bool:
    return any(each.code == code for each in book.read(store).open)


def _of_runs(store: Store) -> list[str]:
    return [each.key for name in ("reports", "insights") for each in store.list(name)]


def until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
