"""Tries of passwords, counted in the bucket under attempts/ by conditional writes.

Each address has a record, and so have accounts: `satispy/throttle.py` decides by both. All names,
whether there are such accounts or not, share 4,096 records of accounts: what has to wait does not
tell which names there are.
"""

import hashlib
import random
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from satispy.errors import Conflict, NotFound, TooManyTries
from satispy.sentence import Sentence
from satispy.storage import Store
from satispy.throttle import (
    FREE_TRIES,
    FREE_TRIES_OF_KNOWN,
    TOO_MANY_AT_ONCE,
    TOO_MANY_STRANGERS,
    FromAddress,
    OfAccount,
    Wait,
    network,
)

#: A delay that is served by waiting; a longer one is a refusal. Requests with the right password
#: that come at once from an address not seen before must not fail because of each other.
WAITED_OUT: Final = 1.0

Record = TypeVar("Record", bound=BaseModel)


@dataclass(frozen=True)
class Try:
    """One that was counted, and what was known of its account then."""

    address: str
    name: str
    at: float
    account: OfAccount


class Attempts:
    """Those of one bucket."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sleep = sleep

    def count(self, name: str, address: str) -> Try:
        """To be called before a password is looked at: guesses made at once all count then.

        Raises TooManyTries.
        """
        # A digest: some people type their password in the place of their name.
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        found = self._counted(digest, network(address))
        if isinstance(found, Wait) and found.seconds <= WAITED_OUT:
            apart = random.uniform(0.01, 0.1)  # noqa: S311  not all at once again
            self._sleep(found.seconds + apart)
            found = self._counted(digest, network(address))
        if isinstance(found, Wait):
            raise TooManyTries(Sentence(found.reason), found.seconds)
        return found

    def forgive(self, tried: Try) -> None:
        """It was the right password: what its address was counted for the name is taken back."""
        tries = 0

        def forgiven(seen: FromAddress) -> FromAddress:
            nonlocal tries
            tries = seen.tries(tried.name)
            return seen.with_success(tried.name, tried.at)

        def learnt(account: OfAccount) -> OfAccount | None:
            return account.with_success(tried.address, tries, self._clock())

        with suppress(Conflict):  # others always came first: then it counts as if it had been wrong
            self._change(_key_of(tried.address), FromAddress, forgiven)
            if learnt(tried.account):
                self._change(_key_of_account(tried.name), OfAccount, learnt)

    def _counted(self, name: str, address: str) -> Try | Wait:
        account = self._read(_key_of_account(name), OfAccount)
        known = address in account.known
        free = FREE_TRIES_OF_KNOWN if known else FREE_TRIES
        wait: Wait | None = None
        now, delay = 0.0, 0.0

        def counted(seen: FromAddress) -> FromAddress | None:
            nonlocal wait, now, delay
            now = self._clock()
            delay = account.delay(address, now)
            wait = seen.wait(name, free, delay, now)
            if wait is None:
                return seen.with_try(name, now)
            return seen.with_question(name, now) if delay else None

        def counted_of_strangers(latest: OfAccount) -> OfAccount | None:
            nonlocal wait
            if latest.delay(address, now) > delay:  # others came first; its question is noted
                wait = Wait(latest.delay(address, now), TOO_MANY_STRANGERS)
                return None
            return latest.with_try_of_a_stranger(now)

        try:
            self._change(_key_of(address), FromAddress, counted)
            if wait is None and not known:
                self._change(_key_of_account(name), OfAccount, counted_of_strangers)
        except Conflict:  # others always came first
            return Wait(2 * WAITED_OUT, TOO_MANY_AT_ONCE)
        return wait or Try(address, name, now, account)

    def _read(self, key: str, kind: type[Record]) -> Record:
        try:
            return _parsed(kind, self._store.read(key))
        except NotFound:
            return kind()

    def _change(
        self, key: str, kind: type[Record], change: Callable[[Record], Record | None]
    ) -> None:
        """Write what `change` makes of the record, unless it is None. Raises Conflict."""

        def written(data: bytes | None) -> bytes | None:
            changed = change(_parsed(kind, data))
            return changed.model_dump_json().encode() if changed is not None else None

        self._store.update(key, written, sleep=self._sleep)


def _parsed(kind: type[Record], data: bytes | None) -> Record:
    try:
        return kind.model_validate_json(data or b"{}")
    except ValidationError:  # rubbish must keep nobody out
        return kind()


def _key_of(address: str) -> str:
    return f"attempts/addresses/{re.sub('[:/]', '-', address)}.json"


def _key_of_account(name: str) -> str:
    return f"attempts/accounts/{name[:3]}.json"
