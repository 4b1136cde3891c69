"""One stage of a retrain: its time, its memory, and word of it for those who watch."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from satispy.storage import Store

log = logging.getLogger(__name__)


@dataclass
class Stage:
    """Filled in when the stage ends."""

    seconds: float = 0.0
    peak_memory_mb: float = 0.0


@contextmanager
def stage(store: Store, run: str, name: str) -> Iterator[Stage]:
    """Writes `runs/<run>/progress/<name>.json`: running, then done or failed."""
    measured = Stage()
    started = datetime.now(UTC)
    begin = time.perf_counter()

    def tell(state: str) -> None:
        measured.seconds = time.perf_counter() - begin
        progress = {"state": state, "started": started.isoformat(), "seconds": measured.seconds}
        store.write(f"runs/{run}/progress/{name}.json", json.dumps(progress).encode())

    forget_peak_memory()
    tell("running")
    try:
        yield measured
    except BaseException:
        tell("failed")
        raise
    measured.peak_memory_mb = peak_memory_mb()
    tell("done")


def forget_peak_memory(clear_refs: Path = Path("/proc/self/clear_refs")) -> None:
    """A warm process has a past; what it needed then is not this stage's.

    Where a sandbox does not let us, the stage is said to need what the process ever needed.
    """
    try:
        clear_refs.write_text("5")
    except OSError as error:
        log.info("the peak of memory is of the whole process: %s", error)


def peak_memory_mb() -> float:
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024
