"""Which of the retrains that were started may run: one at a time, and the newest wins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from satispy.errors import SatispyError
from satispy.settings import Settings

Turn = Literal["go", "wait", "superseded"]


@dataclass(frozen=True)
class Execution:
    run: str
    status: str


def order(run: str) -> tuple[int, int]:
    """(3, 2) of "v00003-2": the dataset version, then how often it was started by hand."""
    if not (match := re.fullmatch(r"v(\d+)(?:-(\d+))?", run)):
        raise SatispyError(f"{run} is not the name of a run: v00003 or v00003-2")
    return int(match[1]), int(match[2] or 1)


def turn(run: str, executions: Sequence[Execution]) -> Turn:
    """A newer run holds every review of this one, so this one need not train.

    A newer run that failed does not count: somebody must learn from those reviews.
    """
    mine = order(run)
    others = [(order(other.run), other.status) for other in executions if other.run != run]
    if any(other > mine and status in ("RUNNING", "SUCCEEDED") for other, status in others):
        return "superseded"
    if any(other < mine and status == "RUNNING" for other, status in others):
        return "wait"
    return "go"


def recent_executions(state_machine_arn: str) -> list[Execution]:
    """The last hundred, newest first: more than can wait at a time."""
    import boto3

    page = boto3.client("stepfunctions").list_executions(
        stateMachineArn=state_machine_arn, maxResults=100
    )
    return [Execution(each["name"], each["status"]) for each in page["executions"]]


def handler(event: dict[str, Any], context: object) -> dict[str, str | int]:
    settings = Settings()
    executions = recent_executions(settings.state_machine_arn)
    return {"turn": turn(event["run"], executions), "seconds": settings.turn_seconds}
