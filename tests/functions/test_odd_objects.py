"""One odd object in the bucket stops nothing: it is left out, and named."""

import json

import boto3
import pytest
from typer.testing import CliRunner

from functions.merge_upload import handler
from infra import resume
from satispy import left_out
from satispy.accounts import Accounts
from satispy.cli import accounts as account_commands
from satispy.cli import models as model_commands
from satispy.cli import reviews as review_commands
from satispy.dashboard.feed import Bucket, Snapshot
from satispy.errors import BrokenArtefact, NotFound, StorageUnreachable, UnusableKey
from satispy.registry import pointer
from satispy.registry.archives import archives
from satispy.reports import store as reports
from satispy.reviews import ReviewTable, inbox, receipts, replay
from satispy.reviews.schema import Review
from satispy.runs import prepared
from satispy.settings import Settings
from satispy.storage import Store
from tests import odd_objects


@pytest.fixture
def named(aws):
    # moto's routes do not match a line end; the end-to-end test puts those too.
    return odd_objects.put(aws, "satispy", line_ends=False)


@pytest.fixture
def store(named):
    return Store.bucket(Settings())


@pytest.fixture
def queue(aws, monkeypatch):
    url = boto3.client("sqs").create_queue(QueueName="uploads")["QueueUrl"]
    monkeypatch.setenv("SATISPY_UPLOAD_QUEUE_URL", url)
    return url


def test_all_are_named_and_nothing_else_is(named, store):
    found = left_out.find(store)
    assert {each.key for each in found} == named
    assert all(each.reason for each in found)
    words = left_out.in_words(found, most=100)
    assert words.startswith(f"{len(named)} objects are left out:")
    assert all(line.isprintable() for line in words.splitlines())


def test_each_alone_stops_no_listing(aws, monkeypatch):
    for number, key in enumerate(odd_objects.UNNAMEABLE):
        bucket = f"alone-{number}"
        aws.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
        )
        aws.put_object(Bucket=bucket, Key=key, Body=b"odd")
        prefix = key.split("/")[0]
        aws.put_object(Bucket=bucket, Key=f"{prefix}/good", Body=b"good")
        listing = Store.bucket(Settings(), bucket).listing(prefix, exact=True)
        assert "good" in [entry.key.removeprefix(f"{prefix}/") for entry in listing.entries]
        assert [each.key for each in listing.left_out] == [key]


def test_a_key_that_is_no_path_is_refused_in_words_whatever_is_asked(store):
    for ask in (
        store.read,
        store.head,
        store.describe,
        store.delete,
        lambda key: store.write(key, b""),
        lambda key: store.create(key, b""),
        lambda key: store.replace(key, b"", "etag"),
        lambda key: list(store.stream(key)),
    ):
        with pytest.raises(UnusableKey, match="empty segment"):
            ask("uploads//twice.csv")
    assert not store.exists("uploads/../escape.csv")


def test_the_first_admin_is_made_and_accounts_are_listed(store):
    assert Accounts(store).create_first_admin()
    assert Accounts(store).names() == [("admin", "admin")]
    assert Accounts(store).check("mallory", "whatever it is", "127.0.0.1") is None
    result = CliRunner().invoke(account_commands.app, ["list"])
    assert result.exit_code == 0, result.output
    assert "admin" in result.output


def test_rubbish_in_the_place_of_an_account_can_be_removed_and_replaced(store):
    accounts = Accounts(store)
    accounts.remove("mallory")
    password = accounts.create("other", "user")
    assert accounts.check("other", password, "127.0.0.1") == "user"
    with pytest.raises(NotFound):
        accounts.remove("mallory")


def test_what_was_under_way_is_taken_up_again(store, queue):
    waiting = replay.unanswered(store)
    assert {key for key in odd_objects.HARMLESS if key.endswith(".csv")} <= set(waiting)
    assert not set(waiting) & set(odd_objects.UNNAMEABLE)
    assert resume.resume(Settings(), store).uploads == len(waiting)
    result = CliRunner().invoke(review_commands.app, ["replay"])
    assert result.exit_code == 0, result.output


def test_uploads_under_odd_names_end_with_a_receipt(store):
    keys = [key for key in odd_objects.HARMLESS if key.endswith(".csv")]
    assert merge(*keys, *odd_objects.UNNAMEABLE) == {"batchItemFailures": []}
    for key in keys:
        receipt = receipts.read(store, key)
        assert receipt.refused or receipt.added == 1, key
    assert replay.unanswered(store) == []


def test_a_receipt_is_written_over_rubbish_in_its_place(store):
    store.write("uploads/rubbish.csv", b"Commentaire,star\nbien,5\n")
    assert receipts.progress(store, "uploads/rubbish.csv").rows == 0
    merge("uploads/rubbish.csv")
    assert receipts.read(store, "rubbish").added == 1


@pytest.mark.parametrize("key", ["reviews//x", "reviews/../x"])
def test_odd_objects_beside_the_table_stop_no_merge(aws, key):
    store = Store.bucket(Settings())
    aws.put_object(Bucket="satispy", Key=key, Body=b"odd")
    for number in (1, 2):
        store.write(f"uploads/{number}.csv", f"Commentaire,star\navis {number},5\n".encode())
        merge(f"uploads/{number}.csv")
        assert receipts.read(store, str(number)).added == 1
    assert key in {each.key for each in left_out.find(store)}


def test_a_key_that_stops_delta_is_named_with_what_to_do(aws):
    store = Store.bucket(Settings())
    store.write("uploads/a.csv", b"Commentaire,star\nbien,5\n")
    merge("uploads/a.csv")
    aws.put_object(Bucket="satispy", Key="reviews/_delta_log/a\tb", Body=b"odd")
    # Its message goes back to the queue, and on to the dead letters: nothing is lost.
    store.write("uploads/b.csv", b"Commentaire,star\nbof,4\n")
    assert merge("uploads/b.csv")["batchItemFailures"]
    with pytest.raises(StorageUnreachable, match="satispy status"):
        ReviewTable(store).read()
    (found,) = left_out.find(store)
    assert found.key == "reviews/_delta_log/a\tb"
    aws.delete_object(Bucket="satispy", Key=found.key)
    assert merge("uploads/b.csv") == {"batchItemFailures": []}
    assert len(ReviewTable(store).read()) == 2


def test_posts_are_gathered_beside_rubbish(store):
    review = Review.model_validate({"comment": "bien", "star": 5})
    inbox.put(store, inbox.Post(id="good", by="alice", digest="d", reviews=[review]), masked=True)
    key = inbox.gather(store)
    merge(key)
    assert receipts.read(store, key).added == 1
    assert inbox.find(store, "good").upload == key
    assert inbox.find(store, "rubbish") is None
    assert inbox.gather(store) is None


def test_models_are_listed_without_a_pointer_that_can_be_read(store):
    assert archives(store) == {}
    result = CliRunner().invoke(model_commands.app, ["list"])
    assert result.exit_code == 0, result.output
    assert "promoted.json" in result.output


def test_a_broken_pointer_is_said_to_be_broken_until_the_next_promotion(store):
    with pytest.raises(BrokenArtefact, match="which models serve"):
        pointer.read(store)
    pointer.mend(store)
    assert pointer.read(store).families == {}
    before = store.head(pointer.KEY).etag
    pointer.mend(store)
    assert store.head(pointer.KEY).etag == before


def test_reports_and_earlier_runs_are_read_beside_rubbish(store):
    assert reports.all(store) == []
    with pytest.raises(BrokenArtefact):
        reports.read(store, "rubbish")
    assert prepared.latest(store, "v00001") is None


def test_the_app_shows_the_rest_and_names_what_is_left_out(named, store):
    snapshot = Bucket(store).snapshot(Snapshot())
    assert snapshot.read
    assert snapshot.error is None
    assert {each.key for each in snapshot.left_out} == named


def merge(*keys):
    return handler(
        {"Records": [{"messageId": k, "body": json.dumps({"key": k})} for k in keys]}, None
    )
