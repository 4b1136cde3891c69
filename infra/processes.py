"""The processes of a local stack: started, found again, ended with everything they started."""

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

from infra.home import UMASK
from satispy.errors import StackError

#: Every process of a stack carries its home in this variable, and so do their children: what a
#: killed parent leaves behind is found by it.
MARK = "SATISPY_STACK"
#: … and in this one the name of the part that it belongs to.
PART = "SATISPY_PART"
GRACE_SECONDS = 1.5
RELEASE_SECONDS = 2.0
DYING_SECONDS = 20.0


@dataclass(frozen=True)
class Started:
    """A process that was started, and whose it is should its number be used again."""

    name: str
    pid: int
    created: float
    port: int
    log: str
    ready: bool = False  # whether it has answered since it was started

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
            env={**environment, MARK: str(home), PART: name},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=UMASK,
        )
    started = Started(name, process.pid, psutil.Process(process.pid).create_time(), port, str(log))
    _record(home, started)
    return started


def is_ready(home: Path, started: Started) -> None:
    """Keep that it has answered: if it falls silent from here on, it is stuck."""
    if not started.ready:
        _record(home, replace(started, ready=True))


def recorded(home: Path, name: str) -> Started | None:
    """The process of that name, if it still runs."""
    try:
        started = Started(**json.loads((home / "processes" / f"{name}.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):  # a torn record: found by its mark instead
        return None
    return started if started.process() else None


def _record(home: Path, started: Started) -> None:
    record = home / "processes" / f"{started.name}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    partial = record.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(started)))
    partial.replace(record)


def all_of(home: Path) -> list[psutil.Process]:
    """Every process that carries the mark of this home, whoever started it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(home):
                found.append(process)
    return found


def strays(home: Path, running: Iterable[Started]) -> list[psutil.Process]:
    """Marked processes that neither are one of the running nor descend from one of them.

    A server's worker whose parent was killed, the functions of a LocalStack that is gone, what a
    killed `up` was about to record.
    """
    roots = {started.pid for started in running}
    found = []
    for process in all_of(home):
        with contextlib.suppress(psutil.Error):
            if not roots & {process.pid, *(parent.pid for parent in process.parents())}:
                found.append(process)
    return found


def part_of(process: psutil.Process) -> str:
    """The part that it was started for; empty if it is gone."""
    try:
        return process.environ().get(PART, "")
    except psutil.Error:
        return ""


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
    # What was just killed may need a moment to let go of its port; on a busy machine a long one,
    # in which it holds the port and is no process any more.
    begin = time.monotonic()
    while not _is_free(host, port):
        waited = time.monotonic() - begin
        holder = _holder(port) if waited > RELEASE_SECONDS else ""
        if holder or waited > DYING_SECONDS:
            raise StackError(
                "Port %(port)s, for %(what)s, is taken%(holder)s. Stop what holds it, or "
                "choose another: %(setting)s=%(other)s satispy up",
                port=port,
                what=what,
                holder=holder,
                setting=setting,
                other=port + 1,
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
