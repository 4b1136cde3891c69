"""Each step of a retrain asks S3 for nothing that its policy in template.yaml would refuse."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from functions import prepare, publish, take_turn, train
from satispy.demo.generate import write_walk
from satispy.reviews import merge_upload
from satispy.settings import Settings
from satispy.storage import Store
from tests.policies import PARAMETERS, may
from tests.ports import free_port

#: As werkzeug logs it, what is not found in colour.
REQUEST = re.compile(
    r'"(?:\x1b\[[0-9;]*m)*(?P<method>[A-Z]+) /satispy(?:/(?P<key>[^ ?]*))?(?:\?\S*)? HTTP'
)
ACTIONS = {
    **{"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject"},
    **{"DELETE": "s3:DeleteObject", "POST": "s3:PutObject"},
}


class Watched:
    """An S3 server whose log says what it was asked for."""

    def __init__(self, url: str, log: Path) -> None:
        self.url, self.log = url, log

    @contextmanager
    def asked(self, found: set[tuple[str, str]]) -> Iterator[None]:
        """Adds each (action, key) asked for meanwhile; "" is the bucket itself."""
        begin = self.log.stat().st_size
        yield
        for match in REQUEST.finditer(self.log.read_text()[begin:]):
            key = match["key"] or ""
            action = ACTIONS[match["method"]] if key else "s3:ListBucket"
            if not key and match["method"] != "GET":
                action = f"{match['method']} of the bucket"
            found.add((action, key))


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    port, log = free_port(), tmp_path / "requests.log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{url}/moto-api/", timeout=5).close()  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.1)
        for name in [name for name in os.environ if name.startswith("SATISPY_")]:
            monkeypatch.delenv(name)  # of a stack that was spoken to before: it has alerts
        for name, value in {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-west-3",
            "AWS_DEFAULT_REGION": "eu-west-3",
            "AWS_ENDPOINT_URL": url,
            "SATISPY_BUCKET": "satispy",
            "SATISPY_BENTOML_HOME": str(tmp_path / "bentoml"),
            "SATISPY_PRIMER": "false",
            "SATISPY_PARAMETERS": '{"gbc": {"trees": 20}}',
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        where = {"LocationConstraint": "eu-west-3"}
        boto3.client("s3").create_bucket(Bucket="satispy", CreateBucketConfiguration=where)
        yield Watched(url, log)
    finally:
        server.kill()
        server.wait()


@pytest.mark.timeout(300)
def test_a_retrain_asks_for_nothing_that_its_policies_refuse(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
        with watched.asked(asked["TakeTurn"]):
            assert take_turn.handler(run, None)["turn"] == "go"
        with watched.asked(asked["Prepare"]):
            prepared = prepare.handler(run, None)
        models = []
        for family in ("gbc", "svm"):
            with watched.asked(asked["Train"]):
                models.append(train.handler({"family": family, "prepared": prepared}, None))
        told = {"prepared": prepared, "models": models, "started": str(datetime.now(UTC))}
        with watched.asked(asked["Publish"]):
            publish.handler(told, None)
        with watched.asked(asked["TakeTurn"]):
            take_turn.handler({**run, "ended": "trained"}, None)
    assert all(len(each) > 1 for each in asked.values()), "the server's log says nothing"
    there = PARAMETERS | {"BucketName": "satispy"}
    refused = {
        name: each for name, found in asked.items() for each in found if not may(name, *each, there)
    }
    assert refused == {}
    assert ("s3:GetObject", "models/embeddings.json") in asked["Prepare"]
