"""Workers of Dask that are killed while a retrain goes on, and a scheduler that is."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.limits import begin
from satispy.engine import Engine
from satispy.registry.store import ModelStore
from satispy.reports.schema import Report
from satispy.retraining.at_scale import reading
from satispy.retraining.at_scale.whole import Steps, retrain
from satispy.settings import Settings
from satispy.storage import Store

distributed = pytest.importorskip("distributed", reason="requirements/scale.txt is not installed")
pytestmark = pytest.mark.timeout(400)

ROWS = 800
#: As much of each family as shows that it learns.
FEW = {
    "gbc": {"trees": 20},
    "svm": {"landmarks": 100},
    "ann": {"members": 2, "epochs": 3},
}
SETTINGS = Settings(
    engine="dask", primer=False, parameters=FEW, max_training_rows=0, dask_worker_mb=2_048
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("lost")
    begin(folder, ROWS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "ROWS", 200)
        yield folder


def trained(folder: Path, run: str, settings: Settings = SETTINGS) -> Report:
    store = Store.folder(folder / "bucket")
    at = "here" if settings.engine == "here" else "dask"
    return retrain(settings, store, ModelStore(folder / f"models-{run}"), run, 1, at=at)


def digests(report: Report) -> dict[str, str]:
    """The end of each model's tag is the beginning of its digest."""
    return {name: model.tag.rpartition("-")[2] for name, model in report.models.items()}


@pytest.fixture(scope="module")
def undisturbed(folder: Path) -> dict[str, str]:
    here = SETTINGS.model_copy(update={"engine": "here"})
    return digests(trained(folder, "v00001", here))


class Killer:
    """Kills a worker of the cluster as soon as each of these stages has begun."""

    def __init__(self, folder: Path, run: str, workers: Callable[[], list[int]]) -> None:
        self._progress = folder / "bucket" / "runs" / run / "progress"
        self._workers = workers
        self.killed: dict[str, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Killer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            for stage in ("prepare", "svm", "ann", "gbc"):
                if stage not in self.killed and (self._progress / f"{stage}.json").exists():
                    time.sleep(0.3)
                    if found := self._workers():
                        os.kill(found[0], signal.SIGKILL)
                        self.killed[stage] = found[0]


def test_workers_that_are_killed_in_each_stage_change_no_byte_of_the_models(
    folder: Path, undisturbed: dict[str, str]
) -> None:
    import psutil

    me = psutil.Process()

    def workers() -> list[int]:
        return [each.pid for each in me.children() if "spawn_main" in " ".join(each.cmdline())]

    with Killer(folder, "v00001-2", workers) as killer:
        report = trained(folder, "v00001-2")
    assert killer.killed.keys() == {"prepare", "svm", "ann", "gbc"}
    assert digests(report) == undisturbed


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
        settings = SETTINGS.model_copy(update={"dask_scheduler": scheduler.address})
        with Steps(settings, "dask") as steps:
            assert steps(step) == [None, None]
    finally:
        killer.join()
        scheduler.kill()
    assert begun == [0, 1]
