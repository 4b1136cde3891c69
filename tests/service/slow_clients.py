"""Clients that keep a server waiting, each in its way; who is hung up on comes again.

As a program, for a benchmark that measures somebody else: python -m tests.service.slow_clients
PORT HOW_MANY SECONDS, which prints how often each kind was hung up on.
"""

import asyncio
import json
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

#: Between two bytes.
PAUSE = 0.5

Kind = Callable[[int], Awaitable[None]]


@asynccontextmanager
async def connected(port: int, receive_buffer: int = 0) -> AsyncIterator[socket.socket]:
    line = socket.socket()
    line.setblocking(False)
    if receive_buffer:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    try:
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
        yield line
    finally:
        line.close()


async def silent(port: int) -> None:
    """Connects, and says nothing."""
    async with connected(port) as line:
        await _until_hung_up(line)


async def slow_head(port: int) -> None:
    async with connected(port) as line:
        await _drip(line, b"GET /models HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 10_000)


async def slow_body(port: int) -> None:
    async with connected(port) as line:
        await _say(line, _head(port, "/predict", "application/json", 500_000))
        await _drip(line, b'{"text": "' + b"a" * 10_000)


async def slow_csv(port: int) -> None:
    async with connected(port) as line:
        await _say(line, _head(port, "/predict/csv", "text/csv", 50_000_000) + b"text\n")
        await _drip(line, b"parfait\n" * 2_000)


async def slow_reader(port: int) -> None:
    """Sends a CSV at once, and reads the answer a few bytes at a time."""
    body = b"text\n" + b"parfait, rien a redire\n" * 8_000
    async with connected(port, receive_buffer=4096) as line:
        await _say(line, _head(port, "/predict/csv", "text/csv", len(body)) + body)
        while await asyncio.get_running_loop().sock_recv(line, 64):
            await asyncio.sleep(PAUSE)


async def never_reads(port: int) -> None:
    """Asks for a long page again and again without reading an answer."""
    request = f"GET /docs.json HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    async with connected(port, receive_buffer=4096) as line:
        await _say(line, request * 60)  # more than all buffers on the way hold
        while not line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            await asyncio.sleep(PAUSE)


KINDS: tuple[Kind, ...] = (silent, slow_head, slow_body, slow_csv, slow_reader, never_reads)


async def hold_up(port: int, how_many: int, seconds: float) -> Counter[str]:
    """So many clients of all kinds for so long; how often each kind was hung up on."""
    hung_up: Counter[str] = Counter()

    async def again_and_again(kind: Kind) -> None:
        while True:
            with suppress(OSError):
                await kind(port)
            hung_up[kind.__name__] += 1
            await asyncio.sleep(PAUSE)

    clients = [
        asyncio.create_task(again_and_again(KINDS[number % len(KINDS)]))
        for number in range(how_many)
    ]
    await asyncio.sleep(seconds)
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    return hung_up


def _head(port: int, path: str, media_type: str, length: int) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


async def _say(line: socket.socket, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(line, data)


async def _drip(line: socket.socket, data: bytes) -> None:
    listening = asyncio.create_task(_until_hung_up(line))
    try:
        for byte in data:
            if listening.done():
                return
            await _say(line, bytes([byte]))
            await asyncio.sleep(PAUSE)
    finally:
        listening.cancel()


async def _until_hung_up(line: socket.socket) -> None:
    with suppress(OSError):
        while await asyncio.get_running_loop().sock_recv(line, 65536):
            pass


def main() -> None:
    port, how_many, seconds = sys.argv[1:]
    hung_up = asyncio.run(hold_up(int(port), int(how_many), float(seconds)))
    print(json.dumps(hung_up))  # noqa: T201  read by the benchmark


if __name__ == "__main__":
    main()
