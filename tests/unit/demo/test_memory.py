import os
import subprocess
import sys

from satispy.demo.memory import PeakMemory, resident_mb, title


def test_the_peak_counts_children_that_came_and_went() -> None:
    with PeakMemory(lambda: [os.getpid()], every=0.02) as memory:
        before = sum(resident_mb([os.getpid()]).values())
        grow = "import time; kept = bytearray(120_000_000); time.sleep(0.5)"
        subprocess.run([sys.executable, "-c", grow], check=True)
    assert memory.peak_mb > before + 115


def test_a_process_that_is_gone_counts_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    assert resident_mb([gone.pid]) == {}


def test_a_process_is_named_after_what_it_runs() -> None:
    assert title(["python", "-m", "awslambdaric", "functions.train.handler"]) == (
        "functions.train.handler"
    )
    assert title(["python", "-m", "bentoml", "serve"]) == "bentoml"
    assert title(["make"]) == "make"
