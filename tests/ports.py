"""Ports for the servers that tests and benchmarks start."""

import socket


def free_port() -> int:
    """Of loopback; free now, for a server that is started at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
