"""The embedded LocalStack alone, for benchmarks that need a real S3 and nothing else."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra import environment, parts, processes
from infra import home as homes
from infra.stack import Stack
from satispy.settings import Settings
from satispy.storage import Store


@contextmanager
def only_localstack(home: Path, port: int) -> Iterator[Callable[[str], Store]]:
    """Yields a function that makes a bucket and its Store; this process reaches it by then."""
    stack = Stack(Settings().model_copy(update={"home": home, "localstack_port": port}))
    homes.make(stack.home)
    processes.demand_free(stack.settings.host, port, "LocalStack", "TORTURE_PORT")
    os.environ.update(
        environment.credentials(stack.home)
        | {
            "AWS_ENDPOINT_URL": stack.localstack.url,
            "AWS_REGION": "eu-west-3",
            "AWS_DEFAULT_REGION": "eu-west-3",
        }
    )
    try:
        # Of the stack's three servers only this one.
        stack._start(stack.localstack, parts.localstack_environment(stack.settings, stack.home))
        stack._await(stack.localstack)
        yield _bucket
    finally:
        stack.down()


def _bucket(name: str) -> Store:
    import boto3

    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    os.environ["SATISPY_BUCKET"] = name
    return Store.bucket(Settings())
