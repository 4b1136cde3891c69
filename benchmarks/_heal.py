"""A stack under load whose processes are killed, and the account of what was promised meanwhile."""

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import httpx
import psutil
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra import environment, processes
from infra.parts import ROOT
from infra.stack import Stack
from satispy.accounts import Accounts
from satispy.errors import BrokenArtefact, NotFound, StorageUnreachable
from satispy.registry.store import ModelStore
from satispy.reviews import ReviewTable, receipts
from satispy.settings import Settings
from satispy.storage import Store
from tests import odd_objects
from tests.service.house import House

VICTIMS = ("localstack", "function", "service parent", "service worker", "app")
#: Each thread waits so long between two requests.
UPLOAD_SECONDS, POST_SECONDS, PREDICT_SECONDS = 8.0, 4.0, 1.0
SETTLE_SECONDS = 900
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Promises:
    """What was confirmed to a client, by the comment of each review."""

    uploads: dict[str, list[str]] = field(default_factory=dict)  # key → its comments
    posted: list[str] = field(default_factory=list)
    predicted: int = 0
    refused: int = 0  # requests of any kind that nobody answered

    def lost(self, store: Store) -> list[str]:
        """What is not kept yet: uploads without a receipt, comments that are not in the table."""
        try:
            table = set(ReviewTable(store).read().comments)
        except NotFound:
            table = set()
        lost = [key for key in self.uploads if not _has_receipt(store, key)]
        comments = itertools.chain(self.posted, *self.uploads.values())
        return lost + [comment for comment in comments if comment not in table]


def _has_receipt(store: Store, key: str) -> bool:
    try:
        return not receipts.read(store, key).refused
    except (NotFound, BrokenArtefact):
        return False


class Load:
    """Uploads, posts of single reviews and predictions, each in a thread, until stopped."""

    def __init__(self, stack: Stack, password: str) -> None:
        self.promises = Promises()
        self._stop = threading.Event()
        self._count = itertools.count()
        self._service = stack.service.url
        settings = Settings()
        self._bucket = settings.bucket
        self._s3 = boto3.client(
            "s3", config=Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 0})
        )
        self._api = httpx.Client(base_url=settings.api_url, auth=("bench", password), timeout=120)
        self._threads = [
            threading.Thread(target=self._again, args=each, daemon=True)
            for each in (
                (self._upload, UPLOAD_SECONDS),
                (self._post, POST_SECONDS),
                (self._predict, PREDICT_SECONDS),
            )
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> Promises:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return self.promises

    def _again(self, do: Callable[[], None], seconds: float) -> None:
        while not self._stop.is_set():
            try:
                do()
            except (httpx.HTTPError, BotoCoreError, ClientError):
                self.promises.refused += 1
            self._stop.wait(random.uniform(0.2, 2 * seconds))  # only to be irregular

    def _comment(self) -> str:
        # In letters: a number might be masked.
        number, word = next(self._count), ""
        for _ in range(5):
            number, letter = divmod(number, 26)
            word += LETTERS[letter]
        return f"livraison rapide et parfaite, dossier {word}"

    def _upload(self) -> None:
        comments = [self._comment() for _ in range(2)]
        key = f"uploads/heal-{comments[0].split()[-1]}.csv"
        # Five stars only: a retrain ends at once for want of the other label.
        body = "Commentaire,star\n" + "".join(f'"{comment}",5\n' for comment in comments)
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body.encode())
        self.promises.uploads[key] = comments

    def _post(self) -> None:
        comment = self._comment()
        answer = self._api.post("reviews", json={"comment": comment, "star": 5})
        if answer.is_success:
            self.promises.posted.append(comment)
        else:
            self.promises.refused += 1

    def _predict(self) -> None:
        answer = httpx.post(f"{self._service}/predict", json={"text": "parfait"}, timeout=30)
        answer.raise_for_status()
        self.promises.predicted += 1


def furnish(stack: Stack, folder: Path) -> str:
    """Odd objects, three tiny models that serve, an account; returns its password."""
    for name, value in environment.read(stack.home).items():
        os.environ[name] = value
    settings = Settings()
    odd_objects.put(boto3.client("s3"), settings.bucket)
    store = Store.bucket(settings)
    House(folder, settings, store, ModelStore(settings.bentoml_home)).train_and_promote_all()
    return Accounts(store).create("bench", "user")


def kill(stack: Stack, which: str) -> str:
    """Kill one process of that kind, or LocalStack if there is none; returns what it was."""
    localstack, service, app = (processes.recorded(stack.home, p.name) for p in stack.parts)
    pid = None
    if which == "function" and localstack:
        pid = _child(localstack.pid, "awslambdaric")
    elif which == "service parent" and service:
        pid = service.pid
    elif which == "service worker" and service:
        pid = _child(service.pid, "worker.service")
    elif which == "app" and app:
        pid = app.pid
    if pid is None:
        if localstack is None:
            return "nobody"
        which, pid = "localstack", localstack.pid
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # a function that ended by itself
        return "nobody"
    return which


def _child(pid: int, words: str) -> int | None:
    try:
        children = psutil.Process(pid).children(recursive=True)
        return next((c.pid for c in children if words in " ".join(c.cmdline())), None)
    except psutil.NoSuchProcess:
        return None


def up(stack: Stack) -> str:
    """`satispy up`, as typed; empty, or what it said when it failed."""
    answer = subprocess.run(
        [sys.executable, "-m", "satispy.cli", "up"],
        cwd=ROOT,
        env={**os.environ, "SATISPY_HOME": str(stack.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        return answer.stdout[-2000:] + answer.stderr[-2000:]
    down = [each.part.title for each in stack.status() if not each.answers]
    return f"{', '.join(down)}: no answer" if down else ""


def settle(promises: Promises, store: Store) -> list[str]:
    """Wait until all that was promised is kept; returns what is not after a long time."""
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            lost = promises.lost(store)
        except StorageUnreachable:
            lost = ["the bucket"]
        if not lost or time.monotonic() > end:
            return lost
        time.sleep(2)
