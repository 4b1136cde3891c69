"""Who keeps the service waiting is hung up on, and keeps nobody else waiting."""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from house import House
from slow_clients import KINDS, hold_up
from test_server import serving

from bentos.connections import SECONDS_BEFORE_IDLE
from bentos.transfers import SECONDS_BEFORE_SLOW, Pace, Places, Transfer


async def ask(url: str, hung_up: "asyncio.Task[Counter[str]]") -> Counter[int]:
    """Texts and CSVs, one after another, until the slow clients go."""
    statuses: Counter[int] = Counter()
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        while not hung_up.done():
            texts = await client.post("/predict", json={"text": "parfait"})
            csv = await client.post(
                "/predict/csv", content=b"text\nparfait\n", headers={"content-type": "text/csv"}
            )
            statuses.update([texts.status_code, csv.status_code])
            await asyncio.sleep(0.2)
    return statuses


@pytest.mark.e2e
def test_every_kind_of_slow_client_is_hung_up_on_and_everybody_else_is_answered(
    house: House, tmp_path: Path
) -> None:
    house.train_and_promote_all()

    async def run(url: str) -> tuple[Counter[str], Counter[int]]:
        slow = asyncio.create_task(hold_up(urlsplit(url).port or 0, 10 * len(KINDS), 20))
        statuses = await ask(url, slow)
        return await slow, statuses

    # Who asks and does not read is at work now and then; all that are slow together take more.
    limits = {"SATISPY_SECONDS_TO_SEND": "2", "SATISPY_MAX_CONCURRENCY": "12"}
    with serving(house, tmp_path / "log", **limits) as url:
        hung_up, statuses = asyncio.run(run(url))
    assert set(statuses) == {200}
    assert set(hung_up) == {kind.__name__ for kind in KINDS}
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.e2e
def test_when_there_are_too_many_connections_those_that_wait_are_given_up(
    house: House, tmp_path: Path
) -> None:
    async def run(url: str) -> int:
        port = urlsplit(url).port or 0
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        # That the last of them is answered shows that the service knows of all.
        reader, writer = silent[-1]
        writer.write(f"GET /livez HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(SECONDS_BEFORE_IDLE + 0.5)
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            answers = [await client.get("/livez") for _ in range(3)]
        for _, writer in silent:
            writer.close()
        return max(answer.status_code for answer in answers)

    with serving(house, tmp_path / "log", SATISPY_MAX_CONNECTIONS="20") as url:
        assert asyncio.run(run(url)) == 200


def test_only_the_time_that_a_client_lets_pass_counts() -> None:
    async def run() -> Transfer:
        transfer = Transfer(Pace(grace=0.2, most=0.2))
        for _ in range(4):
            await asyncio.sleep(0.1)  # our own work
            await transfer.wait(asyncio.sleep(0))
        with pytest.raises(TimeoutError):
            await transfer.wait(asyncio.sleep(60))
        with pytest.raises(TimeoutError):
            await transfer.wait(asyncio.sleep(60))
        return transfer

    assert asyncio.run(run()).ended


def test_a_place_can_be_taken_from_one_whose_time_has_just_run_out() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        transfer = Transfer(Pace(grace=0.05, most=0.05))
        waiting = asyncio.create_task(transfer.wait(asyncio.sleep(60)))
        await asyncio.sleep(0)
        taken = loop.create_future()
        # Both are due at once: this one runs between the timeout and whoever is told of it.
        loop.call_later(0.05, lambda: taken.set_result(transfer.end()))
        time.sleep(0.1)
        with pytest.raises(TimeoutError):
            await waiting
        assert taken.done()

    asyncio.run(run())


def test_a_pace_gives_more_time_for_what_came_and_never_more_than_its_most() -> None:
    pace = Pace(grace=10, most=600)
    assert [pace.seconds(size) for size in (0, 2_000_000, 100_000_000)] == [10, 110, 600]


def test_the_slowest_makes_room_when_all_places_are_taken() -> None:
    async def run() -> None:
        places = Places(2, patience=0.05)
        quick, slow, slower, late = (Transfer(Pace(10, 10)) for _ in range(4))
        assert await places.take(quick)
        assert await places.take(slow)
        assert not await places.take(late)  # nobody is slow yet
        quick.size, quick.waited = 50_000_000, SECONDS_BEFORE_SLOW * 2
        slow.size = 10_000
        waiting = asyncio.create_task(slow.wait(asyncio.sleep(60)))
        await asyncio.sleep(SECONDS_BEFORE_SLOW + 0.1)  # a wait that goes on counts as well
        assert await places.take(late)
        with pytest.raises(TimeoutError):
            await waiting
        assert not await places.take(slower)  # the quick one stays, the late one is new
        places.leave(late)
        assert await places.take(slower)

    asyncio.run(run())


def test_slow_clients_that_come_again_at_once_cannot_keep_a_place_from_an_honest_one() -> None:
    places = Places(1, patience=60)
    came: list[str] = []

    async def slow(name: str) -> None:
        while True:
            transfer = Transfer(Pace(60, 60))
            assert await places.take(transfer)
            came.append(name)
            with suppress(TimeoutError):
                await transfer.wait(asyncio.sleep(60))
            places.leave(transfer)

    async def run() -> None:
        attack = [asyncio.create_task(slow(f"slow {number}")) for number in range(2)]
        while len(came) < 2:  # now one holds the place, and another one waits or is about to
            await asyncio.sleep(0.01)
        assert await places.take(Transfer(Pace(60, 60)))
        came.append("honest")
        for each in attack:
            each.cancel()
        await asyncio.gather(*attack, return_exceptions=True)

    asyncio.run(run())
    assert came.index("honest") <= 4  # behind those that were there, before those that came again
