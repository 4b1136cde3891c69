"""The upload handler as AWS calls it, against an S3 server in this process."""

import datetime as dt
import json
import unicodedata
from functools import partial

import boto3
import pytest

from functions.merge_upload import Arrival, arrivals, handler
from satispy import journal
from satispy.cloud import Queue
from satispy.errors import NotFound, StackError
from satispy.journal import Actor
from satispy.retraining import pace, turn
from satispy.retraining.start import start_retrain
from satispy.reviews import ReviewTable, browsing, merge_upload, receipts, replay
from satispy.reviews.changing import Asked
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
    entry = only(journal.last(store, 9))
    assert (entry.what, entry.on, entry.after["run"]) == ("upload.merged", "a", "v00001")


def test_who_asks_in_the_app_gets_a_retrain_of_what_there_is(aws, state_machine):
    asked = batch(json.dumps({"retrain": True}))
    assert handler(asked, None) == {"batchItemFailures": []}
    assert state_machine() == []  # there is nothing to learn from
    aws.put_object(Bucket="satispy", Key="uploads/a.csv", Body=b"Commentaire,star\nbien,5\n")
    merge_upload(Store.bucket(Settings()), "uploads/a.csv")
    assert handler(asked, None) == {"batchItemFailures": []}
    assert state_machine() == ["v00001"]


def test_a_queue_that_is_not_there_is_said_in_words(aws, monkeypatch):
    monkeypatch.setenv("SATISPY_UPLOAD_QUEUE_URL", f"{Settings().endpoint_url}/123456789012/gone")
    with pytest.raises(StackError, match="the queue of uploads does not answer"):
        Queue(Settings()).send({"retrain": True})


def test_who_changes_a_review_in_the_app_makes_one_version_and_a_retrain_of_it(aws, state_machine):
    aws.put_object(Bucket="satispy", Key="uploads/a.csv", Body=b"Commentaire,star\nbien,5\nbof,3\n")
    handler(batch(notification("uploads/a.csv")), None)
    store = Store.bucket(Settings())
    turn.give_back(store, "v00001", dt.datetime.now(dt.UTC), trained=True)
    pace.ended(store, ReviewTable(store).id(), "v00001", trained=True)
    review = browsing.page(ReviewTable(store), browsing.Wanted(words="bof")).reviews[0]
    asked = Asked(review=review.id, seen=0, by=Actor(who="anne", via="app"), why="essai")
    message = json.dumps({"change": asked.model_dump(mode="json")})
    for _ in range(2):  # delivered twice
        assert handler(batch(message), None) == {"batchItemFailures": []}
    assert ReviewTable(store).read().comments == ["bien"]
    assert state_machine() == ["v00001", "v00003"]
    assert only(journal.last(store, 1)).what == "upload.merged"  # the app has entered who asked


def test_a_change_of_a_review_that_somebody_else_changed_first_is_entered_as_failed(aws):
    aws.put_object(Bucket="satispy", Key="uploads/a.csv", Body=b"Commentaire,star\nbof,3\n")
    handler(batch(notification("uploads/a.csv")), None)
    store = Store.bucket(Settings())
    review = browsing.page(ReviewTable(store), browsing.Wanted()).reviews[0]
    asked = [
        Asked(review=review.id, seen=0, by=Actor(who=who, via="app"), why="essai", star=star)
        for who, star in (("anne", 1), ("zoe", 5))
    ]
    messages = [json.dumps({"change": each.model_dump(mode="json")}) for each in asked]
    for _ in range(2):  # delivered twice
        assert handler(batch(*messages), None) == {"batchItemFailures": []}
    assert ReviewTable(store).read().stars == [1]
    failed, merged = journal.last(store, 9)
    assert (failed.what, failed.by.who, failed.why) == ("act.failed", "zoe", "Outdated")
    assert merged.what == "upload.merged"


def test_who_stops_a_retrain_in_the_app_frees_its_turn_and_starts_no_other(aws, state_machine):
    aws.put_object(Bucket="satispy", Key="uploads/a.csv", Body=b"Commentaire,star\nbien,5\n")
    handler(batch(notification("uploads/a.csv")), None)
    store = Store.bucket(Settings())
    turn.take(store, "v00001", dt.datetime.now(dt.UTC))
    stop = batch(json.dumps({"stop": "v00001"}), json.dumps({"stop": "v00077"}))
    for _ in range(2):  # delivered twice
        assert handler(stop, None) == {"batchItemFailures": []}
    assert turn.read(store).holder is None
    assert handler({"due": True}, None) == {}
    assert state_machine() == ["v00001"]


def test_a_merge_that_is_killed_before_it_is_entered_is_entered_once(aws):
    aws.put_object(Bucket="satispy", Key="uploads/a.csv", Body=b"Commentaire,star\nbien,5\n")
    store = Store.bucket(Settings())
    merge_upload(store, "uploads/a.csv", version=store.head("uploads/a.csv").version)
    assert journal.last(store, 9) == []
    for _ in range(2):
        handler(batch(notification("uploads/a.csv")), None)
    assert only(journal.last(store, 9)).after["added"] == 1


def test_a_refused_file_is_entered_without_a_word_of_it(aws):
    aws.put_object(Bucket="satispy", Key="uploads/a.csv", Body=b"Jean Dupont,06 12 34 56 78\n")
    handler(batch(notification("uploads/a.csv")), None)
    entry = only(journal.last(Store.bucket(Settings()), 9))
    assert (entry.what, entry.why, entry.after) == ("upload.refused", "", {})


def only(entries):
    (entry,) = entries
    return entry


def test_a_name_that_another_run_had_starts_the_retrain_under_the_next_one(aws, state_machine):
    settings = Settings()
    arn = settings.state_machine_arn
    boto3.client("stepfunctions").start_execution(stateMachineArn=arn, name="v00001", input="{}")
    assert start_retrain(settings, 1, dataset="b") == "v00001-2"
    assert start_retrain(settings, 1, dataset="b") == "v00001-2"  # delivered twice
    assert start_retrain(settings, 1, dataset="c") == "v00001-3"  # the bucket was emptied
    assert state_machine() == ["v00001", "v00001-2", "v00001-3"]


def test_by_hand_a_name_is_not_used_again_that_has_a_report(aws, state_machine):
    start = partial(start_retrain, Settings(), 1, reported={"v00001", "v00001-2"}.__contains__)
    assert start(by_hand=True) == "v00001-3"  # the state machine knows none of them
    assert start() == "v00001"


def test_what_is_too_little_waits_says_why_and_is_trained_when_it_is_due(
    aws, state_machine, monkeypatch
):
    monkeypatch.setenv("SATISPY_MIN_NEW_ROWS", "3")
    store = Store.bucket(Settings())
    for number in (1, 2):
        store.write(f"uploads/{number}.csv", f"Commentaire,star\navis {number},5\n".encode())
        handler(batch(json.dumps({"key": f"uploads/{number}.csv"})), None)
    receipt = receipts.read(store, "2")
    assert (receipt.run, receipt.waits.rows, receipt.waits.least) == (None, 2, 3)
    handler({"due": True}, None)
    assert state_machine() == []
    monkeypatch.setenv("SATISPY_MIN_NEW_ROWS", "2")
    handler({"due": True}, None)
    handler({"due": True}, None)
    assert state_machine() == ["v00002"]


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


def test_an_event_that_comes_by_way_of_sns_or_event_bridge_is_the_same():
    plain = notification("uploads/%C3%A9t%C3%A9+%2B+1.csv", "v7")
    by_sns = json.dumps({"Type": "Notification", "TopicArn": "arn:x", "Message": plain})
    bridged = json.dumps(
        {
            "source": "aws.s3",
            "detail-type": "Object Created",
            "detail": {
                "bucket": {"name": "satispy"},
                "object": {"key": "uploads/été + 1.csv", "version-id": "v7"},
            },
        }
    )
    wanted = [Arrival("uploads/été + 1.csv", "v7")]
    for body in (plain, by_sns, bridged, json.dumps({"Type": "Notification", "Message": bridged})):
        assert list(arrivals(body)) == wanted
    subscribed = {"Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe"}
    assert list(arrivals(json.dumps(subscribed))) == []
    assert list(arrivals(bridged.replace("Object Created", "Object Deleted"))) == []


@pytest.mark.parametrize("key", ["uploads//trimestre.csv", "uploads/./t.csv", "uploads/t\x07.csv"])
def test_who_sent_a_file_under_a_key_that_is_no_path_gets_a_receipt(aws, key):
    aws.put_object(Bucket="satispy", Key=key, Body=b"Commentaire,star\nbien,5\n")
    body = json.dumps({"key": key})
    assert handler(batch(body), None) == {"batchItemFailures": []}
    store = Store.bucket(Settings())
    first = receipts.named(store, key)
    assert "another name" in first.refused
    assert handler(batch(body), None) == {"batchItemFailures": []}
    assert receipts.all(store) == [first]


def test_a_receipt_is_found_however_the_accents_of_its_name_are_typed(aws):
    store = Store.bucket(Settings())
    for form, said in (("NFC", "bien"), ("NFD", "mal")):
        key = unicodedata.normalize(form, f"uploads/{'été' if form == 'NFC' else 'aôut'}.csv")
        store.write(key, f"Commentaire,star\n{said},3\n".encode())
        handler(batch(json.dumps({"key": key})), None)
    for name in ("été", "aôut"):
        typed = [
            receipts.named(store, unicodedata.normalize(form, name)) for form in ("NFC", "NFD")
        ]
        assert typed[0] == typed[1]
    with pytest.raises(NotFound, match="no receipt"):
        receipts.named(store, "hiver")


def test_two_names_that_differ_only_in_how_accents_are_composed_are_two_uploads(aws):
    store = Store.bucket(Settings())
    names = [unicodedata.normalize(form, "été") for form in ("NFC", "NFD")]
    for name, said in zip(names, ("bien", "mal"), strict=True):
        store.write(f"uploads/{name}.csv", f"Commentaire,star\n{said},9\n".encode())
        handler(batch(json.dumps({"key": f"uploads/{name}.csv"})), None)
    found = [receipts.named(store, name) for name in names]
    assert [receipt.upload for receipt in found] == names
    assert "bien" in store.read(found[0].quarantine).decode()
    assert "mal" in store.read(found[1].quarantine).decode()


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
    assert Queue(Settings()).redrive() == 12
    assert sorted(waiting() + waiting()) == sorted(bodies)
    assert Queue(Settings()).redrive() == 0


def test_uploads_without_a_receipt_are_found_and_queued_again(aws, queues):
    store = Store.bucket(Settings())
    for name in ("a", "b"):
        store.write(f"uploads/{name}.csv", b"Commentaire,star\nbien,5\n")
    handler(batch(notification("uploads/a.csv")), None)
    assert replay.unanswered(store) == ["uploads/b.csv"]
    assert replay.announce(Queue(Settings()), replay.unanswered(store)) == 1
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
