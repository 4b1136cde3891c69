"""Least privilege: what no function may do, whatever somebody makes it do."""

import pytest

from satispy.throttle import REMEMBERED
from tests.policies import BUCKET, FUNCTIONS, PARAMETERS, SYSTEM, may, statements

WRITES = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectAcl")
DELETES = ("s3:DeleteObject", "s3:DeleteObjectVersion")
READS = ("s3:GetObject", "s3:GetObjectVersion")
ROLES = [*FUNCTIONS, "Retrain"]
#: What AWS grants for all resources or not at all: the delivery of a state machine's logs.
FOR_ALL = {
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}
EMBEDDINGS = PARAMETERS | {"Embeddings": "s3://vectors-of-ours/fr/wiki.pkl"}


@pytest.mark.parametrize("name", ROLES)
def test_no_policy_is_for_a_whole_bucket_or_for_everything_one_can_do(name: str) -> None:
    for statement in statements(name):
        assert not [action for action in statement.actions if "*" in action]
        if FOR_ALL.issuperset(statement.actions):
            continue
        for place in statement.resources:
            assert place not in ("*", f"arn:aws:s3:::{BUCKET}/*", "arn:aws:s3:::*")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_function_writes_accounts(name: str) -> None:
    """`satispy accounts` does, with the credentials of whoever runs it: whoever could write one
    through a function would come in as an admin. Tries are counted under attempts/ therefore."""
    assert not [action for action in WRITES if may(name, action, "accounts/alice.account.json")]


def test_password_hashes_are_read_by_who_checks_passwords() -> None:
    account = "accounts/alice.account.json"
    readers = [name for name in FUNCTIONS if any(may(name, each, account) for each in READS)]
    assert readers == ["AnswerApi"]


@pytest.mark.parametrize("name", ["Prepare", "Train", "Publish", "TakeTurn"])
@pytest.mark.parametrize(
    "key",
    [
        *(
            "accounts/alice.account.json",
            "attempts/accounts/a1b.json",
            "inbox/1/a.json",
            "gathered/a.json",
        ),
        *("uploads/raw.csv", "quarantine/raw.csv", "receipts/raw.json", "mappings/a.json"),
        *("tuning/gbc/a.json", "known_ids/a/0.ids", "something-else"),
    ],
)
def test_a_retrain_reads_no_secret_and_no_unmasked_review(name: str, key: str) -> None:
    assert not [action for action in (*READS, *WRITES) if may(name, action, key)]


def test_word_vectors_are_read_where_the_parameter_says_and_nowhere_else_beside() -> None:
    assert may("Prepare", "s3:GetObject", "embeddings/wiki.pkl")
    there = EMBEDDINGS | {"BucketName": "vectors-of-ours"}  # `may` asks for an object of this one
    assert may("Prepare", "s3:GetObject", "fr/wiki.pkl", there)
    assert not may("Prepare", "s3:GetObject", "fr/other.pkl", there)
    web = PARAMETERS | {"Embeddings": "https://example.org/wiki.pkl"}
    assert may("Prepare", "s3:GetObject", "embeddings/wiki.pkl", web)
    assert not may("Prepare", "s3:GetObject", "accounts/alice.account.json", web)


def test_only_a_retrain_changes_models_and_what_serves() -> None:
    writers = [name for name in FUNCTIONS if may(name, "s3:PutObject", "models/promoted.json")]
    assert writers == ["Prepare", "Publish", "Train"]
    assert not [name for name in FUNCTIONS if may(name, "s3:DeleteObject", "models/promoted.json")]


@pytest.mark.parametrize("key", ["attempts/accounts/a1b.json", "attempts/addresses/192.0.2.1.json"])
def test_tries_of_passwords_are_counted_by_who_checks_them(key: str) -> None:
    assert all(may("AnswerApi", each, key) for each in ("s3:GetObject", "s3:PutObject"))
    others = [name for name in FUNCTIONS if any(may(name, each, key) for each in (*READS, *WRITES))]
    assert others == ["AnswerApi"]
    # Who could delete a count would have free tries again.
    assert not may("AnswerApi", "s3:DeleteObject", key)


def test_an_address_that_tried_is_forgotten_after_a_day() -> None:
    rules = SYSTEM.resources["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    expires = {
        rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule
    }
    assert expires["attempts/addresses/"] * 24 * 3600 >= REMEMBERED
    assert "attempts/" not in expires  # an account that is attacked goes on being slow to strangers


def test_publish_may_throw_a_verdict_away_that_others_have_overtaken() -> None:
    assert may("Publish", "s3:DeleteObject", "runs/v00001/verdict.json")
    assert not may("Publish", "s3:DeleteObject", "reports/v00001.json")


def test_no_entry_of_the_journal_is_deleted_or_written_over_by_anybody() -> None:
    entry = "journal/entries/999999999-1.json"
    assert not [name for name in FUNCTIONS for each in DELETES if may(name, each, entry)]
    writers = [name for name in FUNCTIONS if may(name, "s3:PutObject", entry)]
    assert writers == ["AnswerApi", "MergeUpload", "Publish", "TakeTurn", "Vacuum"]
    denied = [
        (each["Action"], each["Resource"], each.get("Condition"))
        for each in SYSTEM.resources["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        if each["Effect"] == "Deny" and each["Principal"] == "*"
    ]
    entries = "(Bucket.Arn)/journal/*"
    assert (list(DELETES), entries, None) in denied
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
    assert ("s3:PutObject", entries, {"Null": {"s3:if-none-match": "true"}}) in denied
