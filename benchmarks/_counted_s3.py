"""An S3 on loopback that counts what it is asked, by kind and bytes, and holds a year of objects.

What obstore, delta-rs and boto3 ask of S3 goes over HTTP, so that nothing is asked beside the
count; in a process of its own, since delta-rs keeps Python's lock while it waits for S3. Made for
it since moto looks at every key for each page of a listing. It keeps no versions of objects.
"""

import hashlib
import json
import threading
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.managers import BaseManager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from satispy.costs import Requests

PAGE = 1_000


@dataclass(frozen=True)
class Object:
    size: int
    etag: str
    modified: datetime
    read: Callable[[], bytes]
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """Requests by how S3 prices them; bytes of objects and of answers, both ways."""

    put: int = 0  # PUT, COPY, POST
    list: int = 0  # priced like PUT
    get: int = 0  # GET, HEAD, and those that find nothing new
    delete: int = 0  # free
    bytes: int = 0

    @property
    def requests(self) -> int:
        return self.put + self.list + self.get + self.delete

    def priced(self) -> Requests:
        return Requests(self.put + self.list, self.get)

    def __add__(self, more: "Asked") -> "Asked":
        return Asked(*(getattr(self, n) + getattr(more, n) for n in self.__dataclass_fields__))

    def __sub__(self, before: "Asked") -> "Asked":
        return Asked(*(getattr(self, n) - getattr(before, n) for n in self.__dataclass_fields__))

    def each(self, events: int) -> dict[str, float]:
        """Of one of so many events."""
        names = ("requests", *self.__dataclass_fields__)
        return {name: round(getattr(self, name) / events, 2) for name in names}


class CountedS3:
    """One bucket: what it holds, and what was asked of it."""

    def __init__(self) -> None:
        self._objects: dict[str, Object] = {}
        self._keys: list[str] = []
        self._parts: dict[str, dict[int, bytes]] = {}
        self._lock = threading.RLock()
        self._counts: Counter[str] = Counter()
        self._started: list[dict[str, Any]] = []

    def asked(self) -> Asked:
        with self._lock:
            return Asked(**self._counts)

    def started(self, given: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """What state machines were started with: they stand at the same address, uncounted."""
        with self._lock:
            self._started += [given] if given else []
            return list(self._started)

    def count(self, kind: str, size: int) -> None:
        with self._lock:
            self._counts[kind] += 1
            self._counts["bytes"] += size

    def stored(self) -> int:
        """Bytes."""
        with self._lock:
            return sum(each.size for each in self._objects.values())

    # ---- objects ----

    def get(self, key: str) -> Object | None:
        return self._objects.get(key)

    def read(self, key: str) -> bytes:
        return self._objects[key].read()

    def write(self, key: str, data: bytes) -> None:
        """`put` for whoever is in another process."""
        self.put(key, data)

    def put(self, key: str, data: bytes, metadata: dict[str, str] | None = None) -> Object:
        etag = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
        # S3 tells seconds; two puts within one are told apart by their etag.
        found = Object(len(data), etag, _now(), lambda: data, metadata or {})
        with self._lock:
            if key not in self._objects:
                insort(self._keys, key)
            self._objects[key] = found
        return found

    def seed(self, make: Callable[..., dict[str, Object]], *given: object) -> None:
        """What `make`, a function of some module, makes of these: many at once, not counted."""
        with self._lock:
            self._objects |= make(*given)
            self._keys = sorted(self._objects)

    def delete(self, key: str) -> None:
        with self._lock:
            if self._objects.pop(key, None) is not None:
                del self._keys[bisect_left(self._keys, key)]

    def put_if(self, key: str, data: bytes, free: bool, etag: str, metadata: Any) -> Object | None:
        """None if the key is not free, or the object is another one."""
        with self._lock:
            now = self._objects.get(key)
            if (free and now) or (etag and (now is None or now.etag != etag)):
                return None
            return self.put(key, data, metadata)

    def page(self, prefix: str, delimiter: str, after: str, most: int) -> tuple[list[str], str]:
        """Keys and common prefixes (which end with the delimiter) in order; whence to go on."""
        with self._lock:
            found: list[str] = []
            at = max(bisect_left(self._keys, prefix), bisect_right(self._keys, after))
            while at < len(self._keys) and self._keys[at].startswith(prefix):
                if len(found) == most:
                    return found, found[-1] + ("\U0010ffff" if found[-1].endswith("/") else "")
                key = self._keys[at]
                below, slash, _ = key[len(prefix) :].partition(delimiter or "\0")
                if delimiter and slash:
                    found.append(prefix + below + delimiter)
                    at = bisect_left(self._keys, found[-1] + "\U0010ffff")
                else:
                    found.append(key)
                    at += 1
            return found, ""

    def part(self, upload: str, number: int, data: bytes) -> None:
        self._parts.setdefault(upload, {})[number] = data

    def whole(self, upload: str) -> bytes:
        parts = self._parts.pop(upload)
        return b"".join(parts[number] for number in sorted(parts))

    def serve(self) -> str:
        """Its address."""
        handler = type("Handler", (_Handler,), {"s3": self})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"


class _Manager(BaseManager):
    """Holds a CountedS3 in a process of its own."""


_Manager.register(
    "CountedS3",
    CountedS3,
    exposed=("asked", "started", "read", "write", "seed", "delete", "stored", "serve"),
)


@contextmanager
def counted_s3() -> Iterator[CountedS3]:
    """In a process of its own; what it is given and answers is pickled."""
    with _Manager(ctx=get_context("spawn")) as manager:
        yield manager.CountedS3()  # type: ignore[attr-defined]  # a proxy of it


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    s3: CountedS3

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(6, 1, 1)  # TCP_NODELAY: headers and body are two writes

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        key, query = self._asked_for()
        if not key:
            self._list(query)
            return
        found = self.s3.get(key)
        if found is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", kind="get")
        elif self.headers.get("If-None-Match") == found.etag:
            self._answer(304, b"", _about(found), kind="get")
        elif self.headers.get("If-Match") not in (None, found.etag):
            self._answer(412, b"", kind="get")
        else:
            data, status, extra = found.read(), 200, {}
            if asked := self.headers.get("Range"):
                first, _, last = asked.removeprefix("bytes=").partition("-")
                begin = int(first) if first else max(found.size - int(last), 0)
                end = min(int(last) + 1, found.size) if first and last else found.size
                extra = {"Content-Range": f"bytes {begin}-{end - 1}/{found.size}"}
                data, status = data[begin:end], 206
            self._answer(status, data, _about(found) | extra, kind="get")

    def do_HEAD(self) -> None:
        key, _ = self._asked_for()
        found = self.s3.get(key)
        if found is None:
            self._answer(404, b"", kind="get")
        else:
            size = {"Content-Length": str(found.size)}
            self._answer(200, b"", _about(found) | size, kind="get")

    def do_PUT(self) -> None:
        key, query = self._asked_for()
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "partNumber" in query:
            self.s3.part(query["uploadId"], int(query["partNumber"]), data)
            self._answer(200, b"", {"ETag": f'"{len(data)}"'}, kind="put", received=len(data))
            return
        metadata = {n: v for n, v in self.headers.items() if n.lower().startswith("x-amz-meta-")}
        free = self.headers.get("If-None-Match") == "*"
        made = self.s3.put_if(key, data, free, self.headers.get("If-Match", ""), metadata)
        if made is None:
            code = b"<Error><Code>PreconditionFailed</Code></Error>"
            self._answer(412, code, kind="put", received=len(data))
        else:
            self._answer(200, b"", {"ETag": made.etag}, kind="put", received=len(data))

    def do_POST(self) -> None:
        key, query = self._asked_for()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if target := self.headers.get("X-Amz-Target"):
            assert target == "AWSStepFunctions.StartExecution", target
            self.s3.started(json.loads(json.loads(body)["input"]))
            said = {"executionArn": "arn:aws:states:eu-west-3:1:execution:retrain", "startDate": 0}
            self._answer(200, json.dumps(said).encode(), kind="")
        elif "delete" in query:
            for each in ElementTree.fromstring(body).iter():  # noqa: S314  from our own client
                if each.tag.endswith("Key"):
                    self.s3.delete(each.text or "")
            self._answer(200, b"<DeleteResult></DeleteResult>", kind="delete")
        elif "uploads" in query:
            upload = f"{key}-{id(body)}"
            told = f"<UploadId>{escape(upload)}</UploadId>"
            answer = f"<InitiateMultipartUploadResult>{told}</InitiateMultipartUploadResult>"
            self._answer(200, answer.encode(), kind="put")
        else:
            made = self.s3.put(key, self.s3.whole(query["uploadId"]))
            answer = f"<CompleteMultipartUploadResult><ETag>{escape(made.etag)}</ETag>"
            answer += "</CompleteMultipartUploadResult>"
            self._answer(200, answer.encode(), kind="put")

    def do_DELETE(self) -> None:
        key, _ = self._asked_for()
        self.s3.delete(key)
        self._answer(204, b"", kind="delete")

    def _list(self, query: dict[str, str]) -> None:
        most = min(int(query.get("max-keys", PAGE)), PAGE)
        after = query.get("continuation-token") or query.get("start-after", "")
        delimiter = query.get("delimiter", "")
        found, more = self.s3.page(query.get("prefix", ""), delimiter, after, most)
        told = [f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"]
        if more:
            told.append(f"<NextContinuationToken>{escape(more)}</NextContinuationToken>")
        for key in found:
            each = self.s3.get(key)
            if each is None:
                told.append(f"<CommonPrefixes><Prefix>{escape(key)}</Prefix></CommonPrefixes>")
            else:
                told.append(
                    f"<Contents><Key>{escape(key)}</Key><Size>{each.size}</Size>"
                    f"<LastModified>{each.modified:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
                    f"<ETag>{escape(each.etag)}</ETag></Contents>"
                )
        answer = f"<ListBucketResult>{''.join(told)}</ListBucketResult>"
        self._answer(200, answer.encode(), {"Content-Type": "application/xml"}, kind="list")

    def _asked_for(self) -> tuple[str, dict[str, str]]:
        """Key within the bucket, and the query."""
        parts = urlsplit(self.path)
        _, _, key = unquote(parts.path).removeprefix("/").partition("/")
        query = parse_qs(parts.query, keep_blank_values=True)
        return key, {name: values[0] for name, values in query.items()}

    def _answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        kind: str,
        received: int = 0,
    ) -> None:
        if kind:
            self.s3.count(kind, received + len(body))
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            if not (status in (204, 304) and name == "Content-Length"):
                self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(body)


def _about(found: Object) -> dict[str, str]:
    modified = format_datetime(found.modified, usegmt=True)
    return {"ETag": found.etag, "Last-Modified": modified, **found.metadata}


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
