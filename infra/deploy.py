"""Deploy template.yaml with boto3: upload what it refers to, make a change set, execute it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.template import package
from satispy.errors import StackError

POLL_SECONDS = 0.25
TIMEOUT_SECONDS = 300
IN_PLACE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


class HalfDeployed(StackError):
    """A deployment failed or was left, and CloudFormation takes no other on top of it."""


@dataclass(frozen=True)
class Cloud:
    """Where to deploy, and as whom."""

    endpoint_url: str
    region: str
    access_key: str
    secret_key: str

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(
                connect_timeout=2, read_timeout=60, retries={"max_attempts": 2, "mode": "standard"}
            ),
        )


def deploy(cloud: Cloud, root: Path, name: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create the stack, or bring it up to date; answers its outputs."""
    artefacts = f"{name}-artefacts"
    template, assets = package(root, artefacts)
    s3 = cloud.client("s3")
    if not _has_bucket(s3, artefacts):
        where = {"LocationConstraint": cloud.region}
        s3.create_bucket(Bucket=artefacts, CreateBucketConfiguration=where)
    for asset in assets:
        s3.put_object(Bucket=artefacts, Key=asset.key, Body=asset.data)

    formation = cloud.client("cloudformation")
    stack = _settled(formation, name)
    exists = stack is not None
    if stack and stack["StackStatus"] not in IN_PLACE:
        raise HalfDeployed(
            "CloudFormation left %(name)s in %(stackstatus)s: satispy down, then up",
            name=name,
            stackstatus=stack["StackStatus"],
        )
    change = f"c{time.time_ns()}"
    create_change_set(
        formation,
        StackName=name,
        ChangeSetName=change,
        ChangeSetType="UPDATE" if exists else "CREATE",
        TemplateBody=template,
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    if _await_change_set(formation, name, change, first=not exists):
        formation.execute_change_set(StackName=name, ChangeSetName=change)
        _await_stack(formation, name)
    return outputs(cloud, name)


def create_change_set(formation: Any, **request: Any) -> None:
    """Ask for a change set under a name that nobody else uses.

    An emulator on a busy machine may answer later than the client waits, and the client asks once
    more: what exists then is what it asked for first.
    """
    try:
        formation.create_change_set(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AlreadyExistsException":
            raise


def outputs(cloud: Cloud, name: str) -> dict[str, str]:
    """What the template gives out; empty while it is not deployed."""
    stack = _describe(cloud.client("cloudformation"), name)
    found = (stack or {}).get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in found}


def _has_bucket(s3: Any, bucket: str) -> bool:
    return bucket in {each["Name"] for each in s3.list_buckets()["Buckets"]}


def _describe(formation: Any, name: str) -> dict[str, Any] | None:
    try:
        stack: dict[str, Any] = formation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # there is no such stack
            return None
        raise
    return None if stack["StackStatus"] in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE") else stack


def _settled(formation: Any, name: str) -> dict[str, Any] | None:
    """The stack, once a deployment that somebody else began has ended: an `up` that was killed."""
    for _ in _ticks():
        stack = _describe(formation, name)
        if stack is None or not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
    raise HalfDeployed(
        "A deployment of %(name)s did not end in %(timeout_seconds)s s",
        name=name,
        timeout_seconds=TIMEOUT_SECONDS,
    )


def _await_change_set(formation: Any, name: str, change: str, *, first: bool) -> bool:
    """Whether there is anything to change."""
    for _ in _ticks():
        found = formation.describe_change_set(StackName=name, ChangeSetName=change)
        if found["Status"] == "CREATE_COMPLETE":
            return True
        if found["Status"] == "FAILED":
            reason = found.get("StatusReason", "no reason given")
            if not first and not found.get("Changes"):
                return False
            raise StackError("CloudFormation refuses the template: %(reason)s", reason=reason)
    raise StackError(
        "CloudFormation did not answer in %(timeout_seconds)s s", timeout_seconds=TIMEOUT_SECONDS
    )


def _await_stack(formation: Any, name: str) -> None:
    for _ in _ticks():
        stack = formation.describe_stacks(StackName=name)["Stacks"][0]
        status = stack["StackStatus"]
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return
        if status.endswith(("FAILED", "ROLLBACK_COMPLETE")):
            raise StackError(
                "The deployment failed (%(status)s): %(first_failure)s",
                status=status,
                first_failure=_first_failure(formation, name),
            )
    raise StackError(
        "The deployment did not end in %(timeout_seconds)s s", timeout_seconds=TIMEOUT_SECONDS
    )


def _first_failure(formation: Any, name: str) -> str:
    events = formation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    if not failed:
        return "no event says why"
    first = min(failed, key=lambda event: event["Timestamp"])
    return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', '')}"


def _ticks() -> Any:
    end = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(POLL_SECONDS)
