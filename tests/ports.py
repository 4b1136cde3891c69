"""Ports for the servers that tests and benchmarks start."""

import random
import socket


def free_ports(count: int) -> list[int]:
    """Of loopback, free now. Below 32768: above, a port may be the near end of somebody's
    connection the next moment."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20000, 32000)  # noqa: S311  # any port will do
        with socket.socket() as probe:
            if port not in found and probe.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
    return found


def free_port() -> int:
    return free_ports(1)[0]
