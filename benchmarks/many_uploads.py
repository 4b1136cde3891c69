"""A retrain of a dataset of ten thousand uploads, on the local stack: its largest state.

Step Functions ends an execution, uncaught, whose state is longer than 256 KB. UPLOADS=number of
generated reviews, each with an upload of its own, merged in one commit.
"""

import csv
import hashlib
import os
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

import boto3

from satispy.demo.generate import write_walk
from satispy.reports import store as reports
from satispy.retraining.start import ask_for_retrain
from satispy.reviews import ReviewTable
from satispy.reviews.stored import StoredReview
from satispy.settings import Settings
from satispy.storage import Store
from tests.own_stack import stack_in

LIMIT = 256 * 1024
SECONDS = 1800


def run() -> dict[str, Any]:
    count = int(os.environ.get("UPLOADS", "10000"))
    with tempfile.TemporaryDirectory() as folder:
        stack = stack_in(Path(folder) / "home")
        try:
            stack.up()
            return measure(stack.store(), Path(folder), count)
        finally:
            stack.down()


def measure(store: Store, folder: Path, count: int) -> dict[str, Any]:
    table = ReviewTable(store)
    table.ensure()
    table.append(list(islice(one_each(folder), count)), {})
    settings = Settings()
    begin = time.monotonic()
    started = ask_for_retrain(settings, store)
    assert started is not None
    status, largest, at = outcome(settings, started)
    seconds = time.monotonic() - begin
    told = reports.read(store, started).upload_count
    print(
        f"{count:,} uploads: {status} after {seconds:.0f} s, the report counts {told:,};"
        f" largest state {largest:,} bytes at {at}, of {LIMIT:,} that Step Functions takes"
    )
    return {"uploads": count, "status": status, "counted": told, "largest_state": largest, "at": at}


def one_each(folder: Path) -> Any:
    """Generated reviews, each with an upload of its own."""
    for path in write_walk(folder):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                name = f"{path.stem}-of-one-shop-on-one-day-{line:06d}"
                yield StoredReview(
                    id=hashlib.blake2b(name.encode(), digest_size=16).digest(),
                    comment=row["Commentaire"],
                    star=int(row["star"]),
                    source=row["source"],
                    company=row["company"],
                    number=None,
                    date="2026-01-05",
                    dated=True,
                    extra=None,
                    upload=name,
                    put=str(line),
                    line=2,
                )


def outcome(settings: Settings, run: str) -> tuple[str, int, str]:
    """How the execution ended, its largest input or output in bytes, and of which state that is."""
    step_functions = boto3.client("stepfunctions", region_name=settings.region)
    arn = f"{settings.state_machine_arn.replace(':stateMachine:', ':execution:')}:{run}"
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        status = step_functions.describe_execution(executionArn=arn)["status"]
        if status != "RUNNING":
            break
        time.sleep(2)
    pages = step_functions.get_paginator("get_execution_history").paginate(executionArn=arn)
    largest, at = 0, ""
    for event in (event for page in pages for event in page["events"]):
        for details in (value for key, value in event.items() if key.endswith("EventDetails")):
            for name in ("input", "output", "parameters"):
                size = len(details.get(name, "").encode())
                if size > largest:
                    largest, at = size, f"{details.get('name') or event['type']} ({name})"
    return status, largest, at
