"""A client that only counts: the same requests over and over, each connection one at a time.

Runs in a process of its own, so that whoever reads the figures costs the server nothing, and parses
no more than it must: it sends several times what a Bento service that does nothing answers.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from urllib.parse import urlsplit

#: How long after the end an answer may still come; then its request counts as failed.
PATIENCE = 10.0


@dataclass(frozen=True)
class Load:
    """One stretch of load, as the client saw it."""

    requests: int
    failed: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def load(url: str, bodies: Sequence[dict[str, object]], connections: int, seconds: float) -> Load:
    """POST these bodies to `/predict` in turns, for so long; an answer other than 200 failed."""
    command = [sys.executable, "-m", "benchmarks._load", url, str(connections), str(seconds)]
    lines = "\n".join(map(json.dumps, bodies))
    said = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=True)
    return Load(**json.loads(said.stdout))


class Sender:
    """What the connections share: the requests to send, until when, and what came of them."""

    def __init__(self, url: str, bodies: Sequence[bytes], seconds: float) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        head = f"POST /predict HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        head += "Content-Type: application/json\r\nContent-Length: "
        self.requests = cycle([b"%s%d\r\n\r\n%s" % (head.encode(), len(b), b) for b in bodies])
        self.failed = 0
        self.latencies: list[float] = []
        self.begin = time.perf_counter()
        self.deadline = self.begin + seconds

    async def run(self, connections: int) -> Load:
        await asyncio.gather(*(self._keep_connected() for _ in range(connections)))
        seconds = time.perf_counter() - self.begin
        times = sorted(self.latencies) or [0.0]
        p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
        return Load(len(self.latencies), self.failed, seconds, p50, p99)

    async def _keep_connected(self) -> None:
        loop = asyncio.get_running_loop()
        while time.perf_counter() < self.deadline:
            ended = loop.create_future()
            try:
                await loop.create_connection(lambda: Connection(self, ended), self.host, self.port)  # noqa: B023
                await asyncio.wait_for(ended, self.deadline - time.perf_counter() + PATIENCE)
            except OSError:  # TimeoutError is one: it broke, was refused or never answered
                self.failed += 1
                await asyncio.sleep(0.01)


class Connection(asyncio.Protocol):
    def __init__(self, sender: Sender, ended: "asyncio.Future[None]") -> None:
        self.sender, self.ended = sender, ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        self.received = b""
        self.whole = 0
        self.asked_at = time.perf_counter()
        self.transport.write(next(self.sender.requests))

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not self.whole:
            head = self.received.find(b"\r\n\r\n")
            if head < 0:
                return
            length = self.received[:head].lower().partition(b"\r\ncontent-length:")[2]
            self.whole = head + 4 + int(length.partition(b"\r\n")[0])
        if len(self.received) < self.whole:
            return
        now = time.perf_counter()
        self.sender.latencies.append(now - self.asked_at)
        if self.received[9:12] != b"200":
            self.sender.failed += 1
        if now < self.sender.deadline:
            self._ask()
        else:
            self.ended.set_result(None)
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(error or ConnectionResetError("closed by the server"))


def main() -> None:
    url, connections, seconds = sys.argv[1:]
    bodies = sys.stdin.buffer.read().splitlines()
    stretch = asyncio.run(Sender(url, bodies, float(seconds)).run(int(connections)))
    print(json.dumps(asdict(stretch)))


if __name__ == "__main__":
    main()
