"""One stage of a retrain: its time, its memory, and word of it for those who watch."""

import json
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from satispy.storage import Store

log = logging.getLogger(__name__)

#: Seconds between two words of partitions that are done.
TELLS_AGAIN = 1.0


#: Of what a stage says, and of where it failed: the app reads it at each look.
MOST_LINES, MOST_LETTERS = 40, 3_000


@dataclass
class Stage:
    """Filled in when the stage ends."""

    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    tell: Callable[[str], None] = lambda state: None
    said: list[str] = field(default_factory=list)
    #: Of what is being done now, where it is done by partitions.
    done: int = 0
    partitions: int = 0
    _counted: float = 0.0

    def say(self, line: str) -> None:
        """Of what has been done, for those who watch: nothing that customers wrote."""
        log.info(line)
        self.said = [*self.said, f"{datetime.now(UTC):%H:%M:%S} {line}"][-MOST_LINES:]
        self.tell("running")

    def count(self, done: int, of: int) -> None:
        """So many partitions of what is being done are; told every second or so."""
        self.done, self.partitions = done, of
        if done == of or time.monotonic() - self._counted > TELLS_AGAIN:
            self._counted = time.monotonic()
            self.tell("running")


@contextmanager
def stage(store: Store, run: str, name: str) -> Iterator[Stage]:
    """Writes `runs/<run>/progress/<name>.json`: running, then done or failed."""
    measured = Stage()
    error = ""
    started = datetime.now(UTC)
    begin = time.perf_counter()

    def tell(state: str) -> None:
        measured.seconds = time.perf_counter() - begin
        progress = {
            "state": state,
            "started": started.isoformat(),
            "seconds": measured.seconds,
            "peak_memory_mb": measured.peak_memory_mb,
            "said": measured.said,
            "error": error,
            "partitions_done": measured.done,
            "partitions": measured.partitions,
        }
        store.write(f"runs/{run}/progress/{name}.json", json.dumps(progress).encode())

    measured.tell = tell
    forget_peak_memory()
    tell("running")
    try:
        yield measured
    except BaseException:
        error = traceback.format_exc()[-MOST_LETTERS:]
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
