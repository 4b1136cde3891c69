"""LocalStack's S3 with its objects on disk. Enable it with PROVIDER_OVERRIDE_S3=durable.

LocalStack forgets everything when it stops. Here every object is two files in S3_FOLDER, in a
folder named after the bucket: its bytes, under a name used once, and a record (`<id>.object`, see
records.py) that holds its metadata and points to the bytes. The record is replaced atomically after
the bytes are complete, so a killed process leaves the old object or the new one and never half of
either.

What is kept belongs to the objects. A bucket's own settings come back from the template: when a
bucket of the same name is created again, it finds its objects, with their versions. Tags, ACLs and
locks put on an object after it was written are not kept.
"""

import os
import shutil
import threading
import uuid
from collections import deque
from pathlib import Path
from typing import Any, Literal

from localstack.services.plugins import Service
from localstack.services.providers import aws_provider
from localstack.services.s3.models import KeyStore, S3Object, VersionedKeyStore
from localstack.services.s3.provider import S3Provider
from localstack.services.s3.storage.ephemeral import (
    EphemeralS3ObjectStore,
    EphemeralS3StoredObject,
    LockedFileMixin,
)

from .records import Records

# Replaced bytes stay for this many more replacements: somebody may be about to open them.
REPLACED_KEPT = 64


class DurableKeys(KeyStore):
    """The objects of a bucket without versions."""

    def __init__(self, records: Records) -> None:
        super().__init__()
        self.records = records
        self.lock = threading.Lock()
        self.replaced: deque[Any] = deque()

    def restore(self, entry: Any) -> None:
        super().set(entry.key, entry)

    def set(self, object_key: str, s3_object: Any) -> None:
        with self.lock:
            replaced = self.get(object_key)
            self.records.save(s3_object)
            super().set(object_key, s3_object)
            if replaced is not None and replaced is not s3_object:
                self.replaced.append(replaced)
            if len(self.replaced) > REPLACED_KEPT:
                drop_bytes(self.records.folder, self.replaced.popleft())

    def pop(self, object_key: str, default: Any = None) -> Any:
        with self.lock:
            if (entry := super().pop(object_key, default)) is not None:
                self.records.drop(entry)
            return entry


class DurableVersions(VersionedKeyStore):
    """The objects of a bucket with versions."""

    def __init__(self, records: Records) -> None:
        super().__init__()
        self.records = records
        self.lock = threading.Lock()

    def restore(self, entry: Any) -> None:
        super().set(entry.key, entry)

    def set(self, object_key: str, s3_object: Any) -> None:
        with self.lock:
            self.records.save(s3_object)
            super().set(object_key, s3_object)

    def pop(self, object_key: str, version_id: str | None = None, default: Any = None) -> Any:
        with self.lock:
            if (entry := super().pop(object_key, version_id, default)) is not None:
                self.records.drop(entry)
            return entry


def drop_bytes(folder: Path, s3_object: Any) -> None:
    if name := getattr(s3_object, "bytes_file", None):
        (folder / name).unlink(missing_ok=True)


class BytesFile(LockedFileMixin):
    """An open file of its own for each reader and writer, so that nobody waits for anybody."""

    def __init__(self, path: Path, mode: str) -> None:
        super().__init__()
        self._file = path.open(mode, buffering=0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class StoredBytes(EphemeralS3StoredObject):
    """One object's bytes, opened."""

    @property
    def last_modified(self) -> int:
        """These bytes never change. Else the provider, which looks whether they were written to
        since it looked the object up, answers with the length of the object of now.
        """
        return int(self.s3_object.internal_last_modified)

    def close(self) -> None:
        super().close()
        self.file.close()


class BytesOnDisk(EphemeralS3ObjectStore):
    """Where the bytes are. Parts of an unfinished multipart upload live in LocalStack's TMPDIR."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def folder(self, bucket: str) -> Path:
        return self.root / bucket

    def open(
        self, bucket: str, s3_object: S3Object, mode: Literal["r", "w"] = "r"
    ) -> EphemeralS3StoredObject:
        if mode == "w":
            s3_object.bytes_file = uuid.uuid4().hex
        path = self.folder(bucket) / s3_object.bytes_file
        return StoredBytes(s3_object, BytesFile(path, "w+b" if mode == "w" else "rb"), mode)

    def remove(self, bucket: str, s3_object: S3Object | list[S3Object]) -> None:
        for each in s3_object if isinstance(s3_object, list) else [s3_object]:
            drop_bytes(self.folder(bucket), each)

    def copy(
        self, src_bucket: str, src_object: S3Object, dest_bucket: str, dest_object: S3Object
    ) -> EphemeralS3StoredObject:
        dest_object.bytes_file = uuid.uuid4().hex
        os.link(
            self.folder(src_bucket) / src_object.bytes_file,
            self.folder(dest_bucket) / dest_object.bytes_file,
        )
        return self.open(dest_bucket, dest_object, "r")

    def delete_bucket(self, bucket: str) -> None:
        super().delete_bucket(bucket)
        shutil.rmtree(self.folder(bucket), ignore_errors=True)


class DurableS3(S3Provider):
    """The provider, whose buckets find their objects when they are created again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        super().__init__(BytesOnDisk(root))

    def create_bucket(self, context: Any, request: Any) -> Any:
        name = request["Bucket"]
        store = self.get_store(context.account_id, "us-east-1")  # buckets are kept across regions
        existed = name in store.buckets
        response = super().create_bucket(context, request)
        if not existed:
            self._restore(store.buckets[name])
        return response

    def _restore(self, bucket: Any) -> None:
        records = Records(self.root / bucket.name)
        entries = records.load()
        if any(entry.version_id for entry in entries):
            bucket.versioning_status = "Enabled"
        keys = DurableVersions(records) if bucket.versioning_status else DurableKeys(records)
        for entry in entries:
            keys.restore(entry)
        bucket.objects = keys

    def put_bucket_versioning(self, context: Any, bucket: str, *args: Any, **kwargs: Any) -> None:
        super().put_bucket_versioning(context, bucket, *args, **kwargs)
        _, s3_bucket = self._get_cross_account_bucket(context, bucket)
        if not isinstance(s3_bucket.objects, DurableVersions):
            versions = DurableVersions(Records(self.root / bucket))
            for entry in s3_bucket.objects.values(with_versions=True):
                versions.set(entry.key, entry)
            s3_bucket.objects = versions


@aws_provider(api="s3", name="durable")
def s3_durable() -> Service:
    return Service.for_provider(DurableS3(Path(os.environ["S3_FOLDER"])))
