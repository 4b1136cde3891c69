"""A file that a browser sends in parts, so that a broken connection costs one part: each is an
object below `sending/` until the last has come, and then all are put under `uploads/` as one.

Whose file it is stands in the key: nobody else finds it, or goes on with it. Nothing is held in
memory but a part, and nothing between two requests, so any process of the app may take the next.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Final, Literal

from pydantic import BaseModel, Field, ValidationError

from satispy.errors import BrokenArtefact, Conflict, NotFound, SatispyError
from satispy.keys import why_unusable
from satispy.reviews.receipts import UPLOADS, put_of
from satispy.storage import Store

PREFIX: Final = "sending"
#: Bytes of a part; the last is what is left.
PART: Final = 8 << 20
MOST: Final = 1 << 30
#: What nobody has gone on with for so long is deleted.
KEPT: Final = timedelta(days=2)
_FILE: Final = "file.json"
_SENT: Final = "sent.json"

Why = Literal["not-csv", "empty", "too-large", "name"]


class Unsuitable(SatispyError):
    """A file that cannot be an upload, by its name or size; `code` says why."""

    def __init__(self, code: Why) -> None:
        self.code = code
        super().__init__("the file is not taken: %(code)s", code=code)


class File(BaseModel):
    """As its sender names it."""

    name: str = Field(min_length=1, max_length=1000)
    size: int = Field(ge=0)
    #: Milliseconds of 1970: the same file chosen again goes on, another of its name does not.
    modified: int


class Sent(BaseModel):
    """Put under `uploads/`."""

    key: str
    put: str


@dataclass(frozen=True)
class Sending:
    """One file of one account, on its way."""

    owner: str
    id: str
    file: File

    @property
    def name(self) -> str:
        # A browser on Windows may send a path.
        return PurePosixPath(self.file.name.replace("\\", "/")).name

    @property
    def key(self) -> str:
        return UPLOADS + self.name

    @property
    def parts(self) -> int:
        return -(-self.file.size // PART)

    def size_of(self, part: int) -> int:
        """Bytes that the part must have; 0 where there is no such part."""
        return max(0, min(PART, self.file.size - part * PART)) if part >= 0 else 0

    def at(self, name: str = "") -> str:
        return f"{_home(self.owner)}{self.id}/{name}"


class InParts:
    """What is on its way into a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, owner: str, file: File) -> Sending:
        """Begin, or go on. What was sent before is sent anew. Raises Unsuitable."""
        digest = hashlib.sha256(f"{file.name}\0{file.size}\0{file.modified}".encode())
        sending = Sending(owner, digest.hexdigest()[:32], file)
        _demand_suitable(sending)
        self._tidy(owner)
        self._delete(sending.at(_SENT))
        self._store.write(sending.at(_FILE), file.model_dump_json().encode())
        return sending

    def find(self, owner: str, id: str) -> Sending:
        """Raises NotFound."""
        stored = self._store.read(f"{_home(owner)}{id}/{_FILE}")
        try:
            return Sending(owner, id, File.model_validate_json(stored))
        except ValidationError as error:
            raise BrokenArtefact(
                "%(home)s%(id)s is not what the app writes", home=_home(owner), id=id
            ) from error

    def have(self, sending: Sending) -> list[int]:
        """The parts that are there, whole."""
        found = []
        for entry in self._store.list(sending.at()):
            name = entry.key.rpartition("/")[2]
            if name.isdigit() and entry.size == sending.size_of(int(name)):
                found.append(int(name))
        return sorted(found)

    def sent(self, sending: Sending) -> Sent | None:
        try:
            return Sent.model_validate_json(self._store.read(sending.at(_SENT)))
        except NotFound:
            return None

    def take(self, sending: Sending, part: int, data: bytes) -> None:
        """Raises Conflict where the part must have another size."""
        if not data or len(data) != sending.size_of(part):
            raise Conflict(
                "part %(part)s of %(name)s has %(data)s bytes",
                part=part,
                name=sending.name,
                data=len(data),
            )
        self._store.write(sending.at(f"{part:05}"), data)

    def join(self, sending: Sending) -> Sent:
        """Put the file and delete its parts. Raises Conflict while some are missing."""
        self.demand_all(sending)
        keys = [sending.at(f"{part:05}") for part in range(sending.parts)]
        if len(keys) == 1:
            self._store.write(sending.key, self._store.read(keys[0]))
        else:
            self._store.write(sending.key, self._bytes(keys))
        entry = self._store.describe(sending.key)
        if entry.size != sending.file.size:
            raise Conflict("somebody else has just sent another %(name)s", name=sending.name)
        sent = Sent(key=sending.key, put=put_of(entry))
        self._store.write(sending.at(_SENT), sent.model_dump_json().encode())
        for key in keys:
            self._delete(key)
        return sent

    def demand_all(self, sending: Sending) -> None:
        """Raises Conflict while parts are missing."""
        if (have := self.have(sending)) != list(range(sending.parts)):
            raise Conflict(
                "%(parts)s parts of %(name)s are missing",
                parts=sending.parts - len(have),
                name=sending.name,
            )

    def cancel(self, sending: Sending) -> None:
        for entry in self._store.list(sending.at()):
            self._delete(entry.key)

    def _bytes(self, keys: list[str]) -> Iterator[bytes]:
        for key in keys:
            yield self._store.read(key)

    def _tidy(self, owner: str) -> None:
        """Of this account; in AWS a rule of the bucket does it for all."""
        old = datetime.now(UTC) - KEPT
        for entry in self._store.list(_home(owner)):
            if entry.modified < old:
                self._delete(entry.key)

    def _delete(self, key: str) -> None:
        try:
            self._store.delete(key)
        except NotFound:  # a folder says so, S3 does not
            return


def _home(owner: str) -> str:
    """Names of accounts are not for keys."""
    return f"{PREFIX}/{hashlib.sha256(owner.encode()).hexdigest()[:16]}/"


def _demand_suitable(sending: Sending) -> None:
    if not sending.name.lower().endswith((".csv", ".csv.gz")):
        raise Unsuitable("not-csv")
    if why_unusable(sending.key):
        raise Unsuitable("name")
    if not sending.file.size:
        raise Unsuitable("empty")
    if sending.file.size > MOST:
        raise Unsuitable("too-large")
