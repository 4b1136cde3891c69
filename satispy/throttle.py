"""How often passwords of one account may be tried, decided before one is looked at.

Two limits, since each alone is turned against somebody. By address: five tries are free, then each
next one waits twice as long; only whoever guesses waits. By account: addresses that never gave the
right password share a hundred tries an hour, which is what a guesser with thousands of addresses
gets; an address that has given it before is not counted there, so its owner is not kept out.
"""

import ipaddress
from typing import Final, Self

from pydantic import BaseModel

FREE_TRIES: Final = 5
#: For an address that gave the right password before: programs there may log in many at once.
FREE_TRIES_OF_KNOWN: Final = 50
#: After the sixth try; doubles with each further one.
FIRST_DELAY: Final = 1.0
LONGEST_DELAY: Final = 15 * 60.0
#: After so long without a try, those of an address are forgotten.
REMEMBERED: Final = 24 * 3600.0
#: NIST SP 800-63B 5.2.2 allows 100 failed attempts on an account in a row.
STRANGERS_TRIES: Final = 100
STRANGERS_SECONDS: Final = 3600.0
MAX_ADDRESSES: Final = 256
MAX_KNOWN: Final = 32


class Tries(BaseModel):
    """Of one address: how many without the right password, and when the last was."""

    count: int
    last: float


class Attempts(BaseModel):
    """What is remembered of one account's tries; never more than the maxima above."""

    tries: dict[str, Tries] = {}
    #: Addresses that gave the right password, and when.
    known: dict[str, float] = {}
    #: Tries of all other addresses; an hour takes `STRANGERS_TRIES` off.
    strangers: float = 0
    strangers_at: float = 0

    def seconds_to_wait(self, address: str, now: float) -> float:
        """Until this address may try; 0: now."""
        tries = self.tries.get(address)
        wait = 0.0
        free = FREE_TRIES_OF_KNOWN if address in self.known else FREE_TRIES
        if tries and tries.count >= free:
            doublings = min(tries.count - free, 20)
            wait = tries.last + min(FIRST_DELAY * 2**doublings, LONGEST_DELAY) - now
        if address not in self.known:
            excess = self._strangers(now) + 1 - STRANGERS_TRIES
            wait = max(wait, excess * STRANGERS_SECONDS / STRANGERS_TRIES)
        return max(wait, 0.0)

    def with_try(self, address: str, now: float) -> Self:
        """This one counted, whether it will turn out right or wrong."""
        before = self.tries.get(address)
        count = 1 if before is None or now - before.last > REMEMBERED else before.count + 1
        kept = {
            other: tries
            for other, tries in self.tries.items()
            if other != address and now - tries.last <= REMEMBERED
        }
        if len(kept) >= MAX_ADDRESSES:
            # Whoever tried least waits least: dropping that one gives the least away.
            del kept[min(kept, key=lambda other: (kept[other].count, kept[other].last))]
        kept[address] = Tries(count=count, last=now)
        counted = 0 if address in self.known else 1
        return self.model_copy(
            update={
                "tries": kept,
                "strangers": self._strangers(now) + counted,
                "strangers_at": now,
            }
        )

    def with_success(self, address: str, now: float) -> Self:
        """The right password takes back what its address was counted, its own tries included."""
        kept = dict(self.tries)
        taken_back = kept.pop(address, Tries(count=0, last=now)).count
        known = {**self.known, address: now}
        newest = sorted(known, key=lambda each: known[each])[-MAX_KNOWN:]
        strangers = self._strangers(now) - (0 if address in self.known else taken_back)
        return self.model_copy(
            update={
                "tries": kept,
                "known": {each: known[each] for each in newest},
                "strangers": max(strangers, 0.0),
                "strangers_at": now,
            }
        )

    def _strangers(self, now: float) -> float:
        passed = max(now - self.strangers_at, 0.0)
        return max(self.strangers - passed * STRANGERS_TRIES / STRANGERS_SECONDS, 0.0)


def network(address: str) -> str:
    """Whom an address counts as: of IPv6, whoever holds the /64 has all of its addresses."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
