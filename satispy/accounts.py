"""Who may come in: names, roles and password hashes, kept in the bucket under accounts/."""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from typing import Final, Literal

from pydantic import BaseModel, ValidationError

from satispy.attempts import Attempts
from satispy.errors import BrokenArtefact, NotFound, SatispyError
from satispy.keys import LeftOut
from satispy.storage import Store

Role = Literal["user", "admin"]

#: scrypt's n: 32 MB and about 60 ms a guess.
COST: Final = 2**15
#: How long a password that was right need not be hashed again in this process.
_REMEMBERED_SECONDS: Final = 60
LEAST_PASSWORD: Final = 12
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_ADMIN: Final = "admin"
_SUFFIX: Final = ".account.json"


class Account(BaseModel):
    name: str
    role: Role
    cost: int
    salt: str
    hash: str

    @property
    def mark(self) -> str:
        """Another one with each new password or role; says nothing of either."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]


class Accounts:
    """Accounts of one bucket. From outside a name that there is not looks like any other."""

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
        self._attempts = Attempts(store, clock, sleep)
        self._secret = secrets.token_bytes(32)
        self._remembered: dict[bytes, float] = {}

    def create(self, name: str, role: Role, password: str | None = None) -> str:
        """Add an account, or give it a new password and role; returns the password."""
        if not is_name(name):
            raise SatispyError("a name has 1 to 63 of a-z, 0-9, '.', '_' and '-'")
        password = password or secrets.token_urlsafe(15)
        if len(password) < LEAST_PASSWORD:
            raise SatispyError(
                "a password has at least %(least_password)s characters",
                least_password=LEAST_PASSWORD,
            )
        salt = secrets.token_bytes(16)
        account = Account(
            name=name,
            role=role,
            cost=self._cost,
            salt=salt.hex(),
            hash=_hash(password, salt, self._cost).hex(),
        )
        self._store.write(_key(name), account.model_dump_json().encode())
        return password

    def change_role(self, name: str, role: Role) -> None:
        """The password stays. Raises NotFound."""

        def changed(data: bytes | None) -> bytes | None:
            if data is None:
                raise NotFound("there is no account %(name)r", name=name)
            account = _parse(_key(name), data)
            return account.model_copy(update={"role": role}).model_dump_json().encode()

        self._store.update(_key(name), changed)

    def create_first_admin(self) -> tuple[str, str] | None:
        """The name and generated password of the first admin; None if there is any account."""
        if self.names():
            return None
        return _ADMIN, self.create(_ADMIN, "admin")

    def remove(self, name: str) -> None:
        """Raises NotFound. What stands there and is no account is removed too."""
        if not is_name(name) or not self._store.exists(_key(name)):
            raise NotFound("there is no account %(name)r", name=name)
        self._store.delete(_key(name))

    def names(self) -> list[tuple[str, Role]]:
        found, _ = self.survey()
        return [(account.name, account.role) for account in found]

    def an_admin(self, name: str = _ADMIN) -> str | None:
        """Who administers, this one if it does; None while nobody does."""
        found = self.of(name) if name else None
        if found and found.role == "admin":
            return found.name
        return next((each for each, role in self.names() if role == "admin"), None)

    def of(self, name: str) -> Account | None:
        """The account as it is now; None where there is none, or something that is none."""
        try:
            return self._read(name)
        except (NotFound, BrokenArtefact):
            return None

    def survey(self) -> tuple[list[Account], list[LeftOut]]:
        """The accounts, and what stands under accounts/ and is none."""
        return self._store.parsed("accounts", _parse, suffix=_SUFFIX)

    def check(self, name: str, password: str, address: str) -> Role | None:
        """The role, or None: unknown or wrong. Raises TooManyTries without looking at it."""
        account = self.of(name)
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
        salt, cost = (bytes.fromhex(account.salt), account.cost) if account else (b"", self._cost)
        # With another password the account's tries are counted anew.
        tried = self._attempts.count(f"{name}\0{account.hash if account else ''}", address)
        found = _hash(password, salt, cost).hex()
        if not (account and hmac.compare_digest(found, account.hash)):
            return None
        self._attempts.forgive(tried)
        if len(self._remembered) > 1000:
            self._remembered.clear()
        self._remembered[proof] = time.monotonic() + _REMEMBERED_SECONDS
        return account.role

    def _read(self, name: str) -> Account:
        if not is_name(name):
            raise NotFound("there is no account %(name)r", name=name)
        return _parse(_key(name), self._store.read(_key(name)))


def is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text))


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
