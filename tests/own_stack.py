"""A stack of its own for a test or a benchmark."""

from pathlib import Path

from infra.stack import Stack
from satispy.settings import Settings
from tests.ports import free_ports


def stack_in(home: Path) -> Stack:
    """With this folder, and ports that are free."""
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
