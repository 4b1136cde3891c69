"""Workers of Dask that are killed while a retrain goes on, and a scheduler that is."""

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from benchmarks.limits import begin
from benchmarks.lost_workers import STAGES, digests, killing, trained
from satispy.engine import Engine
from satispy.retraining.at_scale import reading
from satispy.retraining.at_scale.whole import Steps
from satispy.settings import Settings

distributed = pytest.importorskip("distributed", reason="requirements/scale.txt is not installed")
pytestmark = pytest.mark.timeout(400)

ROWS = 800


def test_workers_that_are_killed_in_each_stage_change_no_byte_of_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ROWS", 200)
    begin(tmp_path, ROWS)
    alone = trained(tmp_path, "v00001", "here")
    with killing(tmp_path, "v00001-2") as killed:
        disturbed = trained(tmp_path, "v00001-2", "dask")
    assert killed.keys() == set(STAGES)
    assert digests(disturbed) == digests(alone)


class OwnScheduler:
    """A scheduler and a worker as an operator starts them, until they are killed."""

    def __init__(self, port: int) -> None:
        self.address = f"tcp://127.0.0.1:{port}"
        self._started: list[subprocess.Popen[bytes]] = []
        self._port = port

    def start(self) -> None:
        alone = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
        self._run("dask_scheduler", "--port", str(self._port), *alone)
        self._run("dask_worker", self.address, "--nthreads", "1", "--no-nanny", *alone)

    def kill(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()
        self._started.clear()

    def _run(self, name: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{name}", *arguments]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self._started.append(process)


def test_a_step_whose_scheduler_is_killed_is_begun_again_with_the_next_one() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    scheduler = OwnScheduler(port)
    scheduler.start()
    begun: list[int] = []

    def step(engine: Engine) -> list[None]:
        begun.append(len(begun))
        if len(begun) == 1:
            killer.start()
        return engine.map(time.sleep, [0.5] * (8 if len(begun) == 1 else 2))

    def kill() -> None:
        time.sleep(1)  # while the first partitions are worked on
        scheduler.kill()
        scheduler.start()

    killer = threading.Thread(target=kill)
    try:
        settings = Settings(engine="dask", dask_scheduler=scheduler.address)
        with Steps(settings, "dask") as steps:
            assert steps(step) == [None, None]
    finally:
        killer.join()
        scheduler.kill()
    assert begun == [0, 1]
