"""Every command says where it speaks: without a stack and without --cloud, to nobody."""

import http.server
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from typer.main import get_command

import satispy.cli
from infra import environment, processes

#: They need no stack, and are not called here as some would start or stop one.
ALONE = {
    "demo", "up", "down", "status", "logs", "doctor", "env", "cost",
    "tokens add", "tokens list", "tokens revoke", "reviews schema",
}  # fmt: skip


def commands() -> dict[str, Any]:
    """The live table: every command, as it is typed after `satispy`."""
    found = {}
    for name, command in get_command(satispy.cli.assembled()).commands.items():
        if hasattr(command, "commands"):
            found |= {f"{name} {sub}": each for sub, each in command.commands.items()}
        else:
            found[name] = command
    return found


TABLE = commands()


def typed(name: str) -> list[str]:
    """The command with something for each argument and option that it demands."""
    words = name.split()
    for parameter in TABLE[name].params:
        if parameter.required and parameter.opts[0].startswith("-"):
            words += [parameter.opts[0], "1"]
        elif parameter.required:
            file = "Path" in str(parameter.type_descriptor.annotation)
            words.append("pyproject.toml" if file else "1")
    return words


class Silent(http.server.BaseHTTPRequestHandler):
    """Counts what reaches it."""

    def handle(self) -> None:
        self.server.asked.append(self.client_address)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def aws() -> Iterator[tuple[str, list[str]]]:
    """Whoever would be asked if a command went where the environment says."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", server.asked
    server.shutdown()


@pytest.fixture
def type_in(tmp_path, monkeypatch, aws, capsys):
    for name in list(os.environ):
        if name.startswith(("SATISPY_", "AWS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SATISPY_HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))

    def type_in(*words: str, **variables: str) -> tuple[int, str]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["satispy", *words])
        with pytest.raises(SystemExit) as left:
            satispy.cli.main()
        return left.value.code, capsys.readouterr().err

    return type_in


@pytest.mark.parametrize("name", sorted(TABLE.keys() - ALONE))
def test_without_a_stack_a_command_speaks_to_nobody(name, type_in, aws) -> None:
    address, asked = aws
    keys = {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "real"}
    status, said = type_in(*typed(name), AWS_ENDPOINT_URL=address, **keys)
    assert (status, said) == (2, "✗ no stack is up: satispy up, or --cloud\n")
    assert asked == []


@pytest.mark.parametrize("name", sorted(TABLE.keys() - ALONE - {"predict"}))
def test_in_the_cloud_without_credentials_one_line_says_so(name, type_in) -> None:
    status, said = type_in("--cloud", *typed(name))
    assert status == 2
    assert said.startswith("✗ --cloud found no credentials for AWS: set AWS_PROFILE")
    assert said.count("\n") == 1


def test_a_profile_that_is_not_there_is_said_in_one_line(type_in) -> None:
    status, said = type_in("--cloud", "reviews", "log", AWS_PROFILE="absent")
    assert (status, said.count("\n")) == (2, 1)
    assert "absent" in said


def test_a_profile_is_known_to_the_store_as_well(type_in, tmp_path, monkeypatch) -> None:
    (tmp_path / "credentials").write_text(
        "[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = s\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "work")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "")  # so that they are put back after the test
        monkeypatch.delenv(name)
    environment.enter_cloud(tmp_path)
    assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAWORK"


def test_a_killed_stack_is_not_up(type_in, tmp_path) -> None:
    environment.write(tmp_path, {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})
    record(tmp_path, pid=2**22 - 1)
    assert type_in("reviews", "log")[0] == 2


def test_a_stack_is_up_while_the_process_on_its_address_runs(tmp_path) -> None:
    environment.write(tmp_path, {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})
    assert not environment.is_up(tmp_path)
    record(tmp_path, pid=os.getpid())
    assert environment.is_up(tmp_path)


def test_the_cloud_is_not_the_stack_that_this_shell_is_set_to(type_in, tmp_path) -> None:
    local = "http://127.0.0.1:4566"
    environment.write(tmp_path, {"AWS_ENDPOINT_URL": local})
    status, said = type_in("--cloud", "reviews", "log", AWS_ENDPOINT_URL=local)
    assert (status, said.count("\n")) == (2, 1)
    assert "unset AWS_ENDPOINT_URL" in said


@pytest.mark.parametrize(
    "command", [["--help"], ["reviews", "--help"], ["reviews", "log", "--help"]]
)
def test_help_needs_no_stack(command, type_in) -> None:
    assert type_in(*command) == (0, "")


def record(home: Path, pid: int) -> None:
    created = psutil.Process(pid).create_time() if psutil.pid_exists(pid) else time.time()
    started = processes.Started("localstack", pid, created, 4566, "log")
    path = home / "processes" / "localstack.json"
    path.parent.mkdir()
    path.write_text(json.dumps(started.__dict__))
