"""Start the retrain of a dataset version: a Step Functions execution named after it."""

import json
import re
from itertools import count

import boto3

from satispy.errors import StackError
from satispy.settings import Settings


def run_name(dataset_version: int, attempt: int = 1) -> str:
    """`v00003`; `v00003-2` when version 3 is trained a second time, by hand."""
    return f"v{dataset_version:05d}" + (f"-{attempt}" if attempt > 1 else "")


def dataset_version(run: str) -> int:
    match = re.match(r"v(\d+)", run)
    if not match:
        raise ValueError(f"{run} is not the name of a run")
    return int(match[1])


def start_retrain(settings: Settings, dataset_version: int, *, by_hand: bool = False) -> str:
    """Start the run and return its name.

    Names are unique, so asking twice for the retrain of one version starts one, unless a person
    asks for it by hand.
    """
    if not settings.state_machine_arn:
        raise StackError("SATISPY_STATE_MACHINE_ARN is not set: nothing can retrain")
    step_functions = boto3.client("stepfunctions", region_name=settings.region)
    for attempt in count(1):
        run = run_name(dataset_version, attempt)
        try:
            step_functions.start_execution(
                stateMachineArn=settings.state_machine_arn,
                name=run,
                input=json.dumps({"dataset_version": dataset_version, "run": run}),
            )
        except step_functions.exceptions.ExecutionAlreadyExists:
            if by_hand:
                continue
        return run
    raise AssertionError("count() has no end")
