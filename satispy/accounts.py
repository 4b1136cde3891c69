"""Who may come in: names, roles and password hashes, kept in the bucket under accounts/."""

import hashlib
import hmac
import random
import re
import secrets
import time
from collections.abc import Callable
from typing import Final, Literal

from pydantic import BaseModel, ValidationError

from satispy.errors import BrokenArtefact, Conflict, NotFound, SatispyError
from satispy.keys import LeftOut
from satispy.storage import Store
from satispy.throttle import Attempts, network

Role = Literal["user", "admin"]

#: scrypt's n: 32 MB and about 60 ms a guess.
COST: Final = 2**15
#: A delay that is served by waiting; a longer one is a refusal. Requests with the right password
#: that come at once from an address not seen before must not fail because of each other.
WAITED_OUT: Final = 1.0
#: How long a password that was right need not be hashed again in this process.
_REMEMBERED_SECONDS: Final = 60
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_ADMIN: Final = "admin"
_SUFFIX: Final = ".account.json"


class Account(BaseModel):
    name: str
    role: Role
    cost: int
    salt: str
    hash: str


class Accounts:
    """Accounts of one bucket. A try that has to wait looks like a wrong password from outside."""

    def __init__(
        self,
        store: Store,
        *,
        cost: int = COST,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._cost = cost
        self._clock = clock
        self._sleep = sleep
        self._secret = secrets.token_bytes(32)
        self._remembered: dict[bytes, float] = {}

    def create(self, name: str, role: Role, password: str | None = None) -> str:
        """Add an account, or give it a new password and role; returns the password."""
        if not _NAME.fullmatch(name):
            raise SatispyError("a name has 1 to 63 of a-z, 0-9, '.', '_' and '-'")
        password = password or secrets.token_urlsafe(15)
        if len(password) < 12:
            raise SatispyError("a password has at least 12 characters")
        salt = secrets.token_bytes(16)
        account = Account(
            name=name,
            role=role,
            cost=self._cost,
            salt=salt.hex(),
            hash=_hash(password, salt, self._cost).hex(),
        )
        self._store.write(_key(name), account.model_dump_json().encode())
        self._forget_attempts(name)
        return password

    def create_first_admin(self) -> tuple[str, str] | None:
        """The name and generated password of the first admin; None if there is any account."""
        if self.names():
            return None
        return _ADMIN, self.create(_ADMIN, "admin")

    def remove(self, name: str) -> None:
        """Raises NotFound. What stands there and is no account is removed too."""
        if not _NAME.fullmatch(name) or not self._store.exists(_key(name)):
            raise NotFound(f"there is no account {name!r}")
        self._store.delete(_key(name))
        self._forget_attempts(name)

    def names(self) -> list[tuple[str, Role]]:
        found, _ = self.survey()
        return [(account.name, account.role) for account in found]

    def survey(self) -> tuple[list[Account], list[LeftOut]]:
        """The accounts, and what stands under accounts/ and is none."""
        return self._store.parsed("accounts", _parse, suffix=_SUFFIX)

    def check(self, name: str, password: str, address: str) -> Role | None:
        """The role, or None: unknown, wrong, or not to be tried from this address by now."""
        try:
            account = self._read(name)
        except (NotFound, BrokenArtefact):
            account = None
        proof = b""
        if account:
            proof = hmac.digest(
                self._secret,
                f"{account.hash}\0{password}".encode("utf-8", "surrogatepass"),
                "sha256",
            )
            if self._remembered.get(proof, 0) > time.monotonic():
                return account.role
        # An unknown name takes the same steps, or their time would tell which names there are.
        place = _attempts_key(name if account else "")
        may_try = self._count_try(place, network(address))
        salt, cost = (bytes.fromhex(account.salt), account.cost) if account else (b"", self._cost)
        found = _hash(password, salt, cost).hex()
        if not (account and may_try and hmac.compare_digest(found, account.hash)):
            return None
        self._change_attempts(
            place, lambda known: known.with_success(network(address), self._clock())
        )
        if len(self._remembered) > 1000:
            self._remembered.clear()
        self._remembered[proof] = time.monotonic() + _REMEMBERED_SECONDS
        return account.role

    def _read(self, name: str) -> Account:
        if not _NAME.fullmatch(name):
            raise NotFound(f"there is no account {name!r}")
        return _parse(_key(name), self._store.read(_key(name)))

    def _count_try(self, place: str, address: str) -> bool:
        """Whether this try may be made; it is counted before, so guesses at once all count."""
        wait = 0.0

        def counted(attempts: Attempts) -> Attempts | None:
            nonlocal wait
            now = self._clock()
            wait = attempts.seconds_to_wait(address, now)
            return None if wait else attempts.with_try(address, now)

        if self._change_attempts(place, counted):
            return True
        if wait > WAITED_OUT:
            return False
        self._sleep(wait + random.uniform(0.01, 0.1))  # noqa: S311  not all at once again
        return self._change_attempts(place, counted)

    def _change_attempts(self, place: str, change: Callable[[Attempts], Attempts | None]) -> bool:
        """Write what `change` makes of the record; False if it makes None, or others always win."""
        made = False

        def written(data: bytes | None) -> bytes | None:
            nonlocal made
            try:
                attempts = Attempts.model_validate_json(data or b"{}")
            except ValidationError:  # rubbish must not keep an account shut
                attempts = Attempts()
            changed = change(attempts)
            made = changed is not None
            return changed.model_dump_json().encode() if changed is not None else None

        try:
            self._store.update(place, written, sleep=self._sleep)
        except Conflict:  # then the password is not looked at
            return False
        return made

    def _forget_attempts(self, name: str) -> None:
        if self._store.exists(_attempts_key(name)):
            self._store.delete(_attempts_key(name))


def _hash(password: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=cost,
        r=8,
        p=1,
        maxmem=64 << 20,
        dklen=32,
    )


def _parse(key: str, data: bytes) -> Account:
    try:
        account = Account.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not an account") from error
    if _key(account.name) != key:
        raise BrokenArtefact("an account of another name")
    return account


def _key(name: str) -> str:
    return f"accounts/{name}{_SUFFIX}"


def _attempts_key(name: str) -> str:
    """Beside the accounts, so that whoever answers requests may write it and nothing of theirs."""
    return f"attempts/{name or '-'}.json"
