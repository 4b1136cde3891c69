"""An S3, SQS and Step Functions server for handlers, in a process of its own."""

import os
import subprocess
import sys
import time
import urllib.request

import boto3
import pytest

from tests.ports import free_port


@pytest.fixture(scope="session")
def moto_server():
    # In a process of its own: delta-rs holds the interpreter's lock while it reads a table.
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=5).close()  # noqa: S310 - our own server
            break
        except OSError:
            time.sleep(0.1)
    yield url
    server.kill()
    server.wait()


@pytest.fixture
def aws(moto_server, monkeypatch):
    # The stack of the end-to-end tests, if it is up, is not the one to talk to.
    for name in [name for name in os.environ if name.startswith("SATISPY_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-west-3",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "AWS_ENDPOINT_URL": moto_server,
        "SATISPY_BUCKET": "satispy",
    }.items():
        monkeypatch.setenv(name, value)
    reset = urllib.request.Request(f"{moto_server}/moto-api/reset", method="POST")  # noqa: S310 - our own server
    urllib.request.urlopen(reset).close()  # noqa: S310
    s3 = boto3.client("s3")
    s3.create_bucket(
        Bucket="satispy", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )
    s3.put_bucket_versioning(Bucket="satispy", VersioningConfiguration={"Status": "Enabled"})
    return s3
