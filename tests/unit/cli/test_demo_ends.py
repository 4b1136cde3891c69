"""The demo leaves nothing behind, however it is ended."""

import os
import pty
import signal
import sys
import time
from pathlib import Path

import pytest

from infra.stack import Stack
from satispy.cli.demo import addresses
from satispy.settings import Settings

DEMO = """
import sys
from pathlib import Path
from satispy.cli.demo import end_with_the_terminal, wait_for_ctrl_c
end_with_the_terminal()
try:
    print("up", flush=True)
    wait_for_ctrl_c()
finally:
    print("Stopping …", flush=True)
    Path(sys.argv[1]).write_text("stopped")
"""


def in_a_terminal(stopped: Path) -> tuple[int, int]:
    """Its process and our end of its terminal."""
    pid, terminal = pty.fork()
    if not pid:
        os.execv(sys.executable, [sys.executable, "-c", DEMO, str(stopped)])  # noqa: S606  # our own words
    said = b""
    while b"up" not in said:
        said += os.read(terminal, 1024)
    return pid, terminal


def test_the_address_that_is_told_is_of_the_port_that_was_set(tmp_path: Path) -> None:
    stack = Stack(Settings(home=tmp_path, service_port=13999))
    assert "http://127.0.0.1:13999" in addresses(stack, stack.app.url)


def appears(file: Path) -> bool:
    end = time.monotonic() + 30
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.02)
    return file.exists()


def test_closing_the_terminal_stops_the_stack(tmp_path: Path) -> None:
    pid, terminal = in_a_terminal(tmp_path / "stopped")
    os.close(terminal)
    assert appears(tmp_path / "stopped")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 128 + signal.SIGHUP


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_kill_and_ctrl_c_stop_the_stack(tmp_path: Path, sent: signal.Signals) -> None:
    pid, terminal = in_a_terminal(tmp_path / "stopped")
    os.kill(pid, sent)
    assert appears(tmp_path / "stopped")
    os.close(terminal)
    os.waitpid(pid, 0)
