"""A whole retrain on workers of Dask: time, memory of each stage and worker, by how many rows.

Generated reviews, merged before. ROWS: sizes, with commas between (default 25000; the sizes of
docs/scale.md are 125000,500000,1000000). WORKERS (2) of one thread and WORKER_MB (3072) each;
SPEEDUP=1 runs the first size with one worker as well. Processor seconds are of all processes:
where other work goes on besides, they tell more than the clock.
"""

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks._watched import Watched, quiet, watched
from benchmarks.limits import begin

RUN = "v00001"


def run() -> dict[str, Any]:
    sizes = [int(each) for each in os.environ.get("ROWS", "25000").split(",")]
    workers = int(os.environ.get("WORKERS", "2"))
    print(
        f"{'rows':>10}{'seconds':>9}{'processor s':>13}{'peak MB':>9}{'a worker':>9}   seconds of"
        " stages"
    )
    figures: dict[str, Any] = {
        name: []
        for name in ("rows", "seconds", "processor_seconds", "peak_memory_mb", "per_worker_mb")
    }
    figures |= {"workers": workers, "stages": []}
    for rows in sizes:
        took, report = retrained(rows, workers)
        stages = {
            stage: {
                "seconds": round(seconds, 1),
                "peak_memory_mb": round(max_of(took.peak_mb, stage)),
                "per_worker_mb": round(max_of(took.worker_mb, stage)),
            }
            for stage, seconds in report["stages"].items()
        }
        figures["rows"].append(rows)
        figures["seconds"].append(round(took.seconds, 1))
        figures["processor_seconds"].append(round(took.processor_seconds, 1))
        figures["peak_memory_mb"].append(round(max(took.peak_mb.values())))
        figures["per_worker_mb"].append(round(max(took.worker_mb.values())))
        figures["stages"].append(stages)
        told = ", ".join(f"{name} {each['seconds']:.0f}" for name, each in stages.items())
        print(
            f"{rows:>10,}{took.seconds:9.0f}{took.processor_seconds:13.0f}"
            f"{figures['peak_memory_mb'][-1]:9}{figures['per_worker_mb'][-1]:9}   {told}",
            flush=True,
        )
        scores = {
            name: round(model["origin"]["accuracy"], 4) for name, model in report["models"].items()
        }
        print(f"{'':>10} accuracy on {report['test_rows']:,} test rows: {scores}", flush=True)
    if os.environ.get("SPEEDUP"):
        alone, _ = retrained(sizes[0], 1)
        figures["workers_speedup"] = round(alone.seconds / figures["seconds"][0], 2)
        print(f"{workers} workers against one at {sizes[0]:,} rows: {figures['workers_speedup']}")
    return figures


def max_of(peaks: Mapping[str, float], stage: str) -> float:
    """Of the stage, alone or beside another one."""
    return max((mb for name, mb in peaks.items() if stage in name.split("+")), default=0.0)


def retrained(rows: int, workers: int) -> tuple[Watched, dict[str, Any]]:
    """What it took, and the report. FOLDER keeps tables, of a size once, and models."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(os.environ.get("FOLDER", name)) / str(rows)
        if not (folder / "bucket").exists():
            begin(folder, rows)
        environment = quiet() | {
            "SATISPY_ENGINE": "dask",
            "SATISPY_DASK_WORKERS": str(workers),
            "SATISPY_DASK_WORKER_MB": os.environ.get("WORKER_MB", "3072"),
            "SATISPY_MAX_TRAINING_ROWS": "0",
        }
        command = [sys.executable, "-m", "benchmarks._scale_run", str(folder), RUN]
        progress = folder / "bucket" / "runs" / RUN / "progress"
        code, took = watched(command, environment, progress)
        if code:
            raise RuntimeError(f"the retrain of {rows} rows ended with {code}")
        return took, json.loads((folder / "bucket" / "reports" / f"{RUN}.json").read_text())
