"""Bring a large file here: from a path, https:// or s3://, resuming what was cut off."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from satispy.errors import BrokenArtefact, NotFound, SatispyError
from satispy.storage import Store

#: Called with what is being done, how much of it is done, and how much there is (None: unknown).
Progress = Callable[[str, int, int | None], None]
#: A bucket by name; whoever knows the settings hands it in.
Buckets = Callable[[str], Store]

_ATTEMPTS = 5
_CHUNK = 1 << 16  # what a broken connection can lose


class Interrupted(SatispyError):
    """The connection broke; what has come so far is kept and the next call goes on from there."""


def fetch(
    source: str,
    folder: Path,
    sha256: str | None = None,
    buckets: Buckets | None = None,
    progress: Progress = lambda what, done, total: None,
) -> Path:
    """The file of this source: itself if it is a path, else downloaded into the folder.

    Raises BrokenArtefact if its sha256 is another one, NotFound if there is none.
    """
    scheme, name = urlsplit(source).scheme, Path(urlsplit(source).path).name
    if scheme in ("https", "http"):
        if scheme == "http" and not sha256:
            raise SatispyError(
                "%(source)s could be altered on its way: use https or give a sha256", source=source
            )
        path = _download(_Web(source), source, folder / name, progress)
    elif scheme == "s3":
        if buckets is None:
            raise SatispyError("%(source)s: no access to S3 was given", source=source)
        parts = urlsplit(source)
        remote = _Bucket(buckets(parts.netloc), parts.path.lstrip("/"))
        path = _download(remote, source, folder / name, progress)
    else:
        path = Path(source)
        if not path.is_file():
            raise NotFound(
                "%(source)s is not a file (nor an https:// or s3:// address)", source=source
            )
    if sha256:
        _check(path, sha256, keep=scheme not in ("https", "http", "s3"))
    return path


#: Where it really begins, how long it is, its etag, and its bytes.
_Opened = tuple[int, int | None, str | None, Iterator[bytes]]


class _Remote(Protocol):
    def open(self, start: int, etag: str | None) -> AbstractContextManager[_Opened]:
        """From this byte on, if it is still the file of this etag, else from its first byte."""
        ...


def _download(remote: _Remote, source: str, path: Path, progress: Progress) -> Path:
    """`<name>.part` holds what has come, `<name>.part.json` of which version it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part, note = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.part.json")
    left = _ATTEMPTS
    while True:
        have = part.stat().st_size if part.exists() and note.exists() else 0
        etag = json.loads(note.read_text())["etag"] if have else None
        try:
            with remote.open(have, etag) as (start, total, etag, chunks):
                note.write_text(json.dumps({"source": source, "etag": etag}))
                with part.open("r+b" if start else "wb") as file:
                    file.seek(start)
                    done = start
                    for chunk in chunks:
                        file.write(chunk)
                        done += len(chunk)
                        left = _ATTEMPTS
                        progress("downloading", done, total)
            if total is not None and done != total:
                raise Interrupted(
                    "%(source)s stopped after %(done)s of %(total)s bytes",
                    source=source,
                    done=done,
                    total=total,
                )
        except Interrupted:
            left -= 1
            if not left:
                raise
            continue
        part.replace(path)
        note.unlink()
        return path


class _Web:
    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def open(self, start: int, etag: str | None) -> Iterator[_Opened]:
        import httpx

        # A file without an etag cannot be told from its successor: from the first byte again.
        wanted = {"Range": f"bytes={start}-", "If-Range": etag} if start and etag else {}
        headers = {"Accept-Encoding": "identity", **wanted}
        try:
            with httpx.stream(
                "GET", self._url, headers=headers, follow_redirects=True, timeout=30
            ) as answer:
                if answer.status_code == 404:
                    raise NotFound("%(url)s does not exist", url=self._url)
                if answer.status_code not in (200, 206):
                    raise SatispyError(
                        "%(url)s answered %(status_code)s",
                        url=self._url,
                        status_code=answer.status_code,
                    )
                begin = start if answer.status_code == 206 else 0
                length = answer.headers.get("content-length")
                total = begin + int(length) if length else None
                yield begin, total, answer.headers.get("etag"), answer.iter_bytes(_CHUNK)
        except httpx.TransportError as error:
            raise Interrupted(
                "%(url)s: %(error)s; run it again to go on",
                url=self._url,
                error=error or type(error).__name__,
            ) from error


class _Bucket:
    def __init__(self, store: Store, key: str) -> None:
        self._store, self._key = store, key

    @contextmanager
    def open(self, start: int, etag: str | None) -> Iterator[_Opened]:
        entry = self._store.head(self._key)
        if etag != entry.etag or start >= entry.size:
            start = 0
        chunks = self._store.stream(self._key, start=start) if entry.size else iter(())
        yield start, entry.size, entry.etag, chunks


def _check(path: Path, sha256: str, keep: bool) -> None:
    with path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if found != sha256.lower():
        if not keep:  # or the next attempt would find it and stop here again
            path.unlink()
        raise BrokenArtefact(
            "%(name)s has sha256 %(found)s, not %(sha256)s: it is damaged or another file",
            name=path.name,
            found=found,
            sha256=sha256,
        )
