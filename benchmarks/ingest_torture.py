"""Merges killed at random, events repeated and out of order: nothing lost, twice or misreported.

Options (environment): SEEDS ("1 2 3"), UPLOADS (300), LARGEST (500 rows), AT_ONCE (16),
TORTURE_PORT (24901) for the S3 of the embedded LocalStack.
"""

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._localstack import only_localstack
from benchmarks._torture import Outcome, torture


def merge(bucket: str, key: str) -> None:
    """One delivery, in the handler that AWS calls."""
    import json
    import logging

    from functions.merge_upload import handler

    os.environ["SATISPY_BUCKET"] = bucket  # the fork server has that of the first seed
    logging.disable(logging.WARNING)
    answer = handler({"Records": [{"messageId": "1", "body": json.dumps({"key": key})}]}, None)
    if answer["batchItemFailures"]:
        raise SystemExit(1)


def run() -> dict[str, Any]:
    seeds = [int(seed) for seed in os.environ.get("SEEDS", "1 2 3").split()]
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as home:
        port = int(os.environ.get("TORTURE_PORT", "24901"))
        with only_localstack(Path(home), port) as bucket:
            for seed in seeds:
                outcome = torture(
                    bucket(f"torture-{seed}"),
                    partial(merge, f"torture-{seed}"),
                    seed,
                    count=int(os.environ.get("UPLOADS", "300")),
                    largest=int(os.environ.get("LARGEST", "500")),
                    at_once=int(os.environ.get("AT_ONCE", "16")),
                    say=lambda line: print(f"  {line}", flush=True),
                )
                outcomes.append(outcome)
                print(
                    f"seed {seed}: {outcome.uploads} uploads, {outcome.rows:,} rows,"
                    f" {outcome.deliveries:,} deliveries, {outcome.kills} killed"
                    f" in {outcome.seconds:.0f} s: {outcome.lost} lost, {outcome.twice} twice,"
                    f" {outcome.wrong_fate} wrong fate",
                    flush=True,
                )
                for fault in outcome.faults[:10]:
                    print(f"    {fault}")
    figures = [outcome.figures() for outcome in outcomes]
    return {
        **{name: sum(each[name] for each in figures) for name in figures[0]},
        "seeds": dict(zip(seeds, figures, strict=True)),
    }
