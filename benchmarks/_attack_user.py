"""Attacks by another user of this machine: files, environments, and every port of the stack."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial

import psutil

from benchmarks._attack_target import Attempt, Target
from infra import processes

NOBODY = 65534
FILES = (
    *("env", "key", "lock", "tokens", "s3", "logs", "logs/localstack.log", "logs/functions.log"),
    *("logs/service.log", "logs/app.log", "processes", "processes/localstack.json", "bentoml"),
    *("tmp", "s3/satispy", "s3-ministack", "."),
)
REQUESTS = (
    *(("GET", "/satispy?list-type=2"), ("PUT", "/satispy/uploads/by-another-user.csv")),
    *(("GET", "/_localstack/info"), ("GET", "/2015-03-31/functions/")),
    *(("POST", "/?Action=ListUsers&Version=2010-05-08"), ("GET", "/_aws/lambda/runtimes")),
)


def possible() -> bool:
    return os.geteuid() == 0 and shutil.which("setpriv") is not None


def attempts(target: Target) -> Iterator[Attempt]:
    for name in FILES:
        path = target.home / name
        for command in (["ls", str(path)], ["cat", str(path)], ["touch", str(path / "x")]):
            strike = partial(_as_nobody, command)
            yield Attempt("another user: files", f"{command[0]} {name}", strike)
    for process in processes.all_of(target.home):
        command = ["cat", f"/proc/{process.pid}/environ"]
        strike = partial(_as_nobody, command)
        yield Attempt("another user: processes", f"environment of {process.name()}", strike)
    for method, path in REQUESTS:
        url = target.url("cloud") + path
        command = ["curl", "-sS", "--fail", "-m", "20", "-X", method, url]
        yield Attempt("another user: requests", f"{method} {path}", partial(_as_nobody, command))
    yield Attempt("another user: requests", "Runtime API", partial(_take_event, target))


def _as_nobody(command: list[str]) -> str | None:
    us = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    done = subprocess.run(
        ["setpriv", *us, *command], capture_output=True, cwd="/", timeout=60, check=False
    )
    return f"{len(done.stdout)} bytes" if done.returncode == 0 else None


def _take_event(target: Target) -> str | None:
    """From the port of a function, in its place, while it waits for its next event."""
    target.client("lambda").invoke(
        FunctionName="satispy-take-turn", Payload=b'{"run": "v00000", "ended": "failed"}'
    )
    ports = {
        connection.laddr.port
        for process in processes.all_of(target.home)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    } - set(target.ports.values())
    for port in ports:
        url = f"http://127.0.0.1:{port}/2018-06-01/runtime/invocation/x/response"
        took = _as_nobody(["curl", "-sS", "--fail", "-m", "5", "-d", "forged", url])
        if took is not None:
            return f"answered in a function's place (port {port})"
    return None
