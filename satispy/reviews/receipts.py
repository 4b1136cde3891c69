"""What became of an upload: `receipts/<name>.json`, one for each put of each file."""

import contextlib
import datetime as dt
import hashlib
import logging
import unicodedata
from collections.abc import Callable
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from satispy.errors import BrokenArtefact, Conflict, NotFound, NotYet
from satispy.keys import LeftOut, shown, why_unusable
from satispy.reviews.notes import Note
from satispy.reviews.proposal import Proposal
from satispy.sentence import Sentence
from satispy.storage import Entry, Store

log = logging.getLogger(__name__)

UPLOADS: Final = "uploads/"
#: The newest receipts in one object, written with each: who follows them need not list a year.
RECENT: Final = "summaries/receipts.json"
MOST_RECENT: Final = 50
_FORMS: Final[tuple[Literal["NFC", "NFD"], ...]] = ("NFC", "NFD")
#: In bytes of UTF-8: a longer name is cut where it names receipts, since a key has 1024 at most.
_LONGEST_NAME: Final = 900


class Reason(BaseModel):
    """Why rows were rejected, with the first few lines it happened in.

    `example`: the cell of the first of them, masked; `accepted`: forms that would do.
    """

    code: str
    message: str
    count: int
    lines: list[int]
    example: str = ""
    accepted: str = ""


class Waits(BaseModel):
    """Why no retrain has started yet: too few new reviews, or too soon after the last."""

    rows: int
    least: int
    earliest: dt.datetime | None = None

    @classmethod
    def of(cls, not_yet: NotYet) -> "Waits":
        return cls(rows=not_yet.rows, least=not_yet.least, earliest=not_yet.earliest)

    @property
    def sentence(self) -> Sentence:
        return NotYet(self.rows, self.least, self.earliest).sentence

    def __str__(self) -> str:
        return str(self.sentence)


class Refusal(BaseModel):
    """Why a whole file is refused, as facts, from which each reader gets a sentence."""

    message: str
    values: "dict[str, Refusal | int | float | str]" = {}

    @classmethod
    def of(cls, said: Sentence, hide: Callable[[str], str] = str) -> "Refusal":
        """hide: masks what values quote of the file."""
        return cls(
            message=said.message,
            values={name: _kept(value, hide) for name, value in said.values.items()},
        )

    @property
    def sentence(self) -> Sentence:
        """With figures and words as values, whatever they were."""
        values = {
            name: value.sentence if isinstance(value, Refusal) else value
            for name, value in self.values.items()
        }
        return Sentence(self.message, **values)


def _kept(value: object, hide: Callable[[str], str]) -> Refusal | int | float | str:
    if isinstance(value, int | float):
        return value
    said = value if isinstance(value, Sentence) else getattr(value, "sentence", None)
    return Refusal.of(said, hide) if isinstance(said, Sentence) else hide(str(value))


class Receipt(BaseModel):
    """received = added + duplicate + rejected, unless the whole file was refused."""

    model_config = ConfigDict(frozen=True)

    upload: str  # uploads/<upload>.csv
    key: str
    put: str  # tells apart two files put under one name
    put_at: dt.datetime
    digest: str = ""
    received: int = 0
    added: int = 0
    duplicate: int = 0
    rejected: int = 0
    reasons: list[Reason] = []
    quarantine: str | None = None
    refused: str | None = None  # in English
    refusal: Refusal | None = None
    #: The version of the dataset in which all rows of this upload stand.
    dataset_version: int | None = None
    run: str | None = None  # the retrain that was started
    waits: Waits | None = None  # or why none is yet
    recognised: str | None = None  # the known export whose header it has
    encoding: str | None = None
    encoding_sure: float | None = None  # 0 to 1
    separator: str | None = None
    compressed: bool = False
    columns: dict[str, str] = {}  # field → the column it was read from
    notes: list[Note] = []
    proposal: Proposal | None = None  # of columns, where the header is not known
    masked: dict[str, int] = {}
    masked_by_column: dict[str, dict[str, int]] = {}
    dropped: list[str] = []  # columns of personal data, not kept
    finished: dt.datetime
    seconds: float


class Recent(BaseModel):
    """The newest, the oldest upload first."""

    receipts: list[Receipt] = []

    def with_one(self, receipt: Receipt) -> "Recent":
        """In the place of what was known of this put."""
        others = [r for r in self.receipts if (r.key, r.put) != (receipt.key, receipt.put)]
        return Recent(receipts=_in_order([*others, receipt])[-MOST_RECENT:])


class Chunk(BaseModel):
    """Rows that were looked up and committed together."""

    rows: int
    added: int


class Progress(BaseModel):
    """The chunks of an upload that are merged, in order."""

    put: str = ""
    of: str = ""  # the dataset, between two restores
    chunks: list[Chunk] = []

    @property
    def rows(self) -> int:
        return sum(chunk.rows for chunk in self.chunks)


def why_refused(receipt: Receipt) -> Sentence:
    """Of a receipt of before there were facts, the English."""
    english = receipt.refused or ""
    return receipt.refusal.sentence if receipt.refusal else Sentence(english)


#: A reason that rejects so many of an upload's rows is a fault of the file, not of its rows.
NEARLY_ALL: Final = 0.9


def fault_of_the_file(receipt: Receipt) -> Reason | None:
    """The reason that rejected nearly all rows, to be said first."""
    reason = receipt.reasons[0] if receipt.reasons else None
    return reason if reason and reason.count >= NEARLY_ALL * max(receipt.received, 3) else None


def upload_name(key: str) -> str:
    """`uploads/x.csv` → `x`; `uploads/x.csv.gz` keeps its ending, since x.csv may exist too."""
    return key.removeprefix(UPLOADS).removesuffix(".csv")


def receipt_key(key_or_name: str) -> str:
    return f"receipts/{_filed(key_or_name)}.json"


def quarantine_key(key_or_name: str) -> str:
    return f"quarantine/{_filed(key_or_name)}.csv"


def _filed(key_or_name: str) -> str:
    name = upload_name(key_or_name)
    encoded = name.encode("utf-8", "surrogatepass")
    if len(encoded) <= _LONGEST_NAME and not why_unusable(f"receipts/{name}.json"):
        return name
    # Its beginning, for people, and a digest of all of it. What is left is a path of any store.
    beginning = shown(encoded[:200].decode(errors="ignore")).replace("\\", "-")
    parts = [part for part in beginning.split("/") if part.strip(".")]
    return f"{'/'.join(parts).rstrip('/.')}~{hashlib.sha256(encoded).hexdigest()[:16]}"


def put_id(version: str | None, etag: str | None, modified: dt.datetime) -> str:
    """Names one put of an object: an event delivered twice has the same, a second put another."""
    told_apart_by = version or f"{etag} {modified.isoformat()}"
    return hashlib.sha256(told_apart_by.encode()).hexdigest()[:12]


def put_of(entry: Entry) -> str:
    return put_id(entry.version, entry.etag, entry.modified)


def read(store: Store, key_or_name: str) -> Receipt:
    """The receipt of the newest put. Raises NotFound while it is not merged, BrokenArtefact if
    something else stands in its place."""
    key = receipt_key(key_or_name)
    return parse(key, store.read(key))


def named(store: Store, name: str) -> Receipt:
    """`read` for a name that a person typed: accents may be composed otherwise than in the key."""
    for spelled in dict.fromkeys((name, *(unicodedata.normalize(form, name) for form in _FORMS))):
        with contextlib.suppress(NotFound):
            return read(store, spelled)
    wanted = unicodedata.normalize("NFC", receipt_key(name))
    for entry in store.list("receipts"):
        if unicodedata.normalize("NFC", entry.key) == wanted:
            return parse(entry.key, store.read(entry.key))
    raise NotFound(
        "there is no receipt of %(name)s: `satispy reviews receipts` lists them", name=name
    )


def find(store: Store, key: str, put: str) -> Receipt | None:
    """The receipt of this very put, if there is one."""
    for name in (upload_name(key), f"{upload_name(key)}@{put}"):
        try:
            receipt = read(store, name)
        except (NotFound, BrokenArtefact):
            continue
        if receipt.put == put:
            return receipt
    return None


def all(store: Store) -> list[Receipt]:
    """Every receipt, the oldest upload first."""
    return survey(store)[0]


def survey(store: Store, newest: int | None = None) -> tuple[list[Receipt], list[LeftOut]]:
    """Every receipt or the newest, the oldest upload first, and what stands there and is none."""
    found, left_out = store.parsed("receipts", parse, newest=newest)
    return _in_order(found), left_out


def _in_order(found: list[Receipt]) -> list[Receipt]:
    return sorted(found, key=lambda receipt: (receipt.put_at, receipt.finished))


def parse_recent(key: str, data: bytes) -> Recent:
    """Raises BrokenArtefact."""
    try:
        return Recent.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not the newest receipts") from error


def newest(store: Store, most: int) -> list[Receipt]:
    """At most so many, the oldest upload first; beyond what is kept, every key is listed."""
    if most <= MOST_RECENT:
        with contextlib.suppress(NotFound, BrokenArtefact):
            return parse_recent(RECENT, store.read(RECENT)).receipts[-most:]
    return survey(store, most)[0]


def _remember(store: Store, receipt: Receipt) -> None:
    """Among the newest. Nobody loses a merge over it: what is missed stands in its own receipt."""

    def with_it(data: bytes | None) -> bytes:
        try:
            known = parse_recent(RECENT, data or b"")
        except BrokenArtefact:  # of a bucket that has receipts of before there was a summary
            known = Recent(receipts=survey(store, MOST_RECENT)[0])
        return known.with_one(receipt).model_dump_json().encode()

    try:
        store.update(RECENT, with_it)
    except Conflict as conflict:
        log.warning("%s is not among the newest receipts: %s", shown(receipt.key), conflict)


def of_newest_puts(found: list[Receipt]) -> list[Receipt]:
    """Of receipts, the oldest upload first, that of the newest put of each upload."""
    return list({receipt.key: receipt for receipt in found}.values())


def make_room(store: Store, receipt: Receipt) -> str:
    """The name under which to file what belongs to this put: `x`, or `x@<put>` if a newer file of
    that name was merged first. What an older put has filed as `x` is moved to its `x@<put>`."""
    try:
        latest = read(store, receipt.key)
    except (NotFound, BrokenArtefact):
        return receipt.upload
    if latest.put == receipt.put:
        return receipt.upload
    if latest.put_at > receipt.put_at:
        return f"{receipt.upload}@{receipt.put}"
    older = f"{latest.upload}@{latest.put}"
    if latest.quarantine:
        # Only if it is not there: after a crash the plain name may hold ours already.
        with contextlib.suppress(Conflict):
            store.create(quarantine_key(older), store.read(latest.quarantine))
        latest = latest.model_copy(update={"quarantine": quarantine_key(older)})
    store.write(receipt_key(older), _json(latest))
    _remember(store, latest)
    return receipt.upload


def save(store: Store, receipt: Receipt) -> None:
    """Write it, beside those of other files that were put under its name."""
    place = receipt_key(make_room(store, receipt))
    _remember(store, receipt)  # first: a merge that is killed in between is run again, with both
    store.write(place, _json(receipt))
    if store.exists(_progress_key(receipt.key)):
        store.delete(_progress_key(receipt.key))


def save_progress(store: Store, key: str, progress: Progress) -> None:
    """How far the merge of a large upload is: for who waits, and for a merge that is run again."""
    store.write(_progress_key(key), progress.model_dump_json().encode())


def progress(store: Store, key: str) -> Progress:
    try:
        return Progress.model_validate_json(store.read(_progress_key(key)))
    except (NotFound, ValidationError):  # whoever put rubbish there waits without figures
        return Progress()


def _progress_key(key: str) -> str:
    return f"receipts/{_filed(key)}.progress"


def parse(key: str, data: bytes) -> Receipt:
    """Raises BrokenArtefact."""
    try:
        receipt = Receipt.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not a receipt") from error
    for moment in (receipt.put_at, receipt.finished):
        if moment.tzinfo is None:  # such a one cannot be compared with the others
            raise BrokenArtefact("a receipt whose times have no zone")
    return receipt


def _json(receipt: Receipt) -> bytes:
    return receipt.model_dump_json(indent=2).encode()
