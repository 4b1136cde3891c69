"""Who may come in: names, roles and password hashes, kept in the bucket under accounts/."""

import hashlib
import hmac
import re
import secrets
import time
from typing import Final, Literal

from pydantic import BaseModel

from satispy.errors import Conflict, NotFound, SatispyError
from satispy.storage import Store

Role = Literal["user", "admin"]

#: scrypt's n: 32 MB and about 60 ms a guess.
COST: Final = 2**15
MAX_FAILURES: Final = 5
LOCKED_SECONDS: Final = 15 * 60
#: How long a password that was right need not be hashed again in this process.
_REMEMBERED_SECONDS: Final = 60
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_ADMIN: Final = "admin"


class Account(BaseModel):
    name: str
    role: Role
    cost: int
    salt: str
    hash: str


class Failures(BaseModel):
    """Wrong passwords in a row, and since when the account is locked."""

    count: int = 0
    last: float = 0


class Accounts:
    """Accounts of one bucket. A locked account and a wrong password look the same from outside."""

    def __init__(self, store: Store, *, cost: int = COST) -> None:
        self._store = store
        self._cost = cost
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
        self._forget_failures(name)
        return password

    def create_first_admin(self) -> tuple[str, str] | None:
        """The name and generated password of the first admin; None if there is any account."""
        if self.names():
            return None
        return _ADMIN, self.create(_ADMIN, "admin")

    def remove(self, name: str) -> None:
        self._read(name)  # NotFound for people
        self._store.delete(_key(name))
        self._forget_failures(name)

    def names(self) -> list[tuple[str, Role]]:
        found = [
            Account.model_validate_json(self._store.read(entry.key))
            for entry in self._store.list("accounts")
            if entry.key.endswith(".account.json")
        ]
        return [(account.name, account.role) for account in found]

    def check(self, name: str, password: str) -> Role | None:
        """The role, or None: unknown, wrong or locked."""
        try:
            account = self._read(name)
        except NotFound:
            _hash(password, bytes(16), self._cost)  # takes as long as a name that exists
            return None
        proof = hmac.digest(
            self._secret, f"{account.hash}\0{password}".encode("utf-8", "surrogatepass"), "sha256"
        )
        if self._remembered.get(proof, 0) > time.monotonic():
            return account.role
        locked = self._is_locked(name)
        right = hmac.compare_digest(
            _hash(password, bytes.fromhex(account.salt), account.cost).hex(), account.hash
        )
        if locked:
            return None
        if not right:
            self._count_failure(name)
            return None
        self._forget_failures(name)
        if len(self._remembered) > 1000:
            self._remembered.clear()
        self._remembered[proof] = time.monotonic() + _REMEMBERED_SECONDS
        return account.role

    def _read(self, name: str) -> Account:
        if not _NAME.fullmatch(name):
            raise NotFound(f"there is no account {name!r}")
        return Account.model_validate_json(self._store.read(_key(name)))

    def _is_locked(self, name: str) -> bool:
        failures, _ = self._failures(name)
        return failures.count >= MAX_FAILURES and time.time() < failures.last + LOCKED_SECONDS

    def _failures(self, name: str) -> tuple[Failures, str | None]:
        try:
            data, etag = self._store.read_with_etag(_failures_key(name))
        except NotFound:
            return Failures(), None
        return Failures.model_validate_json(data), etag

    def _count_failure(self, name: str) -> None:
        """Guesses made at the same time are all counted: the write is conditional."""
        for _ in range(20):
            failures, etag = self._failures(name)
            expired = time.time() > failures.last + LOCKED_SECONDS
            counted = Failures(count=1 if expired else failures.count + 1, last=time.time())
            data = counted.model_dump_json().encode()
            try:
                if etag is None:
                    self._store.create(_failures_key(name), data)
                else:
                    self._store.replace(_failures_key(name), data, etag)
            except Conflict:
                continue
            return

    def _forget_failures(self, name: str) -> None:
        if self._store.exists(_failures_key(name)):
            self._store.delete(_failures_key(name))


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


def _key(name: str) -> str:
    return f"accounts/{name}.account.json"


def _failures_key(name: str) -> str:
    return f"accounts/{name}.failures.json"
