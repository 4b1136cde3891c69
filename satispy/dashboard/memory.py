"""A limit on the app's memory: beyond it, the server starts anew in its own process.

Visits that are over give their memory back (`busy.py`, tests/dashboard/test_visits_end.py); this is
for what a library may come to keep, since an app runs for weeks.
`exec` replaces the program and keeps the process: whoever supervises it sees the same one, and the
port is free at once, since Python's sockets do not outlive an exec.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable
from enum import Enum
from typing import Final

import psutil

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 10.0
#: Beyond the limit by so much, it does not wait for the last page to be closed.
FACTOR: Final = 1.5
#: For who has typed something to send it, or to copy it.
NOTICE_SECONDS: Final = 60.0


class Step(Enum):
    STAY = "stay"
    NOTICE = "tell the open pages, then restart"
    RESTART = "restart"


def step(memory_mb: float, limit_mb: float, pages: int) -> Step:
    """What to do at this memory, with so many pages open."""
    if memory_mb <= limit_mb:
        return Step.STAY
    if not pages:
        return Step.RESTART
    return Step.NOTICE if memory_mb > FACTOR * limit_mb else Step.STAY


def watch(
    limit_mb: float,
    pages: Callable[[], int],
    announce: Callable[[], None],
    *,
    look_seconds: float = LOOK_SECONDS,
    notice_seconds: float = NOTICE_SECONDS,
    restart: Callable[[], None] | None = None,
) -> threading.Thread:
    """Look at the memory of this process from a thread of its own, for as long as it lives."""
    process = psutil.Process()
    restart = restart or start_anew
    waiting = threading.Event()

    def run() -> None:
        while not waiting.wait(look_seconds):
            memory_mb = process.memory_info().rss / 2**20
            todo = step(memory_mb, limit_mb, pages())
            if todo is Step.STAY:
                continue
            if todo is Step.NOTICE:
                announce()
                waiting.wait(notice_seconds)
            log.warning("%.0f MB in use, the limit is %.0f: starting anew", memory_mb, limit_mb)
            restart()
            return

    thread = threading.Thread(target=run, name="memory", daemon=True)
    thread.start()
    return thread


def start_anew() -> None:
    """The same command line again, in this process."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # our own command
