"""Every action of the app, by nobody, a user, and an admin whose visit has ended: 0 bypasses.

Over HTTP and over raw websockets, which send events to widgets that a page never showed. ATTEMPTS
(10000), SEED (1). At the end an admin does each action: that it works shows that the attempts were
well made.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime

import boto3

from benchmarks._app_attempts import Attempts
from benchmarks._app_server import KEY, app, bucket_at, door
from benchmarks._served import moto
from satispy.journal import Actor
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.storage import Store


def run() -> dict[str, object]:
    with moto() as (s3, _):
        store = _bucket(s3)
        promote_twice(store)
        with app() as (address, _):
            attempts = Attempts(address, store, door(store, KEY), int(os.environ.get("SEED", "1")))
            count = int(os.environ.get("ATTEMPTS", "10000"))
            outcome = asyncio.run(attempts.make(count))
    for who, tried in sorted(outcome.attempts.items()):
        print(f"  {who:34} {tried:6}")
    print(f"  {'all':34} {outcome.attempts.total():6}   {len(outcome.bypasses)} bypasses")
    for bypass in outcome.bypasses[:20]:
        print(f"    {bypass}")
    idle = [name for name, works in outcome.works.items() if not works]
    if idle:
        sys.exit(f"As an admin these had no effect, so the attempts prove nothing: {idle}")
    return {
        "attempts": outcome.attempts.total(),
        "bypasses": len(outcome.bypasses),
        "by_kind": dict(outcome.attempts),
    }


def promote_twice(store: Store) -> None:
    """So that there is something to go back to."""
    for version in ("v1", "v2"):
        production = Production(
            tag=f"satispy-gbc:{version}",
            archive=f"models/satispy-gbc/{version}.bentomodel",
            digest="0badcafe",
            run="v00001",
            dataset_version=1,
            since=datetime.now(UTC),
            accuracy=0.9,
        )
        pointer.promote(store, "gbc", production, "a run", Actor(who="publish", via="pipeline"))


def _bucket(s3: str) -> Store:
    store = bucket_at(s3)
    where = {"LocationConstraint": "eu-west-3"}
    boto3.client("s3").create_bucket(Bucket="satispy", CreateBucketConfiguration=where)
    return store
