"""What the benchmarks of the service share: trained models, an S3 server, the service."""

import csv
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
import psutil

from tests.ports import free_port

REPOSITORY = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
#: Trained once, used by all benchmarks of the service.
TRAINED = REPOSITORY / ".satispy" / "bench" / "served"
BUCKET = "bench"


@dataclass(frozen=True)
class World:
    """Models of two updates in a model store, and the bucket that says which serve."""

    home: Path
    s3: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith(("SATISPY_", "AWS_"))},
            "SATISPY_BUCKET": BUCKET,
            "SATISPY_BENTOML_HOME": str(self.home / "bentoml"),
            "BENTOML_HOME": str(self.home / "bentoml"),
            "BENTOML_DO_NOT_TRACK": "True",
            "AWS_ENDPOINT_URL": self.s3,
            "AWS_REGION": "eu-west-3",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }


@contextmanager
def world() -> Iterator[World]:
    train_once()
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    with moto() as (url, _):
        s3 = boto3.client("s3", endpoint_url=url, region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        for path in sorted((TRAINED / "bucket" / "models").rglob("*")):
            if path.is_file():
                s3.upload_file(str(path), BUCKET, str(path.relative_to(TRAINED / "bucket")))
        yield World(TRAINED, url)


@contextmanager
def moto() -> Iterator[tuple[str, Path]]:
    """An S3, SQS and Step Functions server: its address, and its log of each request.

    In a process of its own: delta-rs holds the interpreter's lock while it waits for S3.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(command, dict(os.environ), f"{url}/moto-api/") as (_, log):
        yield url, log


def train_once() -> None:
    """Two updates, each with its retrain: of real reviews if they are at hand, else generated."""
    complete = TRAINED / "complete"
    if complete.exists() and complete.read_text() == fingerprint():
        return
    print(f"Training the models to serve, once (kept in {TRAINED.relative_to(REPOSITORY)}) ...")
    # In its own process: this one must stay small, and without TensorFlow.
    subprocess.run([sys.executable, "-m", "benchmarks._train_served"], cwd=REPOSITORY, check=True)


def fingerprint() -> str:
    """Of the code that makes models: they are trained anew when it changes."""
    total = hashlib.sha256()
    for room in ("language", "embeddings", "models", "retraining"):
        for path in sorted((REPOSITORY / "satispy" / room).rglob("*.py")):
            total.update(path.read_bytes())
    return total.hexdigest()


def texts(count: int) -> list[str]:
    """Generated reviews, of another seed than any that was trained on."""
    from satispy.demo.generate import write_walk

    with tempfile.TemporaryDirectory() as folder:
        path = write_walk(Path(folder), seed=99, scale=0.1)[0]
        with path.open(encoding="utf-8-sig", newline="") as file:
            comments = [row["Commentaire"] for row in csv.DictReader(file)]
    return comments[:count]


@contextmanager
def running(
    command: Sequence[str], environment: dict[str, str], ready_url: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A server, from ready to stopped; yields the process and its log."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=REPOSITORY, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            wait_for(ready_url, process, log)
            yield process, log
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310  an address of ours
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{url} did not come up:\n{log.read_text()[-2000:]}")


@contextmanager
def serving(
    world: World, target: str = "bentos.service:Sentiment", **settings: str
) -> Iterator[tuple[str, psutil.Process, float]]:
    """The Bento server on a free port: its address, its worker, and the seconds it took."""
    port = free_port()
    command = [str(BIN / "bentoml"), "serve", target, "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    start = time.perf_counter()
    with running(command, {**world.environment, **settings}, f"{url}/readyz") as (process, _):
        ready = time.perf_counter() - start
        yield url, worker(process), ready


def worker(server: subprocess.Popen[bytes]) -> psutil.Process:
    for child in psutil.Process(server.pid).children(recursive=True):
        if "_bentoml_impl.worker.service" in child.cmdline():
            return child
    raise RuntimeError("the server has no worker")
