"""Beyond its limit of memory the app starts anew: at once if no page is open, else after notice."""

import subprocess
import sys
import threading

import pytest

from satispy.dashboard.feed import Feed, Snapshot
from satispy.dashboard.memory import Step, step, watch
from satispy.dashboard.render import render


@pytest.mark.parametrize(
    ("memory", "pages", "expected"),
    [
        (100, 0, Step.STAY),
        (100, 5, Step.STAY),
        (101, 0, Step.RESTART),
        (101, 1, Step.STAY),
        (150, 1, Step.STAY),
        (151, 1, Step.NOTICE),
        (151, 0, Step.RESTART),
    ],
)
def test_open_pages_put_a_restart_off_up_to_half_as_much_again(
    memory: float, pages: int, expected: Step
) -> None:
    assert step(memory, 100, pages) is expected


def test_pages_are_told_before_it_starts_anew() -> None:
    told: list[str] = []
    thread = watch(
        1,
        pages=lambda: 1,
        announce=lambda: told.append("announced"),
        look_seconds=0.01,
        notice_seconds=0.01,
        restart=lambda: told.append("restarted"),
    )
    thread.join(10)
    assert told == ["announced", "restarted"]


def test_the_feed_brings_the_notice_to_every_page() -> None:
    heard: list[Snapshot] = []
    came = threading.Event()

    def listener(snapshot: Snapshot) -> None:
        heard.append(snapshot)
        came.set()

    feed = Feed(lambda _: Snapshot(read=True), every=0.01)
    stop = feed.listen(listener)
    assert feed.listening == 1
    feed.announce_restart()
    while not (heard and heard[-1].restarts):
        assert came.wait(10)
        came.clear()
    stop()
    assert feed.listening == 0
    assert "redémarre" in render("status.html", snapshot=heard[-1])


def test_the_process_stays_and_the_program_starts_again() -> None:
    # It runs twice: the second time it finds what the first had left in the environment.
    code = """
import os, sys
from satispy.dashboard.memory import start_anew
print(os.getpid(), flush=True)
if not os.environ.get("AGAIN"):
    os.environ["AGAIN"] = "1"
    start_anew()
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = ran.stdout.split()
    assert first == second
