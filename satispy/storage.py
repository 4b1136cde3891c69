"""The only S3 client: a bucket, or a folder that behaves like one.

Every room gets a `Store` handed in. Tests hand in one rooted in a temporary folder, or one on an
in-process S3 server; nobody patches a client.
"""

import builtins
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    GenericError,
    NotFoundError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import LocalStore, S3Store

from satispy.errors import Conflict, NotFound, StorageUnreachable

if TYPE_CHECKING:
    from satispy.settings import Settings


@dataclass(frozen=True)
class Entry:
    """One stored object, without its bytes."""

    key: str
    size: int
    modified: datetime
    etag: str | None
    version: str | None = None  # where the bucket keeps versions
    metadata: Mapping[str, str] = field(default_factory=dict)  # only from `describe`


class Store:
    """Objects by key. Raises NotFound for a missing key, Conflict for a lost conditional write."""

    def __init__(self, objects: S3Store | LocalStore, url: str, options: dict[str, str]) -> None:
        self._objects = objects
        self.url = url
        #: What delta-rs needs to reach the same place.
        self.options = options

    @classmethod
    def folder(cls, root: Path) -> "Store":
        root.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(root), str(root.resolve()), {})

    @classmethod
    def bucket(cls, settings: "Settings", name: str = "") -> "Store":
        """Ours, or another that is reached alike."""
        if name:
            settings = settings.model_copy(update={"bucket": name})
        config: dict[str, Any] = {"region": settings.region}
        if settings.endpoint_url:
            config |= {"endpoint": settings.endpoint_url, "virtual_hosted_style_request": False}
        plain_http = bool(settings.endpoint_url and settings.endpoint_url.startswith("http://"))
        objects = S3Store(settings.bucket, client_options={"allow_http": plain_http}, **config)
        options = {
            "aws_region": settings.region,
            **({"aws_endpoint": settings.endpoint_url} if settings.endpoint_url else {}),
            **({"aws_allow_http": "true"} if plain_http else {}),
            # S3 has had conditional puts since 2024: no lock service is needed.
            "aws_conditional_put": "etag",
        }
        return cls(objects, f"s3://{settings.bucket}", options)

    def table_url(self, prefix: str) -> str:
        """The address of a Delta table under this prefix."""
        return f"{self.url}{'/' if '://' in self.url else os.sep}{prefix}"

    def read(self, key: str) -> bytes:
        with self._reaching(key):
            return bytes(obstore.get(self._objects, key).bytes())

    def read_with_etag(self, key: str) -> tuple[bytes, str | None]:
        """The bytes and the etag to give to `replace`."""
        with self._reaching(key):
            answer = obstore.get(self._objects, key)
            return bytes(answer.bytes()), answer.meta["e_tag"]

    def describe(self, key: str, version: str | None = None) -> Entry:
        """The object, or one version of it, with the metadata that its sender gave it."""
        with self._reaching(key):
            answer = obstore.get(self._objects, key, options=_at(version, head=True))
        metadata = {str(name): str(value) for name, value in answer.attributes.items()}
        return replace(_entry(answer.meta), metadata=metadata)

    def stream(
        self, key: str, chunk: int = 1 << 20, version: str | None = None, start: int = 0
    ) -> Iterator[bytes]:
        """The object's bytes from `start` on, about `chunk` at a time."""
        options = _at(version) | ({"range": {"offset": start}} if start else {})
        with self._reaching(key):
            answer = obstore.get(self._objects, key, options=options)
            for part in answer.stream(min_chunk_size=chunk):
                yield bytes(part)

    def write(
        self, key: str, data: bytes | Path, metadata: Mapping[str, str] | None = None
    ) -> None:
        """Write the bytes, or the file of this path; large ones go up in parts."""
        with self._reaching():
            obstore.put(self._objects, key, data, attributes=dict(metadata) if metadata else None)

    def create(self, key: str, data: bytes) -> None:
        """Write only if the key is free; raises Conflict if it is not."""
        with self._reaching():
            try:
                obstore.put(self._objects, key, data, mode="create")
            except (AlreadyExistsError, PreconditionError, FileExistsError) as error:
                raise Conflict(f"{self.url}/{key} exists already") from error

    def replace(self, key: str, data: bytes, etag: str | None) -> None:
        """Write only if the object is still the one with this etag; raises Conflict if not."""
        if isinstance(self._objects, LocalStore):  # a folder has one writer: the test
            if self.head(key).etag != etag:
                raise Conflict(f"{self.url}/{key} has changed meanwhile")
            obstore.put(self._objects, key, data)
            return
        with self._reaching():
            try:
                obstore.put(self._objects, key, data, mode={"e_tag": etag or ""})
            except (PreconditionError, NotFoundError) as error:
                raise Conflict(f"{self.url}/{key} has changed meanwhile") from error

    def head(self, key: str) -> Entry:
        with self._reaching(key):
            return _entry(obstore.head(self._objects, key))

    def exists(self, key: str) -> bool:
        try:
            self.head(key)
        except NotFound:
            return False
        return True

    def list(self, prefix: str) -> list[Entry]:
        """Every object below the prefix (whole path segments), sorted by key."""
        with self._reaching():
            found = [_entry(meta) for page in obstore.list(self._objects, prefix) for meta in page]
        return sorted(found, key=lambda entry: entry.key)

    def folders(self, prefix: str) -> builtins.list[str]:
        """The names right below the prefix that objects stand under, sorted."""
        with self._reaching():
            listed = obstore.list_with_delimiter(self._objects, prefix)
        return sorted(path.rstrip("/").rsplit("/", 1)[-1] for path in listed["common_prefixes"])

    @contextmanager
    def _reaching(self, key: str = "") -> Iterator[None]:
        """Turns what obstore raises into our errors, each with one line for people.

        "No answer" and "not allowed" are StorageUnreachable; that `key` is missing, NotFound.
        """
        try:
            yield
        except (NotFoundError, FileNotFoundError) as error:
            if not key:
                raise
            raise NotFound(f"{self.url}/{key} does not exist") from error
        except (GenericError, PermissionDeniedError, UnauthenticatedError) as error:
            reason = str(error).split("\n", 1)[0]
            raise StorageUnreachable(f"{self.url} does not answer: {reason}") from error

    def delete(self, key: str) -> None:
        with self._reaching():
            obstore.delete(self._objects, key)

    def download(self, key: str, path: Path) -> Path:
        """Stream the object into a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for part in self.stream(key):
                file.write(part)
        return path


def _entry(meta: Any) -> Entry:
    version = meta["version"]
    return Entry(
        meta["path"],
        meta["size"],
        meta["last_modified"],
        meta["e_tag"],
        None if version == "null" else version,
    )


def _at(version: str | None, *, head: bool = False) -> Any:
    options: dict[str, Any] = {"head": True} if head else {}
    return options | ({"version": version} if version else {})
