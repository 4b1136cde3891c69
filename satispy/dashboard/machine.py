"""A retrain as the state machine goes through it: pure, from what its steps wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from satispy.dashboard.progress import RunProgress
from satispy.models.family import FAMILIES
from satispy.reports.schema import Report

State = Literal["waiting", "running", "done", "failed", "stopped"]
#: Steps that come one after the other; those of one group go side by side.
GROUPS: Final[Sequence[Sequence[str]]] = (("turn",), ("prepare",), FAMILIES, ("publish",))


@dataclass(frozen=True)
class Step:
    name: str
    state: State
    seconds: float | None = None  # None: not begun, or nobody measured it
    said: Sequence[str] = ()
    error: str = ""
    #: How many partitions of what it is doing are done, and of how many; none on one machine.
    partitions: tuple[int, int] | None = None


@dataclass(frozen=True)
class Drawn:
    """A run, group by group."""

    run: str
    state: State
    groups: Sequence[Sequence[Step]]

    @property
    def told(self) -> list[Step]:
        """The steps that have said something of themselves."""
        return [step for group in self.groups for step in group if step.said or step.error]


def of_progress(run: RunProgress, now: datetime) -> Drawn:
    def step(name: str) -> Step:
        if name == "turn":
            return Step(name, ("stopped" if run.stopped else "running") if run.waits else "done")
        stage = run.stages.get(name)
        if stage is None:
            return Step(name, "waiting")
        stopped = run.stopped and stage.state == "running"
        seconds = stage.seconds if stopped else stage.lasted(now)
        counted = (stage.partitions_done, stage.partitions)
        at_work = stage.state == "running" and stage.partitions > 0
        return Step(
            name,
            "stopped" if stopped else stage.state,
            seconds,
            stage.said,
            stage.error,
            counted if at_work else None,
        )

    state: State = "stopped" if run.stopped else "failed" if run.failed else "running"
    return Drawn(run.run, state, [[step(name) for name in group] for group in GROUPS])


def of_report(report: Report, told: RunProgress | None = None) -> Drawn:
    """told: what its steps wrote, which is kept for a month."""
    stages = told.stages if told else {}

    def step(name: str) -> Step:
        stage = stages.get(name)
        said, error = (stage.said, stage.error) if stage else ((), "")
        known = name == "turn" or name in report.stages
        return Step(name, "done" if known else "waiting", report.stages.get(name), said, error)

    return Drawn(report.run, "done", [[step(name) for name in group] for group in GROUPS])
