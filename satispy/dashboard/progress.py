"""A retrain that is under way: what its steps have written of themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from satispy.errors import BrokenArtefact
from satispy.reports.schema import Report

#: The longest a step may run (a Lambda function's limit), and a little more.
LOST_AFTER = timedelta(minutes=16)
#: Between two steps nothing is running; so long, nobody need worry.
BETWEEN_STEPS = timedelta(seconds=60)


class StageProgress(BaseModel):
    """`runs/<run>/progress/<stage>.json`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: Literal["running", "done", "failed"]
    started: datetime
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    said: tuple[str, ...] = ()
    error: str = ""  # where it failed
    #: Of what it does at present, beyond one machine.
    partitions_done: int = 0
    partitions: int = 0

    def lasted(self, now: datetime) -> float:
        """Seconds, up to now where it is running."""
        return (now - self._began).total_seconds() if self.state == "running" else self.seconds

    @property
    def _began(self) -> datetime:
        return self.started if self.started.tzinfo else self.started.replace(tzinfo=UTC)

    @property
    def moved(self) -> datetime:
        """When it last told of itself."""
        return self._began + timedelta(seconds=self.seconds)


def parse_progress(key: str, data: bytes) -> StageProgress:
    """Raises BrokenArtefact."""
    try:
        return StageProgress.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not the progress of a step") from error


@dataclass(frozen=True)
class RunProgress:
    run: str
    stages: Mapping[str, StageProgress]
    stopped: bool = False  # by a person
    asked: datetime | None = None  # when it last asked for its turn, until its first step

    @property
    def waits(self) -> bool:
        """For an older run to end."""
        return not self.stages and not self.stopped

    @property
    def goes_on(self) -> bool:
        return not (self.failed or self.stopped)

    @property
    def failed(self) -> bool:
        return any(stage.state == "failed" for stage in self.stages.values())

    @property
    def moved(self) -> datetime:
        told = [stage.moved for stage in self.stages.values()]
        return max([*told, *([self.asked] if self.asked else [])])

    def lives(self, now: datetime) -> bool:
        if self.waits:
            return True
        if any(stage.state == "running" for stage in self.stages.values()):
            return now - self.moved < LOST_AFTER
        return now - self.moved < BETWEEN_STEPS


def worth_showing(
    runs: Iterable[RunProgress], reports: Iterable[Report], now: datetime
) -> list[RunProgress]:
    """Runs under way, and failed ones that no later report has made good; the newest last."""
    last_report = max((report.created for report in reports), default=None)
    return sorted(
        (
            run
            for run in runs
            if (not run.goes_on and (last_report is None or run.moved > last_report))
            or (run.goes_on and run.lives(now))
        ),
        key=lambda run: run.moved,
    )
