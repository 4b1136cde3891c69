"""Workers of Dask killed by SIGKILL, one in each stage of a retrain: the same models all the same.

Generated reviews, few trees and epochs. For each of SEEDS (3) seeds one retrain in this process and
one on workers that are killed; the digests of their models are held against each other. ROWS
(20000) in eight partitions.
"""

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest import mock

import psutil

from benchmarks.limits import begin
from satispy.engine import At
from satispy.registry.store import ModelStore
from satispy.reports.schema import Report
from satispy.retraining.at_scale import reading
from satispy.retraining.at_scale.whole import retrain
from satispy.settings import Settings
from satispy.storage import Store

SEEDS = range(20, 20 + int(os.environ.get("SEEDS", "3")))
ROWS = int(os.environ.get("ROWS", "20000"))
STAGES: Final = ("prepare", "svm", "ann", "gbc")
#: As much of each family as shows that it learns.
FEW: Final = {
    "gbc": {"trees": 20},
    "svm": {"landmarks": 100},
    "ann": {"members": 2, "epochs": 3},
}


def run() -> dict[str, Any]:
    figures: dict[str, Any] = {"rows": ROWS, "seeds": list(SEEDS), "killed": [], "same": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begin(folder, ROWS)
        for seed in SEEDS:
            with mock.patch.object(reading, "ROWS", ROWS // 8):
                alone = trained(folder, f"v00001-{seed}", "here", seed)
                with killing(folder, f"v00002-{seed}") as killed:
                    disturbed = trained(folder, f"v00002-{seed}", "dask", seed)
            same = digests(alone) == digests(disturbed)
            stages = [stage for stage in STAGES if stage in killed]
            print(
                f"seed {seed}: a worker killed in {', '.join(stages)};"
                f" {'the same digests' if same else 'OTHER digests'}",
                flush=True,
            )
            figures["killed"].append(stages)
            figures["same"].append(same)
    return figures


def trained(folder: Path, run: str, at: At, seed: int = 20) -> Report:
    settings = Settings(
        engine=at,
        primer=False,
        parameters=FEW,
        max_training_rows=0,
        dask_worker_mb=2_048,
        seed=seed,
    )
    store, models = Store.folder(folder / "bucket"), ModelStore(folder / f"models-{run}")
    return retrain(settings, store, models, run, 1, at=at)


def digests(report: Report) -> dict[str, str]:
    """The end of each model's tag is the beginning of its digest."""
    return {name: model.tag.rpartition("-")[2] for name, model in report.models.items()}


@contextmanager
def killing(folder: Path, run: str) -> Iterator[dict[str, int]]:
    """Kills a worker of this process as soon as each stage has begun; which one, by stage."""
    progress = folder / "bucket" / "runs" / run / "progress"
    killed: dict[str, int] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            for stage in STAGES:
                if stage not in killed and (progress / f"{stage}.json").exists():
                    over.wait(0.3)
                    if found := workers():
                        os.kill(found[0], signal.SIGKILL)
                        killed[stage] = found[0]

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def workers() -> list[int]:
    children = psutil.Process().children()
    return [each.pid for each in children if "spawn_main" in " ".join(each.cmdline())]
