"""What end-to-end tests ask of a stack, and wait for."""

import time
from pathlib import Path

import boto3
import pytest

from infra import parts
from infra.resume import unreported_version
from infra.stack import Stack
from satispy.client import Client
from satispy.client.types import ServedModel
from satispy.cloud import Queue, client
from satispy.demo.generate import write_walk
from satispy.registry import pointer
from satispy.reports import store as reports
from satispy.reports.schema import Report
from satispy.retraining import pace
from satispy.reviews import receipts
from satispy.settings import Settings
from satispy.storage import Store


def speak_to(stack: Stack, patch: pytest.MonkeyPatch) -> None:
    """Let this process reach the stack, with the key of its home."""
    for name, value in parts.reach(stack.settings, stack.home).items():
        patch.setenv(name, value)
    # boto3.client() would go on with the key of the stack that was asked first.
    patch.setattr(boto3, "DEFAULT_SESSION", None)


def report_of_reviews(stack: Stack, folder: Path, seconds: float = 600) -> Report:
    """The newest report, of a retrain that a small upload starts if there is none yet."""
    store = stack.store()
    if not reports.all(store):
        (first, *_) = write_walk(folder, scale=0.1)
        boto3.client("s3").upload_file(str(first), "satispy", "uploads/learnt.csv")
    end = time.monotonic() + seconds
    while not (found := reports.all(store)) and time.monotonic() < end:
        time.sleep(1)
    return found[-1]


def at_rest(stack: Stack, seconds: float = 600) -> None:
    """Wait until nothing is being merged or trained, whoever sent it; a run that failed, as of too
    few reviews, is over without a report."""
    store, settings = stack.store(), Settings()
    machine = settings.state_machine_arn
    end = time.monotonic() + seconds
    while (
        Queue(settings).has_messages_in_flight()
        or client("stepfunctions", settings).list_executions(
            stateMachineArn=machine, statusFilter="RUNNING"
        )["executions"]
        or (unreported_version(store, receipts.all(store)) is not None and not _has_failed(store))
    ):
        assert time.monotonic() < end, "it goes on and on"
        time.sleep(1)


def _has_failed(store: Store) -> bool:
    claimed = pace.parse(pace.KEY, store.read(pace.KEY)).claimed
    return claimed is not None and claimed.failed


def served(service: Client, store: Store, seconds: float = 120) -> list[ServedModel]:
    """What serves, once it is what is promoted."""
    end = time.monotonic() + seconds
    while True:
        found = service.models().serving
        promoted = {each.tag for each in pointer.read(store).families.values()}
        if found and {each.tag for each in found} == promoted:
            return found
        assert time.monotonic() < end, f"{promoted} do not serve: {found}"
        time.sleep(0.5)
