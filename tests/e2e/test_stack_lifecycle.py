"""The stack comes up, keeps to loopback, keeps its data, and goes without a trace."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
import psutil
import pytest

from infra import processes
from infra.stack import Stack
from satispy.errors import StackError
from tests.own_stack import stack_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def listening(stack: Stack) -> set[tuple[str, int]]:
    """The addresses on which any process of the stack listens."""
    return {
        (connection.laddr.ip, connection.laddr.port)
        for process in processes.all_of(stack.home)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


def test_every_part_answers(stack: Stack) -> None:
    assert {each.part.name: each.answers for each in stack.status()} == {
        "localstack": True,
        "service": True,
        "app": True,
    }


def test_nothing_listens_beyond_loopback(stack: Stack) -> None:
    boto3.client(
        "lambda"
    ).invoke(  # a function process listens nowhere, its Runtime API on loopback
        FunctionName="satispy-take-turn", Payload=b'{"run": "v00000", "ended": "failed"}'
    )
    addresses = listening(stack)
    assert {port for _, port in addresses} >= {part.port for part in stack.parts}
    assert {ip for ip, _ in addresses} == {"127.0.0.1"}


def test_no_port_of_the_stack_is_open_on_the_machines_other_addresses(stack: Stack) -> None:
    others = {
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and not address.address.startswith("127.")
    }
    for ip in others:
        for _, port in listening(stack):
            with socket.socket() as probe:
                probe.settimeout(1)
                assert probe.connect_ex((ip, port)) != 0, f"{ip}:{port} is open"


def test_up_a_second_time_changes_nothing(stack: Stack) -> None:
    before = {each.part.name: each.process for each in stack.status()}
    stack.up()
    assert {each.part.name: each.process for each in stack.status()} == before


def test_what_changed_is_deployed_over_a_stack_that_is_up(stack: Stack) -> None:
    fewer = stack.settings.model_copy(update={"max_training_rows": 90_000})
    Stack(fewer).up()
    prepare = boto3.client("lambda").get_function_configuration(FunctionName="satispy-prepare")
    assert prepare["Environment"]["Variables"]["SATISPY_MAX_TRAINING_ROWS"] == "90000"
    assert all(each.answers for each in stack.status())
    stack.up()


def test_a_taken_port_is_named_with_its_holder_and_the_way_out(tmp_path: Path) -> None:
    stack = stack_in(tmp_path / "home")
    with (
        socket.create_server(("127.0.0.1", stack.app.port)),
        pytest.raises(StackError, match="SATISPY_APP_PORT") as refused,
    ):
        stack.up()
    assert str(stack.app.port) in str(refused.value)
    assert str(os.getpid()) in str(refused.value)
    assert processes.all_of(stack.home) == []


def test_down_cleans_up_after_an_up_that_was_killed_half_way(tmp_path: Path) -> None:
    stack = stack_in(tmp_path / "home")
    settings = {
        "SATISPY_HOME": str(stack.home),
        "SATISPY_LOCALSTACK_PORT": str(stack.localstack.port),
        "SATISPY_SERVICE_PORT": str(stack.service.port),
        "SATISPY_APP_PORT": str(stack.app.port),
    }
    up = subprocess.Popen(
        [sys.executable, "-m", "satispy.cli", "up"],
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not processes.all_of(stack.home) and time.monotonic() < end:
        time.sleep(0.05)
    up.kill()
    up.wait()
    assert stack.down() >= 1
    assert processes.all_of(stack.home) == []
