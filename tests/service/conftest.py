"""An S3 server, a model store and the service, for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from house import House, in_process
from moto.server import ThreadedMotoServer
from starlette.testclient import TestClient

from satispy.registry.store import ModelStore
from satispy.settings import Settings
from satispy.storage import Store


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def house(
    tmp_path: Path, s3: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> House:
    """An empty house: nothing is promoted."""
    for name in [name for name in os.environ if name.startswith(("SATISPY_", "AWS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    bucket = f"b{abs(hash(request.node.nodeid)):x}"
    boto3.client("s3", endpoint_url=s3, region_name="us-east-1").create_bucket(Bucket=bucket)
    monkeypatch.setenv("SATISPY_BUCKET", bucket)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    monkeypatch.setenv("SATISPY_BENTOML_HOME", str(tmp_path / "bentoml"))
    monkeypatch.setenv("SATISPY_POLL_SECONDS", "0.1")
    settings = Settings()
    return House(tmp_path, settings, Store.bucket(settings), ModelStore(settings.bentoml_home))


@pytest.fixture
def local(house: House) -> Iterator[TestClient]:
    """The service's whole ASGI application, in this process, asked from this machine."""
    house.train_and_promote_all()
    with in_process() as client:
        yield client
