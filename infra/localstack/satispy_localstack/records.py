"""The records of objects on disk: JSON with explicit fields, which runs no code when it is read.

Records of before were pickles. One is still read, by an unpickler that knows the few classes such a
record may hold and nothing else, and is written anew as JSON.
"""

import hashlib
import importlib
import io
import json
import logging
import pickle
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from enum import Enum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.tz import tzutc
from localstack.services.s3.models import S3DeleteMarker, S3Object

LOG = logging.getLogger(__name__)

RECORD = ".object"
BROKEN = ".broken"

MARKER = ("key", "version_id", "last_modified", "written")
#: Given by whoever put the object: any names, any strings.
METADATA = ("user_metadata", "system_metadata")
OBJECT = (
    *MARKER,
    *METADATA,
    *("bytes_file", "size", "etag", "storage_class", "expires", "expiration", "owner", "acl"),
    *("checksum_algorithm", "checksum_value", "checksum_type"),
    *("encryption", "kms_key_id", "bucket_key_enabled", "sse_key_hash"),
    *("lock_mode", "lock_legal_status", "lock_until", "website_redirect_location", "restore"),
    *("parts", "internal_last_modified"),
)
TIME = "time"


class BrokenRecord(Exception):
    """Bytes that are no record of an object."""


class Records:
    """The records of one bucket's objects: files for this user alone, each replaced whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    def _path(self, key: str, version: str | None) -> Path:
        identity = f"{key}?{version or 'null'}"
        digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / (digest + RECORD)

    def save(self, entry: Any) -> None:
        """Write the record of an object or delete marker; the object exists from here on."""
        if not hasattr(entry, "written"):
            entry.written = time.time_ns()  # the order of versions, and of the listing
        path = self._path(entry.key, entry.version_id)
        partial = path.with_suffix(f".{uuid.uuid4().hex}.partial")
        partial.write_bytes(to_json(entry))
        partial.replace(path)

    def drop(self, entry: Any) -> None:
        self._path(entry.key, entry.version_id).unlink(missing_ok=True)

    def load(self) -> list[Any]:
        """Every entry, oldest first; files that no record points to are what a kill left over.

        A broken record is set aside under a name of its own (`<id>.broken`), and the bytes of all
        objects stay as long as there is one: it may be mended by hand.
        """
        entries = [entry for path in self.folder.glob(f"*{RECORD}") if (entry := self._read(path))]
        kept = {getattr(entry, "bytes_file", None) for entry in entries}
        some_broken = any(self.folder.glob(f"*{BROKEN}"))
        for path in self.folder.iterdir():
            left_over = path.suffix == ".partial" or not (
                path.suffix in (RECORD, BROKEN) or path.name in kept or some_broken
            )
            if path.is_file() and left_over:
                path.unlink()
        return sorted(entries, key=lambda entry: entry.written)

    def _read(self, path: Path) -> Any:
        try:
            data = path.read_bytes()
            entry = from_json(data) if data.startswith(b"{") else from_pickle(data)
            if self._path(entry.key, entry.version_id) != path:
                raise BrokenRecord("it is of another object")
            bytes_file = getattr(entry, "bytes_file", None)
            if bytes_file is not None and not (self.folder / bytes_file).is_file():
                raise BrokenRecord("the bytes of its object are gone")
        except BrokenRecord as error:
            aside = path.with_suffix(BROKEN)
            path.replace(aside)
            LOG.error("%s is left out, it is no record of an object: %s", aside, error)
            return None
        if not data.startswith(b"{"):
            self.save(entry)
        return entry


def to_json(entry: Any) -> bytes:
    fields = MARKER if isinstance(entry, S3DeleteMarker) else OBJECT
    record = {
        name: getattr(entry, name, None) if name in METADATA else _plain(getattr(entry, name, None))
        for name in fields
    }
    kind = "marker" if isinstance(entry, S3DeleteMarker) else "object"
    return json.dumps({"kind": kind, **record}, indent=1).encode()


def from_json(data: bytes) -> Any:
    """Raises BrokenRecord."""
    try:
        record = json.loads(data)
        is_marker = {"marker": True, "object": False}[record["kind"]]
        entry = (
            S3DeleteMarker(record["key"], record["version_id"])
            if is_marker
            else S3Object(record["key"])
        )
        for name in MARKER if is_marker else OBJECT:
            value = record[name]
            setattr(entry, name, value if name in METADATA else _restored(value))
        if not is_marker:
            # JSON has no numbers as names.
            entry.parts = {int(number): part for number, part in (entry.parts or {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenRecord(f"{type(error).__name__}: {error}") from error
    return _checked(entry)


def _checked(entry: Any) -> Any:
    if not isinstance(entry.key, str) or not isinstance(entry.written, int):
        raise BrokenRecord("it has no key, or no place in the order of versions")
    if not isinstance(entry.last_modified, datetime) or entry.last_modified.tzinfo is None:
        raise BrokenRecord("it does not say when the object was put")
    if isinstance(entry, S3Object):
        name = entry.bytes_file
        # It is joined to a folder.
        if not isinstance(name, str) or not name.isalnum() or not isinstance(entry.size, int):
            raise BrokenRecord("it does not say where the bytes are")
    entry.is_current = True  # until a newer version is put above it
    return entry


def _plain(value: Any) -> Any:
    """JSON for LocalStack's values: a moment becomes {"time": …}."""
    if isinstance(value, datetime):
        return {TIME: value.isoformat()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {TIME}:
            moment = datetime.fromisoformat(value[TIME])
            return moment.astimezone(ZoneInfo("GMT")) if moment.tzinfo else moment
        return {name: _restored(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_restored(each) for each in value]
    return value


class _Unpickler(pickle.Unpickler):
    """Of records as this provider once wrote them: these classes, and LocalStack's enumerations."""

    def find_class(self, module: str, name: str) -> Any:
        allowed: dict[tuple[str, str], Callable[..., Any]] = {
            ("localstack.services.s3.models", "S3Object"): S3Object,
            ("localstack.services.s3.models", "S3DeleteMarker"): S3DeleteMarker,
            ("datetime", "datetime"): datetime,
            ("datetime", "timedelta"): timedelta,
            ("datetime", "timezone"): timezone,
            ("dateutil.tz.tz", "tzutc"): tzutc,
            ("zoneinfo", "ZoneInfo"): ZoneInfo,
            ("builtins", "getattr"): _attribute_of_a_zone,
        }
        if found := allowed.get((module, name)):
            return found
        if module == "localstack.aws.api.s3":
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and issubclass(found, Enum):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a record")


def _attribute_of_a_zone(owner: Any, name: str) -> Any:
    """Time zones are pickled as `getattr(ZoneInfo, "_unpickle")`; nothing else may be asked so."""
    if owner is ZoneInfo and name == "_unpickle":
        return lambda key, _: ZoneInfo(key)
    raise pickle.UnpicklingError(f"{name} of {owner!r} has no place in a record")


def from_pickle(data: bytes) -> Any:
    """Raises BrokenRecord."""
    try:
        entry = _Unpickler(io.BytesIO(data)).load()
    except Exception as error:  # a broken pickle raises anything
        raise BrokenRecord(f"{type(error).__name__}: {error}") from error
    if not isinstance(entry, S3Object | S3DeleteMarker):
        raise BrokenRecord(f"it is a {type(entry).__name__}")
    try:
        return from_json(to_json(entry))  # what JSON cannot hold has no place in a record either
    except (TypeError, ValueError, RecursionError) as error:
        raise BrokenRecord(f"{type(error).__name__}: {error}") from error
