"""How often passwords may be tried, decided before one is looked at.

Each limit alone is turned against somebody, so there are three. By address: looking at a password
costs 60 ms of a processor, so 60 in any minute are looked at, whatever names they are for. By
address and name: five tries are free, then each next one waits twice as long; only whoever guesses
waits. By name: addresses that never gave the right password are free to try while they make fewer
than a hundred tries an hour together, which is what a guesser with many addresses makes. Beyond it
each of them asks, waits for half a minute and then may try: whatever others do, nobody waits longer
than that for a first try.
"""

import ipaddress
from dataclasses import dataclass
from typing import Final, Self

from pydantic import BaseModel

from satispy.sentence import N_

LOOKED_AT_A_MINUTE: Final = 60
MINUTE: Final = 60.0
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
STRANGERS_DELAY: Final = 30.0
MAX_NAMES: Final = 64
MAX_KNOWN: Final = 32
#: An address that is known is written down again after so long.
KNOWN_AGAIN: Final = 3600.0

TOO_MANY_HERE: Final = N_("more passwords came from your address than are looked at in a minute")
TOO_MANY_WRONG: Final = N_("too many wrong passwords for this name came from your address")
TOO_MANY_AT_ONCE: Final = N_("too many passwords come at once")
TOO_MANY_STRANGERS: Final = N_(
    "too many wrong passwords for this name came from addresses that nobody has logged in from"
)


@dataclass(frozen=True)
class Wait:
    """How long until a password may be tried, and why not now."""

    seconds: float
    reason: str


class OfAccount(BaseModel):
    """What is remembered of one account's tries, wherever they came from."""

    #: Addresses that gave the right password, and when.
    known: dict[str, float] = {}
    #: Tries of all other addresses; an hour takes `STRANGERS_TRIES` off.
    strangers: float = 0
    strangers_at: float = 0

    def delay(self, address: str, now: float) -> float:
        """How long this address waits for its first try, once it has asked."""
        if address in self.known or self._strangers(now) + 1 <= STRANGERS_TRIES:
            return 0.0
        return STRANGERS_DELAY

    def with_try_of_a_stranger(self, now: float) -> Self:
        # No more are remembered than an hour takes off: then nobody waits any more.
        strangers = min(self._strangers(now) + 1, 2 * STRANGERS_TRIES - 1)
        return self.model_copy(update={"strangers": strangers, "strangers_at": now})

    def with_success(self, address: str, tries: int, now: float) -> Self | None:
        """The right password takes back the tries before it; None: nothing new is learnt."""
        if now - self.known.get(address, 0) < KNOWN_AGAIN:
            return None
        known = {**self.known, address: now}
        newest = sorted(known, key=lambda each: known[each])[-MAX_KNOWN:]
        strangers = self._strangers(now) - (0 if address in self.known else tries)
        return self.model_copy(
            update={
                "known": {each: known[each] for each in newest},
                "strangers": max(strangers, 0.0),
                "strangers_at": now,
            }
        )

    def _strangers(self, now: float) -> float:
        passed = max(now - self.strangers_at, 0.0)
        return max(self.strangers - passed * STRANGERS_TRIES / STRANGERS_SECONDS, 0.0)


class Tries(BaseModel):
    """Of one name from one address: how many without the right password, and when the last was.

    None yet, and `last` is when it was asked for.
    """

    count: int
    last: float


class FromAddress(BaseModel):
    """What is remembered of one address's tries; never more than the maxima above."""

    #: When passwords from here were looked at, within the last minute.
    looked_at: list[float] = []
    names: dict[str, Tries] = {}

    def tries(self, name: str) -> int:
        """Without the right password, by this name."""
        return self.names[name].count if name in self.names else 0

    def wait(self, name: str, free: int, delay: float, now: float) -> Wait | None:
        """None: now. `delay` is what the account makes strangers wait at least."""
        waits = []
        recent = self._recent(now)
        if len(recent) >= LOOKED_AT_A_MINUTE:
            waits.append(Wait(recent[-LOOKED_AT_A_MINUTE] + MINUTE - now, TOO_MANY_HERE))
        tries = self._tries(name, now)
        if delay:
            asked = tries.last if tries else now
            waits.append(Wait(asked + delay - now, TOO_MANY_STRANGERS))
        if tries and tries.count >= free:
            doubled = FIRST_DELAY * 2 ** min(tries.count - free, 20)
            waits.append(Wait(tries.last + min(doubled, LONGEST_DELAY) - now, TOO_MANY_WRONG))
        longest = max(waits, key=lambda each: each.seconds, default=None)
        return longest if longest and longest.seconds > 0 else None

    def with_question(self, name: str, now: float) -> Self | None:
        """The name was asked for and has to wait; None: it has asked or tried before."""
        return None if self._tries(name, now) else self._with(name, Tries(count=0, last=now), now)

    def with_try(self, name: str, now: float) -> Self:
        """This one counted, whether it will turn out right or wrong."""
        before = self._tries(name, now)
        tries = Tries(count=before.count + 1 if before else 1, last=now)
        counted = self._with(name, tries, now)
        return counted.model_copy(update={"looked_at": [*self._recent(now), now]})

    def with_success(self, name: str, tried: float) -> Self:
        """The right password takes back what its name was counted, itself included."""
        looked_at = [*self.looked_at]
        if tried in looked_at:
            looked_at.remove(tried)
        names = {each: tries for each, tries in self.names.items() if each != name}
        return self.model_copy(update={"looked_at": looked_at, "names": names})

    def _with(self, name: str, tries: Tries, now: float) -> Self:
        kept = {each: self.names[each] for each in self.names if self._tries(each, now)}
        kept.pop(name, None)
        if len(kept) >= MAX_NAMES:
            # What was tried least waits least: dropping that one gives the least away.
            del kept[min(kept, key=lambda each: (kept[each].count, kept[each].last))]
        return self.model_copy(update={"names": {**kept, name: tries}})

    def _tries(self, name: str, now: float) -> Tries | None:
        tries = self.names.get(name)
        return tries if tries and now - tries.last <= REMEMBERED else None

    def _recent(self, now: float) -> list[float]:
        return [at for at in self.looked_at if now - at < MINUTE][-LOOKED_AT_A_MINUTE:]


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
