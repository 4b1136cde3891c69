"""What functions printed, from CloudWatch Logs: here and in AWS the same call."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from satispy.cloud import client
from satispy.settings import Settings


@dataclass(frozen=True)
class LogEvent:
    id: str
    time: int
    function: str
    message: str


def newest_events(settings: Settings, limit: int) -> list[LogEvent]:
    """The last `limit` events of all functions, oldest first."""
    logs = client("logs", settings)
    events = [event for group in _groups(logs, settings) for event in _of(logs, group, limit)]
    return sorted(events, key=lambda event: (event.time, event.id))[-limit:]


def _groups(logs: Any, settings: Settings) -> list[str]:
    """One shared group in AWS; LocalStack keeps one for each function in any case."""
    prefixes = (f"/satispy/{settings.stack_name}/", f"/aws/lambda/{settings.stack_name}-")
    return [
        group["logGroupName"]
        for prefix in prefixes
        for group in logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    ]


def _of(logs: Any, group: str, limit: int) -> list[LogEvent]:
    streams = logs.describe_log_streams(
        logGroupName=group, orderBy="LastEventTime", descending=True, limit=5
    )["logStreams"]
    function = group.rpartition("/")[2]
    return [
        LogEvent(
            f"{stream['logStreamName']}/{event['timestamp']}/{position}",
            event["timestamp"],
            function,
            event["message"],
        )
        for stream in islice(streams, 5)
        for position, event in enumerate(
            logs.get_log_events(
                logGroupName=group,
                logStreamName=stream["logStreamName"],
                limit=limit,
                startFromHead=False,
            )["events"]
        )
    ]
