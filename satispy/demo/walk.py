"""The walk of the origin: upload, retrain, look; then again with the next file.

It reads the bucket and nothing else, as any user of satispy could: receipts, progress, reports.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from satispy.errors import NotFound, SatispyError
from satispy.models.family import STAGES
from satispy.reports.schema import Metrics, Report
from satispy.reviews.receipts import receipt_key
from satispy.storage import Store

#: The state machine tries a failed step again within this many seconds.
RETRIED = 20.0
#: A step that has written its report ends within this many seconds.
ENDS_WITHIN = 10.0


class Progress(BaseModel):
    """One stage of a retrain, as `runs/<run>/progress/<stage>.json` says."""

    state: str
    seconds: float = 0.0


@dataclass
class Update:
    """One upload of the walk and what became of it."""

    upload: str
    rows: int = 0
    run: str = ""
    stages: dict[str, Progress] = field(default_factory=dict)
    report: Report | None = None
    seconds: float = 0.0
    state: str = "uploading"
    #: When each stage that failed was first seen so.
    failed: dict[str, float] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """What `.satispy/demo.json` says of this update."""
        if self.report is None:
            raise SatispyError("%(upload)s has no report yet", upload=self.upload)
        return {
            "upload": self.upload,
            "rows": self.report.rows,
            "dataset_version": self.report.dataset_version,
            "seconds": round(self.seconds, 1),
            "models": {
                family: {
                    "origin": scores(model.origin),
                    "unseen": scores(model.unseen),
                    "seconds": round(model.seconds, 2),
                }
                for family, model in self.report.models.items()
            },
        }


def scores(metrics: Metrics) -> dict[str, float]:
    return {name: round(getattr(metrics, name), 4) for name in ("accuracy", "f1_0", "f1_1")}


def walk(
    store: Store,
    files: Iterable[Path],
    show: Callable[[Update], None],
    patience: float = 900,
) -> list[Update]:
    """Upload each file, wait for its retrain, and show every step of it.

    Raises SatispyError when a file is refused or adds nothing, or when `patience` seconds run out.
    """
    done = []
    for path in files:
        update = Update(upload=path.name)
        begin = time.monotonic()
        store.write(f"uploads/{path.name}", path)
        update.state = "merging"
        for _ in ticks(update, begin, show, patience):
            if not update.run and (
                receipt := read_json(store, receipt_key(f"uploads/{path.name}"))
            ):
                accept(update, receipt)
            if update.run:
                follow(store, update)
                if report := read_json(store, f"reports/{update.run}.json"):
                    update.report, update.state = Report.model_validate(report), "done"
                    see_it_end(store, update)
                    break
        show(update)
        done.append(update)
    return done


def ticks(
    update: Update, begin: float, show: Callable[[Update], None], patience: float
) -> Iterable[None]:
    while (seconds := time.monotonic() - begin) < patience:
        update.seconds = seconds
        show(update)
        yield
        update.seconds = time.monotonic() - begin
        time.sleep(0.25)
    raise SatispyError(
        "%(upload)s was still %(state)s after %(patience).0f s. `satispy logs "
        "functions` says what the functions are doing.",
        upload=update.upload,
        state=update.state,
        patience=patience,
    )


def accept(update: Update, receipt: Mapping[str, Any]) -> None:
    if receipt.get("refused"):
        raise SatispyError(
            "%(upload)s was refused: %(refused)s", upload=update.upload, refused=receipt["refused"]
        )
    if not receipt.get("run"):
        raise SatispyError(
            "%(upload)s started no retrain: %(added)s rows added, %(duplicate)s known"
            " already, %(rejected)s rejected",
            upload=update.upload,
            added=receipt["added"],
            duplicate=receipt["duplicate"],
            rejected=receipt["rejected"],
        )
    update.rows, update.run, update.state = receipt["added"], receipt["run"], "training"


def follow(store: Store, update: Update) -> None:
    for stage in STAGES:
        known = update.stages.get(stage)
        if known is not None and known.state == "done":
            continue
        if progress := read_json(store, f"runs/{update.run}/progress/{stage}.json"):
            update.stages[stage] = Progress.model_validate(progress)
            if update.stages[stage].state != "failed":
                update.failed.pop(stage, None)
            elif time.monotonic() - update.failed.setdefault(stage, time.monotonic()) > RETRIED:
                raise SatispyError(
                    "The %(stage)s step of run %(run)s failed. `satispy logs functions` says why.",
                    stage=stage,
                    run=update.run,
                )


def see_it_end(store: Store, update: Update) -> None:
    """The step that wrote the report has yet to say that it is done."""
    end = time.monotonic() + ENDS_WITHIN
    while (last := update.stages.get(STAGES[-1])) and last.state == "running":
        if time.monotonic() > end:
            return
        time.sleep(0.25)
        follow(store, update)


def read_json(store: Store, key: str) -> Any:
    """The object, or None while it is not there."""
    try:
        return json.loads(store.read(key))
    except NotFound:
        return None
