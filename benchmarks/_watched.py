"""A program, and what it and all that it starts take: memory and processor time, by stage."""

import json
import os
import subprocess
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_EVERY = 2.0
_MB = 1 << 20


@dataclass
class Watched:
    """Peaks in MB of proportional memory: what processes share is counted once."""

    seconds: float = 0.0
    processor_seconds: float = 0.0
    #: Of all processes together, by stage.
    peak_mb: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    #: Of the largest worker, with the processes that it starts, by stage.
    worker_mb: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def watched(
    command: Sequence[str], environment: Mapping[str, str], progress: Path
) -> tuple[int, Watched]:
    """Its exit code. progress: the folder of `runs/<run>/progress/`, which names the stage."""
    found = Watched()
    times: dict[int, float] = {}
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=dict(environment))
    while process.poll() is None:
        stage = "+".join(sorted(_running(progress))) or "between"
        total, workers = _memory(psutil.Process(process.pid), times)
        found.peak_mb[stage] = max(found.peak_mb[stage], total)
        found.worker_mb[stage] = max(found.worker_mb[stage], *workers, 0.0)
        time.sleep(_EVERY)
    found.seconds = time.perf_counter() - begin
    found.processor_seconds = sum(times.values())
    return process.returncode, found


def _memory(root: psutil.Process, times: dict[int, float]) -> tuple[float, list[float]]:
    own = _taken(root, times)
    workers = [
        sum(_taken(each, times) for each in [child, *_below(child, recursive=True)])
        for child in _below(root)
    ]
    return own + sum(workers), workers


def _below(process: psutil.Process, *, recursive: bool = False) -> list[psutil.Process]:
    try:
        return process.children(recursive=recursive)
    except psutil.NoSuchProcess:
        return []


def _taken(process: psutil.Process, times: dict[int, float]) -> float:
    try:
        used = process.cpu_times()
        times[process.pid] = used.user + used.system
        return float(process.memory_full_info().pss) / _MB
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0


def _running(progress: Path) -> list[str]:
    running = []
    for path in progress.glob("*.json"):
        try:
            if json.loads(path.read_text())["state"] == "running":
                running.append(path.stem)
        except (ValueError, OSError):
            continue
    return running


def quiet() -> dict[str, str]:
    """The environment without settings of ours."""
    return {k: v for k, v in os.environ.items() if not k.startswith("SATISPY_")}
