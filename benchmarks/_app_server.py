"""The app as the stack starts it, with a key that the benchmark knows."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks._served import running
from satispy.dashboard.door.keeper import Keeper
from satispy.settings import Settings
from satispy.storage import Store
from satispy.visits import Limits
from tests.ports import free_port

KEY = secrets.token_urlsafe(32)


def bucket_at(s3: str) -> Store:
    """The bucket of this process and of the app's, at this address; it need not be there yet."""
    os.environ |= {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_REGION": "eu-west-3",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "SATISPY_BUCKET": "satispy",
    }
    return Store.bucket(Settings())


def door(store: Store, key: str) -> Keeper:
    """The door of an app with this key, to make cookies as it does."""
    return Keeper(store, key, Limits(8 * 3600.0, 7 * 86400.0), Path())


def cookie(door: Keeper, name: str) -> str:
    """Of a new visit of somebody who has an account."""
    return f"{door.cookie}={door.signed(door.visits.begin(name))}"


@contextmanager
def app() -> Iterator[tuple[str, psutil.Process]]:
    """Its address and its process."""
    port = free_port()
    command = [sys.executable, "-m", "satispy.dashboard", "--address", "127.0.0.1"]
    command += ["--port", str(port), "--allow-websocket-origin", f"127.0.0.1:{port}"]
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "SATISPY_APP_SECRET": KEY, "SATISPY_APP_MEMORY_MB": "4000"}
    with running(command, environment, f"{address}/ready") as (process, _):
        yield f"{address}/app", psutil.Process(process.pid)
