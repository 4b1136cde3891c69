"""Stacks of their own for tests: their folder, their ports."""

import random
import socket
from pathlib import Path

import boto3
import pytest

from infra import parts
from infra.stack import Stack
from satispy.settings import Settings


def free_ports(count: int) -> list[int]:
    """Below 32768: above, a port may be the near end of somebody's connection the next moment."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20000, 32000)  # noqa: S311  # any port will do
        with socket.socket() as probe:
            if port not in found and probe.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
    return found


def stack_in(home: Path) -> Stack:
    """A stack of its own: its folder, its ports."""
    localstack, service, app = free_ports(3)
    return Stack(
        Settings(
            home=home,
            localstack_port=localstack,
            service_port=service,
            app_port=app,
            service_url=f"http://127.0.0.1:{service}",
        )
    )


def speak_to(stack: Stack, patch: pytest.MonkeyPatch) -> None:
    """Let this process reach the stack, with the key of its home."""
    for name, value in parts.reach(stack.settings, stack.home).items():
        patch.setenv(name, value)
    # boto3.client() would go on with the key of the stack that was asked first.
    patch.setattr(boto3, "DEFAULT_SESSION", None)
