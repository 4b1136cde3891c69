"""What the attacks are made on: a stack that is up, and what its owner can see of it."""

import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.ports import free_port

REPOSITORY = Path(__file__).parents[1]
#: What a file of the attackers has in it, wherever it turns up.
MARK = "planted-by-the-attack"


@dataclass(frozen=True)
class Attempt:
    """`strike` answers what got through, in a few words; None if nothing did."""

    kind: str
    name: str
    strike: Callable[[], str | None]


@dataclass
class Target:
    home: Path
    environment: dict[str, str]
    ports: dict[str, int]  # cloud, service, app
    seen: set[str] = field(default_factory=set)

    def url(self, part: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.ports[part]}"

    @property
    def bucket(self) -> str:
        return self.environment["SATISPY_BUCKET"]

    @property
    def key_id(self) -> str:
        return self.environment["AWS_ACCESS_KEY_ID"]

    def client(
        self, service: str, key_id: str | None = None, secret: str | None = None, **config: Any
    ) -> Any:
        """The owner's, or somebody else's with another key."""
        return boto3.client(
            service,
            endpoint_url=self.url("cloud"),
            region_name=self.environment["AWS_REGION"],
            aws_access_key_id=key_id or self.key_id,
            aws_secret_access_key=secret or self.environment["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"max_attempts": 0}, read_timeout=60, **config),
        )

    def planted(self) -> str | None:
        """The first new object with the attackers' mark in its key, which counts once."""
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        for page in pages:
            for entry in page.get("Contents", []):
                if MARK in entry["Key"] and entry["Key"] not in self.seen:
                    self.seen.add(entry["Key"])
                    return f"the object {entry['Key']}"
        return None


@contextmanager
def target() -> Iterator[Target]:
    """A stack of ATTACK_ROOT (this repository), or the one that is up in ATTACK_HOME."""
    if up := os.environ.get("ATTACK_HOME"):
        yield reached(Path(up))
        return
    root = Path(os.environ.get("ATTACK_ROOT", REPOSITORY)).resolve()
    command = [str(root / ".venv" / "bin" / "python"), "-m", "satispy.cli"]
    with tempfile.TemporaryDirectory() as folder:
        # The attackers may look for the home; what is in it must not be for them.
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        settings = {
            "SATISPY_HOME": str(home),
            "SATISPY_LOCALSTACK_PORT": str(free_port()),
            "SATISPY_SERVICE_PORT": str(free_port()),
            "SATISPY_APP_PORT": str(free_port()),
        }
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SATISPY_", "AWS_"))
        } | settings
        try:
            subprocess.run([*command, "up"], cwd=root, env=environment, check=True)
            yield reached(home)
        finally:
            subprocess.run([*command, "down"], cwd=root, env=environment, check=True)


def reached(home: Path) -> Target:
    environment = json.loads((home / "env").read_text())
    ports = {
        "cloud": int(environment["SATISPY_LOCALSTACK_PORT"]),
        "service": int(environment["SATISPY_SERVICE_PORT"]),
        "app": int(environment["SATISPY_APP_PORT"]),
    }
    found = Target(home, environment, ports)
    while found.planted():  # by an attack before this one
        pass
    return found


def exchange(port: int, request: str) -> str:
    """What a server of this machine answers to these bytes, as far as it comes within seconds."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        received = b""
        try:
            connection.settimeout(3)
            while len(received) < 100_000 and (part := connection.recv(65536)):
                received += part
        except OSError:
            pass
    return received.decode("latin-1")
