"""What functions ask S3 for is nothing that their policies in template.yaml would refuse."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from functions import alerts, prepare, publish, take_turn, train
from satispy.accounts import Accounts
from satispy.alerts import book
from satispy.demo.generate import write_walk
from satispy.errors import TooManyTries
from satispy.retraining import turn
from satispy.reviews import merge_upload
from satispy.settings import Settings
from satispy.storage import Store
from tests.policies import PARAMETERS, may

#: As werkzeug logs it, what is not found in colour.
REQUEST = re.compile(
    r'"(?:\x1b\[[0-9;]*m)*(?P<method>[A-Z]+) /satispy(?:/(?P<key>[^ ?]*))?(?:\?\S*)? HTTP'
)
ACTIONS = {
    **{"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject"},
    **{"DELETE": "s3:DeleteObject", "POST": "s3:PutObject"},
}


@contextmanager
def asked_for(found: set[tuple[str, str]], log: Path) -> Iterator[None]:
    """Adds each (action, key) asked for meanwhile; "" is the bucket itself."""
    begin = log.stat().st_size
    yield
    for match in REQUEST.finditer(log.read_bytes()[begin:].decode()):
        key = match["key"] or ""
        action = ACTIONS[match["method"]] if key else "s3:ListBucket"
        if not key and match["method"] != "GET":
            action = f"{match['method']} of the bucket"
        found.add((action, key))


@pytest.mark.timeout(300)
def test_a_retrain_asks_for_nothing_that_its_policies_refuse(
    aws: object, moto_log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SATISPY_PRIMER", "false")
    monkeypatch.setenv("SATISPY_PARAMETERS", '{"gbc": {"trees": 20}}')
    store = Store.bucket(Settings())
    asked: dict[str, set[tuple[str, str]]] = {
        name: set() for name in ("TakeTurn", "Prepare", "Train", "Publish")
    }
    for number, path in enumerate(write_walk(tmp_path, scale=0.1)[:2], start=1):
        # A function of its own has nothing in its /tmp: it fetches from S3 what the others saved.
        monkeypatch.setenv("SATISPY_BENTOML_HOME", str(tmp_path / f"bentoml{number}"))
        store.write(f"uploads/{path.name}", path)
        version = merge_upload(store, f"uploads/{path.name}").dataset_version
        run = {"run": f"v{version:05d}", "dataset_version": version}
        with asked_for(asked["TakeTurn"], moto_log):
            assert take_turn.handler(run, None)["turn"] == "go"
        with asked_for(asked["Prepare"], moto_log):
            prepared = prepare.handler(run, None)
        models = []
        for family in ("gbc", "svm"):
            with asked_for(asked["Train"], moto_log):
                models.append(train.handler({"family": family, "prepared": prepared}, None))
        told = {"prepared": prepared, "models": models, "started": str(datetime.now(UTC))}
        with asked_for(asked["Publish"], moto_log):
            publish.handler(told, None)
        with asked_for(asked["TakeTurn"], moto_log):
            take_turn.handler({**run, "ended": "trained"}, None)
    assert all(len(each) > 1 for each in asked.values()), "the server's log says nothing"
    there = PARAMETERS | {"BucketName": "satispy"}
    refused = {
        name: each for name, found in asked.items() for each in found if not may(name, *each, there)
    }
    assert refused == {}
    assert ("s3:GetObject", "models/embeddings.json") in asked["Prepare"]


def test_who_checks_passwords_asks_for_nothing_that_its_policy_refuses(
    aws: object, moto_log: Path
) -> None:
    store = Store.bucket(Settings())
    accounts = Accounts(store, cost=16, sleep=lambda seconds: None)
    accounts.create("anne", "admin", "a long password")
    asked: set[tuple[str, str]] = set()
    with asked_for(asked, moto_log):
        for name, password, address in (
            *[("anne", "a wrong password", "192.0.2.66")] * 7,
            ("nobody", "a wrong password", "2001:db8::1"),
            ("anne", "a long password", "203.0.113.7"),
        ):
            with suppress(TooManyTries):
                accounts.check(name, password, address)
    there = PARAMETERS | {"BucketName": "satispy"}
    assert [each for each in asked if not may("AnswerApi", *each, there)] == []
    for key in ("192.0.2.66", "2001-db8---64", "203.0.113.7"):
        assert ("s3:PutObject", f"attempts/addresses/{key}.json") in asked


def test_what_looks_for_alerts_asks_for_nothing_that_its_policy_refuses(
    aws: object, moto_log: Path
) -> None:
    store = Store.bucket(Settings())
    asked: set[tuple[str, str]] = set()
    with asked_for(asked, moto_log):
        assert alerts.handler({}, None) == {"told": 0, "failed": 0}
    held = turn.Held(run="v00001", at=datetime(2026, 1, 1, tzinfo=UTC))
    store.write(turn.KEY, turn.Turns(holder=held).model_dump_json().encode())
    with asked_for(asked, moto_log):
        alerts.handler({}, None)
    (alert,) = book.read(store).open
    assert (alert.code, alert.subject) == ("retrain-stuck", "v00001")
    there = PARAMETERS | {"BucketName": "satispy"}
    assert [each for each in asked if not may("TellAlerts", *each, there)] == []
