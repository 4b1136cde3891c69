"""What became of an upload: `receipts/<name>.json`, one for each put of each file."""

import datetime as dt
import hashlib
from typing import Final

from pydantic import BaseModel, ConfigDict

from satispy.errors import NotFound
from satispy.storage import Store

UPLOADS: Final = "uploads/"


class Reason(BaseModel):
    """Why rows were rejected, with the first few lines it happened in."""

    code: str
    message: str
    count: int
    lines: list[int]


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
    refused: str | None = None
    #: The version of the dataset in which all rows of this upload stand.
    dataset_version: int | None = None
    run: str | None = None  # the retrain that was started
    encoding: str | None = None
    separator: str | None = None
    compressed: bool = False
    columns: dict[str, str] = {}  # field → the column it was read from
    masked: dict[str, int] = {}
    finished: dt.datetime
    seconds: float


def upload_name(key: str) -> str:
    """`uploads/x.csv` → `x`; `uploads/x.csv.gz` keeps its ending, since x.csv may exist too."""
    return key.removeprefix(UPLOADS).removesuffix(".csv")


def receipt_key(key_or_name: str) -> str:
    return f"receipts/{upload_name(key_or_name)}.json"


def quarantine_key(key_or_name: str) -> str:
    return f"quarantine/{upload_name(key_or_name)}.csv"


def put_id(version: str | None, etag: str | None, modified: dt.datetime) -> str:
    """Names one put of an object: an event delivered twice has the same, a second put another."""
    told_apart_by = version or f"{etag} {modified.isoformat()}"
    return hashlib.sha256(told_apart_by.encode()).hexdigest()[:12]


def read(store: Store, key_or_name: str) -> Receipt:
    """The receipt of the newest put. Raises NotFound while it is not merged."""
    return Receipt.model_validate_json(store.read(receipt_key(key_or_name)))


def find(store: Store, key: str, put: str) -> Receipt | None:
    """The receipt of this very put, if there is one."""
    for candidate in (receipt_key(key), _older_key(key, put)):
        try:
            receipt = Receipt.model_validate_json(store.read(candidate))
        except NotFound:
            continue
        if receipt.put == put:
            return receipt
    return None


def all(store: Store) -> list[Receipt]:
    """Every receipt, the oldest upload first."""
    found = [
        Receipt.model_validate_json(store.read(entry.key))
        for entry in store.list("receipts")
        if entry.key.endswith(".json")
    ]
    return sorted(found, key=lambda receipt: (receipt.put_at, receipt.finished))


def newest(store: Store) -> list[Receipt]:
    """The receipt of the newest put of each upload."""
    return list({receipt.key: receipt for receipt in all(store)}.values())


def save(store: Store, receipt: Receipt) -> None:
    """Write it; a receipt for an earlier put under the same name is kept beside it."""
    try:
        latest = read(store, receipt.key)
    except NotFound:
        latest = None
    if latest and latest.put != receipt.put:
        if latest.put_at > receipt.put_at:  # this event came late: the newer file was merged first
            store.write(_older_key(receipt.key, receipt.put), _json(receipt))
            return
        store.write(_older_key(receipt.key, latest.put), _json(latest))
    store.write(receipt_key(receipt.key), _json(receipt))
    if store.exists(_progress_key(receipt.key)):
        store.delete(_progress_key(receipt.key))


def save_progress(store: Store, key: str, rows: int) -> None:
    """How many rows of a large upload are merged so far, for who waits for its receipt."""
    store.write(_progress_key(key), str(rows).encode())


def progress(store: Store, key: str) -> int:
    try:
        return int(store.read(_progress_key(key)))
    except NotFound:
        return 0


def _progress_key(key: str) -> str:
    return f"receipts/{upload_name(key)}.progress"


def _older_key(key: str, put: str) -> str:
    return f"receipts/{upload_name(key)}@{put}.json"


def _json(receipt: Receipt) -> bytes:
    return receipt.model_dump_json(indent=2).encode()
