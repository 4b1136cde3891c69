"""One real stack for all end-to-end tests: LocalStack, the Bento service, the Panel app."""

import random
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import environment
from infra.stack import LOCALSTACK_PYTHON, Stack
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


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Up for the whole session. This process reaches it: `Settings()`, boto3 and all."""
    if not LOCALSTACK_PYTHON.exists():
        pytest.skip("LocalStack is not installed in .venv-localstack: make test installs it")
    # `kill` ends the tests like Ctrl-C does: the stack goes with them.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stack = stack_in(tmp_path_factory.mktemp("satispy"))
    with pytest.MonkeyPatch.context() as patch:
        for name in environment.FOREIGN:
            patch.delenv(name, raising=False)
        try:
            stack.up()
            for name, value in environment.read(stack.home).items():
                patch.setenv(name, value)
            yield stack
        finally:
            stack.down()
