"""The upload handler as AWS calls it, against an S3 server in this process."""

import json

import boto3
import pytest

from functions.merge_upload import Arrival, arrivals, handler
from satispy.reviews import ReviewTable, receipts, replay
from satispy.settings import Settings
from satispy.storage import Store


@pytest.fixture
def state_machine(aws, monkeypatch):
    client = boto3.client("stepfunctions")
    machine = client.create_state_machine(
        name="retrain",
        definition=json.dumps({"StartAt": "end", "States": {"end": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/retrain",
    )
    monkeypatch.setenv("SATISPY_STATE_MACHINE_ARN", machine["stateMachineArn"])

    def executions():
        found = client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
        return sorted(execution["name"] for execution in found)

    return executions


def notification(key, version=None):
    found = {"key": key, **({"versionId": version} if version else {})}
    return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": found}}]})


def batch(*bodies):
    return {"Records": [{"messageId": str(i), "body": body} for i, body in enumerate(bodies)]}


def test_a_csv_put_in_the_bucket_is_merged_and_starts_one_retrain(aws, state_machine):
    aws.put_object(Bucket="satispy", Key="uploads/a.csv", Body=b"Commentaire,star\nbien,5\n")
    event = batch(notification("uploads/a.csv"))
    assert handler(event, None) == {"batchItemFailures": []}
    assert handler(event, None) == {"batchItemFailures": []}  # delivered twice
    store = Store.bucket(Settings())
    receipt = receipts.read(store, "a")
    assert (receipt.added, receipt.dataset_version, receipt.run) == (1, 1, "v00001")
    assert state_machine() == ["v00001"]
    assert ReviewTable(store).read().comments == ["bien"]


def test_a_file_replaced_before_it_was_merged_is_merged_all_the_same(aws):
    versions = [
        aws.put_object(Bucket="satispy", Key="uploads/a.csv", Body=body)["VersionId"]
        for body in (b"Commentaire,star\nbien,5\n", b"Commentaire,star\nmal,1\n")
    ]
    handler(batch(*(notification("uploads/a.csv", version) for version in versions)), None)
    assert ReviewTable(Store.bucket(Settings())).read().comments == ["bien", "mal"]


def test_the_column_mapping_of_the_object_is_used(aws):
    aws.put_object(
        Bucket="satispy",
        Key="uploads/a.csv",
        Body="Titre comment;Nombre d'étoile\nbien;5\n".encode("cp1252"),
        Metadata={"satispy-columns": "comment=Titre%20comment&star=Nombre%20d%27%C3%A9toile"},
    )
    handler(batch(notification("uploads/a.csv")), None)
    receipt = receipts.read(Store.bucket(Settings()), "a")
    assert (receipt.refused, receipt.added, receipt.encoding) == (None, 1, "cp1252")


def test_a_message_that_fails_does_not_take_its_batch_with_it(aws):
    aws.put_object(Bucket="satispy", Key="uploads/a.csv", Body=b"Commentaire,star\nbien,5\n")
    answer = handler(batch("not json", notification("uploads/a.csv")), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert receipts.read(Store.bucket(Settings()), "a").added == 1


def test_an_upload_removed_before_it_was_merged_is_no_failure(aws):
    answer = handler(batch(notification("uploads/gone.csv")), None)
    assert answer == {"batchItemFailures": []}


def test_names_come_back_from_the_encoding_of_the_event():
    body = notification("uploads/avis+d%27%C3%A9t%C3%A9+%2B.csv")
    assert list(arrivals(body)) == [Arrival("uploads/avis d'été +.csv")]


def test_other_events_and_keys_are_not_uploads():
    assert list(arrivals(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"}))) == []
    assert list(arrivals(notification("receipts/a.json"))) == []
    assert list(arrivals(notification("uploads/folder/"))) == []


@pytest.fixture
def queues(aws, monkeypatch):
    sqs = boto3.client("sqs")
    uploads, dead = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("uploads", "dead"))
    monkeypatch.setenv("SATISPY_UPLOAD_QUEUE_URL", uploads)
    monkeypatch.setenv("SATISPY_DEAD_LETTERS_URL", dead)

    def waiting(url):
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [message["Body"] for message in found]

    return lambda body: sqs.send_message(QueueUrl=dead, MessageBody=body), lambda: waiting(uploads)


def test_what_ended_in_the_dead_letter_queue_can_be_sent_again(queues):
    send_dead, waiting = queues
    bodies = [notification(f"uploads/{i}.csv") for i in range(12)]
    for body in bodies:
        send_dead(body)
    assert replay.redrive(Settings()) == 12
    assert sorted(waiting() + waiting()) == sorted(bodies)
    assert replay.redrive(Settings()) == 0


def test_uploads_without_a_receipt_are_found_and_queued_again(aws, queues):
    store = Store.bucket(Settings())
    for name in ("a", "b"):
        store.write(f"uploads/{name}.csv", b"Commentaire,star\nbien,5\n")
    handler(batch(notification("uploads/a.csv")), None)
    assert replay.unanswered(store) == ["uploads/b.csv"]
    assert replay.queue(Settings(), replay.unanswered(store)) == 1
    _, waiting = queues
    answer = handler(batch(*waiting()), None)
    assert answer == {"batchItemFailures": []}
    assert replay.unanswered(store) == []


def test_a_message_that_failed_is_soon_delivered_again(aws, queues):
    sqs = boto3.client("sqs")
    url = Settings().upload_queue_url
    sqs.send_message(QueueUrl=url, MessageBody="not json")
    [message] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=900)["Messages"]
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": "1"},
    }
    assert handler({"Records": [record]}, None)["batchItemFailures"]
    assert sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
