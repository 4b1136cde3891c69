"""What an entry is: a fact, its place, and the hash of the entry before; its bytes and its key."""

import hashlib
import json
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.types import JsonValue

from satispy.errors import BrokenArtefact
from satispy.keys import shown

PREFIX: Final = "journal/entries"
#: Entries a journal can hold. Keys count down from it: the newest are what S3 lists first.
MOST: Final = 10**9
#: Before the first entry.
NOTHING: Final = "0" * 64
_KEY: Final = re.compile(rf"{PREFIX}/(\d{{9}})-(\d{{1,9}})\.json")

Via = Literal["app", "api", "cli", "pipeline"]
#: On one line and not endless, with nothing that moves a cursor.
Line = Annotated[str, BeforeValidator(lambda text: shown(text, 300))]


class What(StrEnum):
    """What can be entered. Codes stay what they are: old entries have them."""

    UPLOAD_ALLOWED = "upload.allowed"
    UPLOAD_SENT = "upload.sent"
    UPLOAD_MENDED = "upload.mended"
    UPLOAD_MERGED = "upload.merged"
    UPLOAD_REFUSED = "upload.refused"
    MAPPING_REMEMBERED = "mapping.remembered"
    MAPPING_FORGOTTEN = "mapping.forgotten"
    REVIEW_CORRECTED = "review.corrected"
    REVIEW_DELETED = "review.deleted"
    REVIEWS_RESTORED = "reviews.restored"
    REVIEWS_VACUUMED = "reviews.vacuumed"
    RETRAIN_ASKED = "retrain.asked"
    RETRAIN_STARTED = "retrain.started"
    RETRAIN_ENDED = "retrain.ended"
    RETRAIN_STOPPED = "retrain.stopped"
    RETRAIN_FAILED = "retrain.failed"
    MODEL_PROMOTED = "model.promoted"
    MODEL_ROLLED_BACK = "model.rolled_back"
    MODEL_DEFAULT = "model.default"
    ACCOUNT_SET = "account.set"
    ACCOUNT_REMOVED = "account.removed"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    ALERT_SILENCED = "alert.silenced"
    ALERT_TESTED = "alert.tested"
    FAILED = "act.failed"


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Actor(Record):
    """Whose doing it is: an account, the user of a machine, or a function of ours."""

    who: Line
    via: Via


class Fact(Record):
    """What is to be entered. Holds no secret and nothing of what customers wrote."""

    by: Actor
    what: str = Field(
        pattern=r"^[a-z]+\.[a-z_]+$", description="Of `What`, or of a later version's"
    )
    on: Line = Field(description="An upload, a run, a family, an account, a version of the dataset")
    why: Line = ""
    at: AwareDatetime = Field(
        default_factory=lambda: datetime.now(UTC), description="When it was done"
    )
    before: dict[str, JsonValue] = Field(default_factory=dict)
    after: dict[str, JsonValue] = Field(default_factory=dict)


class Anchor(Record):
    """An entry and its hash, kept elsewhere: a journal that has lost or changed it is found out."""

    number: int = Field(ge=0)
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class Entry(Fact):
    number: int = Field(ge=1, lt=MOST, description="1 is the first, none is left out")
    when: AwareDatetime = Field(description="When it was entered, never before the one before")
    event: str = Field(description="What happened once is entered once: its name")
    previous: str = Field(description="Hash of the entry before")
    hash: str = Field(description="SHA-256 of this entry as canonical JSON without this field")

    @property
    def anchor(self) -> Anchor:
        return Anchor(number=self.number, hash=self.hash)


def made(fact: Fact, event: str, number: int, previous: str, when: datetime) -> tuple[Entry, bytes]:
    """The entry and the bytes of it that are stored."""
    about: dict[str, Any] = {
        **fact.model_dump(mode="json"),
        "number": number,
        "when": when.astimezone(UTC).isoformat(),
        "event": event,
        "previous": previous,
    }
    about["hash"] = hash_of(about)
    return Entry.model_validate(about), canonical(about)


def canonical(about: dict[str, Any]) -> bytes:
    """Names sorted, no space, ASCII: one way to write it."""
    return json.dumps(about, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def hash_of(about: dict[str, Any]) -> str:
    without = {name: value for name, value in about.items() if name != "hash"}
    return hashlib.sha256(canonical(without)).hexdigest()


def parse(number: int, data: bytes) -> Entry:
    """The entry of this place, of its bytes. Raises BrokenArtefact, and says what is wrong."""
    entry = read(data)
    if entry.number != number:
        raise BrokenArtefact("is entry %(number)s, moved to another place", number=entry.number)
    return entry


def read(data: bytes) -> Entry:
    """The entry, whatever its place. Raises BrokenArtefact.

    Fields that a later version writes are covered by the hash, and left out of the entry.
    """
    try:
        about = json.loads(data)
        entry = Entry.model_validate(about)
        same = entry.hash == hash_of(about) and canonical(about) == data
    except (ValueError, RecursionError) as error:  # pydantic's is a ValueError too
        raise BrokenArtefact("was edited: it is no entry") from error
    if not same:
        raise BrokenArtefact("was edited: its hash is another's")
    return entry


def key_of(number: int) -> str:
    return f"{PREFIX}/{MOST - number:09d}-{number}.json"


def number_of(key: str) -> int | None:
    """None: it is no key of an entry."""
    if (found := _KEY.fullmatch(key)) and key_of(int(found[2])) == key:
        return int(found[2])
    return None
