"""The only S3 client: a bucket, or a folder that behaves like one.

Every room gets a `Store` handed in. Tests hand in one rooted in a temporary folder, or one on an
in-process S3 server; nobody patches a client.
"""

import builtins
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    GenericError,
    InvalidPathError,
    NotFoundError,
    NotModifiedError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import LocalStore, S3Store

from satispy.errors import (
    BrokenArtefact,
    Conflict,
    NotAllowed,
    NotFound,
    StorageUnreachable,
    UnusableKey,
)
from satispy.keys import LeftOut, shown, why_unusable

if TYPE_CHECKING:
    from satispy.settings import Settings

Parsed = TypeVar("Parsed")


@dataclass(frozen=True)
class Entry:
    """One stored object, without its bytes."""

    key: str
    size: int
    modified: datetime
    etag: str | None
    version: str | None = None  # where the bucket keeps versions
    metadata: Mapping[str, str] = field(default_factory=dict)  # only from `describe`


@dataclass(frozen=True)
class Listing:
    """What stands below a prefix: the objects we can read, by key, and those we cannot name."""

    entries: list[Entry]
    left_out: list[LeftOut]


class Store:
    """Objects by key. Raises NotFound for a missing key, Conflict for a lost conditional write,
    UnusableKey for a key that is no path (satispy/keys.py); listings leave such objects out."""

    def __init__(
        self,
        objects: S3Store | LocalStore,
        url: str,
        options: dict[str, str],
        every_key: Callable[[str], Iterator[Entry]] | None = None,
    ) -> None:
        self._objects = objects
        self._every_key = every_key
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
        every_key = partial(_every_key, settings.bucket, settings.region, settings.endpoint_url)
        return cls(objects, f"s3://{settings.bucket}", options, every_key)

    def table_url(self, prefix: str) -> str:
        """The address of a Delta table under this prefix."""
        return f"{self.url}{'/' if '://' in self.url else os.sep}{prefix}"

    def read(self, key: str, version: str | None = None) -> bytes:
        with self._reaching(key):
            return bytes(obstore.get(self._objects, key, options=_at(version)).bytes())

    def read_with_etag(self, key: str) -> tuple[bytes, str | None]:
        """The bytes and the etag to give to `replace`."""
        with self._reaching(key):
            answer = obstore.get(self._objects, key)
            return bytes(answer.bytes()), answer.meta["e_tag"]

    def read_if_changed(self, key: str, etag: str | None) -> tuple[bytes, str | None] | None:
        """`read_with_etag`; None if the object is still the one with this etag: nothing travels."""
        options: Any = {"if_none_match": etag} if etag else {}
        with self._reaching(key):
            try:
                answer = obstore.get(self._objects, key, options=options)
                return bytes(answer.bytes()), answer.meta["e_tag"]
            except NotModifiedError:
                return None

    def describe(self, key: str, version: str | None = None) -> Entry:
        """The object, or one version of it, with the metadata that its sender gave it."""
        with self._reaching(key):
            answer = obstore.get(self._objects, key, options=_at(version, head=True))
        metadata = {str(name): str(value) for name, value in answer.attributes.items()}
        return replace(_entry(answer.meta), metadata=metadata)

    def stream(
        self, key: str, chunk: int = 8 << 20, version: str | None = None, start: int = 0
    ) -> Iterator[bytes]:
        """The object's bytes from `start` on, `chunk` at a time, however long each is worked on.

        A request for each: one for all would be open meanwhile, and the client gives up whatever
        is open for long. Raises Conflict where the object is replaced before its end.
        """
        found = self.describe(key, version)
        for begin in range(start, found.size, chunk):
            end = min(begin + chunk, found.size)
            options = _at(version) | {"range": (begin, end), "if_match": found.etag}
            with self._reaching(key):
                try:
                    part = bytes(obstore.get(self._objects, key, options=options).bytes())
                except PreconditionError as error:
                    raise self._changed(key) from error
            yield part

    def write(
        self,
        key: str,
        data: bytes | Path | Iterator[bytes],
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Write the bytes, the file of this path, or bytes as they come; large ones go up in parts.

        Bytes that break off leave no object.
        """
        with self._reaching(key):
            attributes = dict(metadata) if metadata else None
            if isinstance(data, bytes | Path):
                obstore.put(self._objects, key, data, attributes=attributes)
                return
            # Closed at the end only: that makes the object. And not `put`, in whose thread of
            # Rust what the bytes come from could not ask for an object.
            writer = obstore.open_writer(self._objects, key, attributes=attributes)
            for some in data:
                writer.write(some)
            writer.close()

    def copy(self, key: str, metadata: Mapping[str, str]) -> None:
        """Put the object again under its own key, with other metadata: a new version of it."""
        with tempfile.TemporaryDirectory(prefix="satispy-copy-") as folder:
            path = Path(folder) / "object"
            self.download(key, path)
            self.write(key, path, metadata)

    def create(self, key: str, data: bytes) -> None:
        """Write only if the key is free; raises Conflict if it is not."""
        with self._reaching(key):
            try:
                obstore.put(self._objects, key, data, mode="create")
            except (AlreadyExistsError, PreconditionError, FileExistsError) as error:
                raise Conflict("%(url)s/%(key)s exists already", url=self.url, key=key) from error

    def replace(self, key: str, data: bytes, etag: str | None) -> None:
        """Write only if the object is still the one with this etag; raises Conflict if not."""
        if isinstance(self._objects, LocalStore):  # a folder has one writer: the test
            if self.head(key).etag != etag:
                raise self._changed(key)
            obstore.put(self._objects, key, data)
            return
        with self._reaching(key):
            try:
                obstore.put(self._objects, key, data, mode={"e_tag": etag or ""})
            except (PreconditionError, NotFoundError) as error:
                raise self._changed(key) from error

    def update(
        self,
        key: str,
        change: Callable[[bytes | None], bytes | None],
        attempts: int = 40,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Read, change, write; again from the start, a little later, if another writer came first.

        `change` gets None where there is no object, and gives None to leave all as it is. Raises
        Conflict if others always came first.
        """
        for race in range(1, attempts + 1):
            try:
                data, etag = self.read_with_etag(key)
            except NotFound:
                data, etag = None, None
            wanted = change(data)
            if wanted is None:
                return
            try:
                if data is None:
                    self.create(key, wanted)
                else:
                    self.replace(key, wanted, etag)
            except Conflict:
                sleep(random.uniform(0, 0.01 * min(race, 10)))  # noqa: S311  not all at once again
                continue
            return
        raise Conflict(
            "%(key)s changed %(attempts)s times while it was being written; try again",
            key=key,
            attempts=attempts,
        )

    def head(self, key: str) -> Entry:
        with self._reaching(key):
            return _entry(obstore.head(self._objects, key))

    def exists(self, key: str) -> bool:
        try:
            self.head(key)
        except NotFound:
            return False
        return True

    def list(self, prefix: str) -> builtins.list[Entry]:
        """Every object below the prefix (whole path segments) that can be read, sorted by key."""
        return self.listing(prefix).entries

    def listing(self, prefix: str, *, exact: bool = False, most: int | None = None) -> Listing:
        """`list`, and what it leaves out.

        obstore drops a slash at the end of a key unseen: only `exact`, which asks boto3, sees it.
        Of an `exact` one, only the first `most` keys are looked at.
        """
        prefix = prefix.rstrip("/")
        try:
            if exact and self._every_key:
                return self._listed_by_boto3(prefix, most)
            with self._reaching():
                pages = obstore.list(self._objects, prefix)
                found = [_entry(meta) for page in pages for meta in page]
        except InvalidPathError:
            # One key that is no path, and obstore answers none of the thousand of its page.
            return self._listed_by_boto3(prefix)
        return Listing(sorted(found, key=lambda entry: entry.key), [])

    def first(self, prefix: str, most: int) -> builtins.list[Entry]:
        """So many of the objects below the prefix, those whose keys come first: for up to a
        thousand, one request however many there are."""
        prefix = prefix.rstrip("/")
        if isinstance(self._objects, LocalStore):  # it lists in no order
            return self.list(prefix)[:most]
        try:
            with self._reaching():
                pages = obstore.list(self._objects, prefix, chunk_size=most)
                return [_entry(meta) for meta in next(iter(pages), ())]
        except InvalidPathError:
            return self._listed_by_boto3(prefix, most).entries

    def folders(self, prefix: str) -> builtins.list[str]:
        """The names right below the prefix that objects stand under, sorted."""
        prefix = prefix.rstrip("/")
        try:
            with self._reaching():
                listed = obstore.list_with_delimiter(self._objects, prefix)
        except InvalidPathError:
            below = (
                e.key.removeprefix(f"{prefix}/") for e in self._listed_by_boto3(prefix).entries
            )
            return sorted(
                {name for name, slash, _ in (key.partition("/") for key in below) if slash}
            )
        return sorted(path.rstrip("/").rsplit("/", 1)[-1] for path in listed["common_prefixes"])

    def parsed(
        self,
        prefix: str,
        parse: Callable[[str, bytes], Parsed],
        suffix: str = ".json",
        newest: int | None = None,
    ) -> tuple[builtins.list[Parsed], builtins.list[LeftOut]]:
        """What the objects below the prefix hold, in the order of their keys, and what is left out:
        those that cannot be named, and those for which `parse` raises BrokenArtefact. At most the
        `newest` are read."""
        listing = self.listing(prefix)
        found: builtins.list[Parsed] = []
        left_out = [*listing.left_out]
        entries = [entry for entry in listing.entries if entry.key.endswith(suffix)]
        if newest is not None:
            recent = sorted(entries, key=lambda entry: entry.modified)[-newest:]
            entries = sorted(recent, key=lambda entry: entry.key)
        for entry in entries:
            try:
                found.append(parse(entry.key, self.read(entry.key)))
            except NotFound:  # deleted since it was listed
                continue
            except BrokenArtefact as error:
                left_out.append(LeftOut(entry.key, error.sentence))
        return found, left_out

    def _listed_by_boto3(self, prefix: str, most: int | None = None) -> Listing:
        if self._every_key is None:  # a folder
            raise StorageUnreachable(
                "%(url)s/%(prefix)s holds names that are no keys", url=self.url, prefix=prefix
            )
        entries: builtins.list[Entry] = []
        left_out: builtins.list[LeftOut] = []
        for entry in islice(self._every_key(f"{prefix}/" if prefix else ""), most):
            if reason := why_unusable(entry.key):
                # The console of S3 makes empty objects so, to show them as folders.
                if not (entry.key.endswith("/") and entry.size == 0):
                    left_out.append(LeftOut(entry.key, reason))
            else:
                entries.append(entry)
        return Listing(entries, left_out)

    def _changed(self, key: str) -> Conflict:
        return Conflict("%(url)s/%(key)s has changed meanwhile", url=self.url, key=key)

    @contextmanager
    def _reaching(self, key: str = "") -> Iterator[None]:
        """Turns what obstore raises into our errors, each with one line for people.

        "No answer", "no bucket" and (NotAllowed) "not allowed" are StorageUnreachable; that `key`
        is missing, NotFound.
        """
        if key and (unusable := why_unusable(key)):
            raise UnusableKey(
                "%(url)s/%(key)s is not used: %(reason)s",
                url=self.url,
                key=shown(key),
                reason=unusable,
            )
        try:
            yield
        except (NotFoundError, FileNotFoundError) as error:
            if not key:  # a listing: a LocalStack that has just started, before its template
                raise StorageUnreachable("%(url)s is not there", url=self.url) from error
            raise NotFound("%(url)s/%(key)s does not exist", url=self.url, key=key) from error
        except PermissionDeniedError as error:
            reason = str(error).split("\n", 1)[0]
            raise NotAllowed(
                "%(url)s/%(key)s may not be read or written: %(reason)s",
                url=self.url,
                key=key,
                reason=reason,
            ) from error
        except (GenericError, UnauthenticatedError) as error:
            reason = str(error).split("\n", 1)[0]
            raise StorageUnreachable(
                "%(url)s does not answer: %(reason)s", url=self.url, reason=reason
            ) from error

    def delete(self, key: str) -> None:
        with self._reaching(key):
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


def presigned_put(settings: "Settings", key: str, seconds: int) -> str:
    """An address to which anybody may put this object for so long, as us.

    obstore can sign too, but needs the content type to be left open: boto3 leaves it so.
    """
    import boto3

    s3 = boto3.client("s3", region_name=settings.region)
    url: str = s3.generate_presigned_url(
        "put_object", Params={"Bucket": settings.bucket, "Key": key}, ExpiresIn=seconds
    )
    return url


def _every_key(bucket: str, region: str, endpoint_url: str | None, prefix: str) -> Iterator[Entry]:
    """Every object whose key begins so, whatever it is, by ListObjectsV2 through boto3.

    Only for keys that obstore refuses: boto3 takes half a second and 38 MB.
    """
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:  # the image of the service has none
        raise StorageUnreachable(
            "s3://%(bucket)s/%(prefix)s holds a key that is no path: `satispy status` names it",
            bucket=bucket,
            prefix=prefix,
        ) from error
    s3 = boto3.client("s3", region_name=region, endpoint_url=endpoint_url)
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for page in pages:
            for found in page.get("Contents", ()):
                yield Entry(found["Key"], found["Size"], found["LastModified"], found["ETag"])
    except (BotoCoreError, ClientError) as error:
        raise StorageUnreachable(
            "s3://%(bucket)s does not answer: %(error)s", bucket=bucket, error=error
        ) from error


def _at(version: str | None, *, head: bool = False) -> Any:
    options: dict[str, Any] = {"head": True} if head else {}
    return options | ({"version": version} if version else {})
