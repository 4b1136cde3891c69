"""The incident that the demo plants, from its reviews to the message that a subscriber gets."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import boto3
import numpy as np
import pytest

from satispy.alerts import book
from satispy.alerts.channels import channels
from satispy.alerts.telling import tell
from satispy.alerts.watching import Facts, conditions, judged
from satispy.demo.generate import DEMO_SCALE, INCIDENT, write_walk
from satispy.journal import Actor
from satispy.promotion import insights
from satispy.registry import pointer
from satispy.registry.store import ASPECTS_MODEL, ModelStore
from satispy.reports.insights import key, parse
from satispy.reviews import ReviewTable, merge_upload
from satispy.runs.summaries import PrepareSummary
from satispy.settings import Settings
from satispy.storage import Store


class Models(ModelStore):
    """Its model of aspects is a real one; that of sentiment has no opinion."""

    def fetch(self, tag: str, store: Store) -> Path:
        return super().fetch(tag, store) if tag.startswith(ASPECTS_MODEL) else Path()

    def load(self, tag: str) -> SimpleNamespace:
        return SimpleNamespace(
            probabilities=lambda texts: (np.full(len(texts), 0.5), np.ones(len(texts), dtype=int))
        )


@pytest.fixture
def inbox(aws, monkeypatch):
    """A queue that has subscribed to the topic of alerts."""
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    queue = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    monkeypatch.setenv("SATISPY_ALERTS_TOPIC_ARN", topic)
    return lambda: sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])


def test_the_incident_of_the_demo_comes_to_who_subscribed_to_alerts_and_once(inbox, tmp_path):
    settings, models = Settings(), Models(tmp_path / "models")
    store = Store.bucket(settings)
    for path in write_walk(tmp_path, scale=DEMO_SCALE)[1:]:
        store.write(f"uploads/{path.name}", path)
        version = merge_upload(store, f"uploads/{path.name}").dataset_version
    serving = pointer.Production(
        tag="satispy-gbc:v1",
        archive="",
        digest="",
        run="v00001",
        dataset_version=1,
        since=datetime.now(UTC),
        accuracy=0.9,
    )
    pointer.promote(store, "gbc", serving, "first", Actor(who="ada", via="cli"))
    reviews = ReviewTable(store).read(version)
    now = datetime.now(UTC)
    for run in ("v00002", "v00003"):
        prepared = PrepareSummary.model_construct(run=run, dataset_version=version)
        insights.learn(store, models, prepared, reviews)
        facts = Facts(insights=parse(key(run), store.read(key(run))))
        book.reconcile(store, conditions(facts, now, 0), now, judged(facts))
        tell(store, channels(settings), now)
    told = [json.loads(json.loads(each["Body"])["Message"]) for each in inbox()]
    # Of each source one, and none again for the second run.
    assert len({each["id"] for each in told}) == len(told) == 2
    for message in told:
        facts = message["facts"]
        assert message["kind"] == "incident"
        assert (facts["aspect"], facts["company"]) == ("delivery", INCIDENT.company)
        assert any("transporteur" in example.lower() for example in facts["examples"])
