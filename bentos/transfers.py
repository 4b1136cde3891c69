"""How long a client may take with its half of a body or an answer, and how many may at once.

Only the time during which *we* wait for the client counts, so nobody pays for a busy service. Who
holds one of few places and is slow makes room for the next: places cannot be kept by sending, or
reading, a byte now and then.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

#: Bytes a second, on the average, below which a client is too slow: a poor mobile connection.
LEAST_RATE = 20_000
#: A transfer is not called slow before. Places are short under an attack only: then a packet that
#: is lost on its way, which takes about a second, may cost its sender the place.
SECONDS_BEFORE_SLOW = 0.5
#: Who is slower than this makes room when all places are taken.
SLOW_RATE = 10 * LEAST_RATE
#: Of the first in a queue, whether there is a place by now: one may also turn slow, which tells us
#: nothing.
SECONDS_BETWEEN_LOOKS = 0.02


@dataclass(frozen=True)
class Pace:
    """So many seconds in any case, more for what has arrived meanwhile, never more than `most`."""

    grace: float
    most: float

    def seconds(self, size: int) -> float:
        return min(self.grace + size / LEAST_RATE, self.most)


class Transfer:
    """One client's bytes, and the seconds that we waited for them."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._timeout: asyncio.Timeout | None = None
        self._since: float | None = None
        self.size = 0
        #: In waits that have ended; `seconds` has the one that goes on, too.
        self.waited = 0.0
        #: Why nothing more of it is wanted: too slow, or its place was needed.
        self.ended = False

    async def wait(self, client: Awaitable[T]) -> T:
        """What the client does, in its time. Raises TimeoutError, also later on once it has."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        left = 0.0 if self.ended else self._pace.seconds(self.size) - self.waited
        self._since = start
        try:
            async with asyncio.timeout_at(start + left) as self._timeout:
                return await client
        except TimeoutError:
            self.ended = True
            raise
        finally:
            self._timeout = self._since = None
            self.waited += loop.time() - start

    def end(self) -> None:
        self.ended = True
        # One that ran out by itself stays as it is: the waiting task has yet to hear of it.
        if self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(asyncio.get_running_loop().time())

    @property
    def seconds(self) -> float:
        """That we have waited by now."""
        if self._since is None:
            return self.waited
        return self.waited + asyncio.get_running_loop().time() - self._since

    @property
    def rate(self) -> float:
        return self.size / max(self.seconds, 0.001)


class Places:
    """How many transfers there may be at once.

    Who finds all of them taken waits in a queue: slow clients that are hung up on and come again at
    once hold places that are too young to be given up, and one that was refused would meet the
    same again. In a queue they stand behind whoever came before them.
    """

    def __init__(self, limit: int, patience: float) -> None:
        self._limit = limit
        self._patience = patience
        self._taken: set[Transfer] = set()
        self._first_in_queue = asyncio.Lock()  # goes to those that wait for it in their order

    async def take(self, transfer: Transfer) -> bool:
        """False: for `patience` seconds all were taken by clients that do their part."""
        if not self._first_in_queue.locked() and self._take(transfer):
            return True
        try:
            async with asyncio.timeout(self._patience), self._first_in_queue:
                while not self._take(transfer):
                    await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        except TimeoutError:
            return False
        return True

    def _take(self, transfer: Transfer) -> bool:
        if len(self._taken) >= self._limit:
            slow = [
                other
                for other in self._taken
                if other.seconds > SECONDS_BEFORE_SLOW and other.rate < SLOW_RATE
            ]
            if not slow:
                return False
            slowest = min(slow, key=lambda other: other.rate)
            slowest.end()
            self._taken.discard(slowest)
        self._taken.add(transfer)
        return True

    def swap(self, transfer: Transfer, other: Transfer) -> None:
        """The other in the place of this one, if it still has one."""
        if transfer in self._taken:
            self._taken.remove(transfer)
            self._taken.add(other)

    def leave(self, transfer: Transfer) -> None:
        self._taken.discard(transfer)
