"""In which order one loop does what many ask of it at once: what is short before what is long."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

#: In which the loop turns, and reads the requests that came while it was held.
_HEARD_SECONDS: Final = 0.005
#: What is long waits no longer for the short, whatever the bucket takes to say who asks.
_LONGEST_SECONDS: Final = 1.0


class Turns:
    """Of one loop. The long hold it, one at a time, and between two of them all short are done."""

    def __init__(self) -> None:
        self._long = asyncio.Lock()
        self._short = 0
        self._none_short = asyncio.Event()
        self._none_short.set()

    @contextmanager
    def short(self) -> Iterator[None]:
        self._short += 1
        self._none_short.clear()
        try:
            yield
        finally:
            self._short -= 1
            if not self._short:
                self._none_short.set()

    @asynccontextmanager
    async def long(self) -> AsyncIterator[None]:
        async with self._long:
            await asyncio.sleep(_HEARD_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._none_short.wait(), _LONGEST_SECONDS)
            yield
