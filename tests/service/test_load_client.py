"""The client of the benchmarks counts what it sent, and every answer that was none."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from benchmarks._load import load

BODIES: list[dict[str, object]] = [{"text": "un"}, {"text": "deux"}]
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
BAD = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"

Answer = Callable[[asyncio.StreamWriter], None]


@contextmanager
def answering(answer: Answer, heard: list[bytes]) -> Iterator[str]:
    """A server that reads requests and leaves the answers to `answer`."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            head = await reader.readuntil(b"\r\n\r\n")
            heard.append(await reader.readexactly(int(head.rpartition(b"Length: ")[2])))
            answer(writer)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    starting = asyncio.run_coroutine_threadsafe(asyncio.start_server(converse, "127.0.0.1"), loop)
    host, port = starting.result().sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def test_every_request_is_counted_and_none_fails() -> None:
    heard: list[bytes] = []
    with answering(lambda writer: writer.write(GOOD), heard) as url:
        stretch = load(url, BODIES, connections=3, seconds=0.3)
    assert stretch.requests == len(heard) > 6
    assert stretch.failed == 0
    assert set(heard) == {b'{"text": "un"}', b'{"text": "deux"}'}
    assert 0 < stretch.p50_ms <= stretch.p99_ms


def test_an_answer_in_pieces_is_one_answer() -> None:
    heard: list[bytes] = []

    def in_pieces(writer: asyncio.StreamWriter) -> None:
        for at in range(0, len(GOOD), 7):
            asyncio.get_running_loop().call_later(0.001 * at, writer.write, GOOD[at : at + 7])

    with answering(in_pieces, heard) as url:
        stretch = load(url, BODIES, connections=1, seconds=0.2)
    assert stretch.requests == len(heard) > 1
    assert stretch.failed == 0


@pytest.mark.parametrize("answer", [lambda w: w.write(BAD), lambda w: w.close()])
def test_a_refusal_and_a_broken_connection_are_failures(answer: Answer) -> None:
    heard: list[bytes] = []
    with answering(answer, heard) as url:
        stretch = load(url, BODIES, connections=2, seconds=0.2)
    assert stretch.failed == len(heard) > 1


def test_a_server_that_is_away_is_a_failure() -> None:
    assert load("http://127.0.0.1:1", BODIES, connections=1, seconds=0.05).failed > 0
