"""The processes of a local stack: started, found again, ended with everything they started."""

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from infra.home import UMASK
from satispy.errors import StackError

#: Every process of a stack carries its home in this variable, and so do their children: what a
#: killed parent leaves behind is found by it.
MARK = "SATISPY_STACK"
GRACE_SECONDS = 1.5
RELEASE_SECONDS = 2.0


@dataclass(frozen=True)
class Started:
    """A process that was started, and whose it is should its number be used again."""

    name: str
    pid: int
    created: float
    port: int
    log: str

    def process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def start(
    name: str,
    command: Sequence[str],
    *,
    home: Path,
    port: int,
    environment: Mapping[str, str],
    cwd: Path,
) -> Started:
    """Start it in a session of its own, so that a Ctrl-C in this terminal does not reach it."""
    log = home / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own commands
            list(command),
            cwd=cwd,
            env={**environment, MARK: str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=UMASK,
        )
    started = Started(name, process.pid, psutil.Process(process.pid).create_time(), port, str(log))
    record = home / "processes" / f"{name}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(asdict(started)))
    return started


def recorded(home: Path, name: str) -> Started | None:
    """The process of that name, if it still runs."""
    try:
        started = Started(**json.loads((home / "processes" / f"{name}.json").read_text()))
    except FileNotFoundError:
        return None
    return started if started.process() else None


def all_of(home: Path) -> list[psutil.Process]:
    """Every process that carries the mark of this home, whoever started it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(home):
                found.append(process)
    return found


def end(home: Path, among: Sequence[psutil.Process] | None = None) -> int:
    """End the given processes, or all of this home; answers how many there were."""
    processes = list(all_of(home) if among is None else among)
    count = len(processes)
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=GRACE_SECONDS)
    # Once more by the mark: what was being started while we looked carries it too.
    for process in alive if among is not None else {*alive, *all_of(home)}:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=GRACE_SECONDS)
    return count


def demand_free(host: str, port: int, what: str, setting: str) -> None:
    """Raises StackError, with the holder and the way out, if somebody listens on the port."""
    # What was just killed may need a moment to let go of its port.
    end = time.monotonic() + RELEASE_SECONDS
    while not _is_free(host, port):
        if time.monotonic() > end:
            raise StackError(
                f"Port {port}, for {what}, is taken{_holder(port)}. "
                f"Stop what holds it, or choose another: {setting}={port + 1} satispy up"
            )
        time.sleep(0.05)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _holder(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:  # macOS, without root
        return ""
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN
        if listens and connection.pid and connection.laddr and connection.laddr.port == port:
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(connection.pid)
                command = " ".join(process.cmdline())[:80]
                return f" by {process.name()} (process {process.pid}: {command})"
    return ""
