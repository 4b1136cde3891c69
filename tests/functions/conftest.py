"""An S3, SQS and Step Functions server for handlers, in a process of its own."""

import os
import urllib.request

import boto3
import pytest

from benchmarks._served import moto
from satispy.locales.reader import Reader, answering


@pytest.fixture(autouse=True)
def in_english():
    with answering(Reader("en")):
        yield


@pytest.fixture(scope="session")
def moto_and_log():
    with moto() as found:
        yield found


@pytest.fixture(scope="session")
def moto_server(moto_and_log):
    return moto_and_log[0]


@pytest.fixture
def moto_log(moto_and_log):
    """What the server was asked for, by all tests so far."""
    return moto_and_log[1]


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
