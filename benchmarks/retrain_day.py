"""A day of 1,000 uploads with the default settings of AWS: how many retrains start, and of what.

On a simulated clock, with the code that decides and takes turns, over a store in a folder; only the
state machine is simulated. Every run takes MINUTES (12) and every tenth fails. UPLOADS (1000), SEED
(1), LEAST_ROWS and LEAST_MINUTES (of template.yaml).
"""

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from satispy.errors import NotYet
from satispy.retraining import pace, turn
from satispy.retraining.pace import Asked, Pace, ask
from satispy.retraining.start import run_name
from satispy.storage import Store

BEGIN = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
LOOKS = dt.timedelta(minutes=15)
ASKS = dt.timedelta(seconds=15)


@dataclass
class Run:
    """An execution: what the state machine does with it."""

    name: str
    version: int
    asks_at: dt.datetime
    began: dt.datetime | None = None
    ended: dt.datetime | None = None
    outcome: str = ""


@dataclass
class Day:
    """The table grows with uploads; runs ask for their turn, train and end."""

    store: Store
    pace: Pace
    length: dt.timedelta
    draw: Random
    fails: float = 0.1
    version: int = 0
    rows: int = 0
    runs: dict[str, Run] = field(default_factory=dict)
    waits: int = 0
    most_at_once: int = 0

    def upload(self, now: dt.datetime) -> None:
        self.version += 1
        self.rows += self.draw.randint(1, 60)
        self._ask(now)

    def look(self, now: dt.datetime) -> None:
        if self.version:
            self._ask(now)

    def _ask(self, now: dt.datetime) -> None:
        asked = Asked("d", self.version, self.rows, now)
        try:
            ask(self.store, asked, self.pace, partial(self._start, now))
        except NotYet:
            self.waits += 1

    def _start(self, now: dt.datetime, version: int, again: bool) -> str:
        attempt = 1
        while again and run_name(version, attempt) in self.runs:
            attempt += 1
        name = run_name(version, attempt)
        self.runs.setdefault(name, Run(name, version, now + dt.timedelta(seconds=2)))
        return name

    def step(self, now: dt.datetime) -> None:
        for run in self.runs.values():
            if run.began and not run.ended and now >= run.began + self.length:
                trained = self.draw.random() >= self.fails
                run.ended, run.outcome = now, "trained" if trained else "failed"
                pace.ended(self.store, "d", run.name, trained=trained)
                turn.give_back(self.store, run.name, now, trained=trained)
            elif not run.began and not run.ended and now >= run.asks_at:
                said = turn.take(self.store, run.name, now, "d")
                if said == "go":
                    run.began = now
                elif said == "superseded":
                    run.ended, run.outcome = now, "superseded"
                run.asks_at = now + ASKS
        going = sum(bool(run.began and not run.ended) for run in self.runs.values())
        self.most_at_once = max(self.most_at_once, going)


def moments(uploads: int, draw: Random) -> Iterator[tuple[dt.datetime, str]]:
    """What happens when: a third of the uploads come in bursts."""
    found = [(BEGIN + DAY * draw.random(), "upload") for _ in range(uploads * 2 // 3)]
    while len(found) < uploads:
        burst = BEGIN + DAY * draw.random()
        found += [(burst + dt.timedelta(seconds=second), "upload") for second in range(20)]
    found = found[:uploads]
    end = BEGIN + DAY + dt.timedelta(hours=6)  # what waits at midnight is learned afterwards
    found += [(BEGIN + LOOKS * at, "look") for at in range(int((end - BEGIN) / LOOKS))]
    found += [(BEGIN + ASKS * at, "step") for at in range(int((end - BEGIN) / ASKS))]
    yield from sorted(found)


def simulate(store: Store, pace: Pace, uploads: int, seed: int, minutes: float) -> Day:
    draw = Random(seed)
    day = Day(store, pace, dt.timedelta(minutes=minutes), draw)
    for now, what in moments(uploads, draw):
        if what == "upload":
            day.upload(now)
        elif what == "look":
            day.look(now)
        else:
            day.step(now)
    return day


def run() -> dict[str, Any]:
    uploads = int(os.environ.get("UPLOADS", "1000"))
    rule = Pace(
        int(os.environ.get("LEAST_ROWS", "100")), float(os.environ.get("LEAST_MINUTES", "90"))
    )
    with tempfile.TemporaryDirectory() as folder:
        day = simulate(
            Store.folder(Path(folder)),
            rule,
            uploads,
            int(os.environ.get("SEED", "1")),
            float(os.environ.get("MINUTES", "12")),
        )
    runs = list(day.runs.values())
    trained = [each for each in runs if each.outcome == "trained"]
    figures = {
        "uploads": uploads,
        "retrains": len(runs),
        "trained": len(trained),
        "failed": sum(each.outcome == "failed" for each in runs),
        "superseded": sum(each.outcome == "superseded" for each in runs),
        "most_at_once": day.most_at_once,
        "last_version": day.version,
        "last_trained": max((each.version for each in trained), default=0),
        "receipts_that_say_why_not_yet": day.waits,
    }
    print(f"{uploads:,} uploads, at least {rule.least_rows} rows and {rule.least_minutes} minutes:")
    for name, value in figures.items():
        print(f"  {name.replace('_', ' '):32}{value:>8,}")
    return figures
