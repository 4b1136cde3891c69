"""Who is sent something at once, and who waits for a session, on the one loop of the app."""

import asyncio

import pytest

from satispy.dashboard.door import turns
from satispy.dashboard.door.turns import Turns


def test_who_comes_while_a_session_is_made_is_served_before_the_next_one() -> None:
    done: list[str] = []

    async def session(own: Turns, name: str) -> None:
        async with own.long():
            done.append(name)
            if name == "session 0":
                tasks.append(asyncio.create_task(head(own)))

    async def head(own: Turns) -> None:
        with own.short():
            await asyncio.sleep(0.03)  # the bucket is asked who that is
            done.append("head")

    tasks: list[asyncio.Task[None]] = []

    async def all_of_them() -> None:
        own = Turns()
        await asyncio.gather(*(session(own, f"session {number}") for number in range(3)))
        await tasks[0]

    asyncio.run(all_of_them())
    assert done == ["session 0", "head", "session 1", "session 2"]


def test_one_whose_turn_does_not_end_holds_up_no_session_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "_LONGEST_SECONDS", 0.01)

    async def waits() -> None:
        own = Turns()
        with own.short():
            async with own.long():
                pass

    asyncio.run(asyncio.wait_for(waits(), 30))


def test_a_session_that_cannot_be_made_leaves_its_turn() -> None:
    async def waits() -> None:
        own = Turns()
        with pytest.raises(ValueError, match="no session"):
            async with own.long():
                raise ValueError("no session")
        async with own.long():
            pass

    asyncio.run(asyncio.wait_for(waits(), 30))
