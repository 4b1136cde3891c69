"""Processes are found by the mark of their stack, and ended with what they started."""

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from infra import processes
from infra.stack import Stack
from satispy.errors import StackError
from satispy.settings import Settings

# A parent that starts a child of its own session, and then sleeps as the child does.
FAMILY = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]); {child}"
SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    processes.end(tmp_path)


def start(home: Path, code: str, name: str = "sleeper") -> processes.Started:
    return processes.start(
        name, [sys.executable, "-c", code], home=home, port=1, environment=os.environ, cwd=home
    )


def until_there_are(count: int, home: Path) -> list[psutil.Process]:
    end = time.monotonic() + 10
    while len(found := processes.all_of(home)) != count and time.monotonic() < end:
        time.sleep(0.02)
    return found


def test_a_started_process_is_found_again_by_its_name(home: Path) -> None:
    started = start(home, SLEEP)
    assert processes.recorded(home, "sleeper") == started


def test_a_process_that_ended_is_not_found(home: Path) -> None:
    started = start(home, "pass")
    psutil.Process(started.pid).wait(10)
    assert processes.recorded(home, "sleeper") is None
    assert processes.recorded(home, "never-started") is None


def test_a_number_used_again_by_another_process_is_not_mistaken_for_ours(home: Path) -> None:
    reused = processes.Started("sleeper", os.getpid(), created=1.0, port=1, log="")
    assert reused.process() is None


def test_children_are_ended_although_their_parent_was_killed(home: Path) -> None:
    started = start(home, FAMILY.format(child=SLEEP))
    until_there_are(2, home)
    psutil.Process(started.pid).kill()
    (orphan,) = until_there_are(1, home)
    assert processes.end(home) == 1
    assert not orphan.is_running()


def test_a_child_whose_parent_was_killed_is_a_stray_of_its_part(home: Path) -> None:
    started = start(home, FAMILY.format(child=SLEEP), name="service")
    until_there_are(2, home)
    assert processes.strays(home, [started]) == []
    psutil.Process(started.pid).kill()
    until_there_are(1, home)
    (stray,) = processes.strays(home, [])
    assert processes.part_of(stray) == "service"


def test_a_torn_record_is_no_record_and_its_process_is_a_stray(home: Path) -> None:
    started = start(home, SLEEP)
    until_there_are(1, home)
    record = home / "processes" / "sleeper.json"
    record.write_text(record.read_text()[:20])
    assert processes.recorded(home, "sleeper") is None
    assert [process.pid for process in processes.strays(home, [])] == [started.pid]


def test_what_has_answered_once_is_remembered(home: Path) -> None:
    started = start(home, SLEEP)
    assert not started.ready
    processes.is_ready(home, started)
    known = processes.recorded(home, "sleeper")
    assert known is not None
    assert known.ready
    assert known.pid == started.pid


def test_what_ignores_the_request_to_end_is_killed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(home, STUBBORN)
    until_there_are(1, home)
    assert processes.end(home) == 1
    assert processes.all_of(home) == []


def test_processes_of_another_home_are_left_alone(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    start(home, SLEEP)
    start(other, SLEEP)
    until_there_are(1, home)
    assert processes.end(other) == 1
    assert len(processes.all_of(home)) == 1


def test_a_taken_port_is_told_with_the_setting_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(StackError) as refused:
            processes.demand_free("127.0.0.1", port, "App", "SATISPY_APP_PORT")
    message = str(refused.value)
    assert f"Port {port}, for App, is taken by" in message
    assert f"process {os.getpid()}" in message
    assert f"SATISPY_APP_PORT={port + 1} satispy up" in message


def test_a_port_that_nobody_seems_to_hold_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    # As after kill -9 on a busy machine: bound, by nobody who listens.
    monkeypatch.setattr(processes, "RELEASE_SECONDS", 0.1)
    with socket.socket() as dying:
        dying.bind(("127.0.0.1", 0))
        threading.Timer(1, dying.close).start()
        processes.demand_free("127.0.0.1", dying.getsockname()[1], "App", "SATISPY_APP_PORT")


def test_a_free_port_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    processes.demand_free("127.0.0.1", port, "App", "SATISPY_APP_PORT")


def test_a_stack_that_runs_on_other_ports_is_not_moved_in_silence(home: Path) -> None:
    stack = Stack(Settings(home=home, localstack_port=21001, service_port=21002, app_port=21003))
    start(home, SLEEP, name="localstack")
    with pytest.raises(StackError, match="runs on port 1 already"):
        stack._up(lambda _: None)
