import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from satispy.embeddings.download import Interrupted, fetch
from satispy.errors import BrokenArtefact, NotFound, SatispyError
from satispy.storage import Store

CONTENT = bytes(range(256)) * 20_000  # 5 MB


@dataclass
class Site:
    """A web server that breaks off after some bytes, as often as it is told to."""

    breaks: list[int] = field(default_factory=list)
    ranges: bool = True
    etag: str = '"1"'
    asked: list[str | None] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/vectors.txt":
                self.send_error(404)
                return
            wanted = self.headers["Range"]
            site.asked.append(wanted)
            resumes = site.ranges and wanted and self.headers["If-Range"] == site.etag
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if resumes else 0
            self.send_response(206 if resumes else 200)
            self.send_header("Content-Length", str(len(CONTENT) - start))
            self.send_header("ETag", site.etag)
            self.end_headers()
            stop = site.breaks.pop(0) if site.breaks else len(CONTENT)
            self.wfile.write(CONTENT[start:stop])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}/vectors.txt"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


DIGEST = sha256(CONTENT).hexdigest()


def test_a_download_that_breaks_off_goes_on_where_it_stopped(site, tmp_path):
    site.breaks = [2_000_000, 4_000_000]
    seen: list[tuple[int, int | None]] = []
    path = fetch(site.address, tmp_path, DIGEST, progress=lambda what, *at: seen.append(at))
    assert path.read_bytes() == CONTENT
    assert site.asked[0] is None
    assert len(site.asked) == 3
    assert all(wanted.startswith("bytes=") for wanted in site.asked[1:])
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert list(tmp_path.iterdir()) == [path], "nothing unfinished stays behind"


def test_a_later_call_goes_on_as_well(site, tmp_path):
    site.breaks = [1_000_000] * 9
    with pytest.raises(Interrupted, match="go on"):
        fetch(site.address, tmp_path, DIGEST)
    site.breaks, site.asked = [], []
    assert fetch(site.address, tmp_path, DIGEST).read_bytes() == CONTENT
    assert site.asked[0] is not None


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(site, tmp_path):
    site.breaks = [1_000_000] * 9
    with pytest.raises(Interrupted):
        fetch(site.address, tmp_path, DIGEST)
    site.breaks, site.etag = [], '"2"'
    assert fetch(site.address, tmp_path, DIGEST).read_bytes() == CONTENT


def test_a_server_without_ranges_is_asked_for_everything_again(site, tmp_path):
    site.ranges, site.breaks = False, [1_000_000]
    assert fetch(site.address, tmp_path, DIGEST).read_bytes() == CONTENT


def test_a_wrong_checksum_throws_the_download_away(site, tmp_path):
    with pytest.raises(BrokenArtefact, match="sha256"):
        fetch(site.address, tmp_path, "0" * 64)
    assert not list(tmp_path.iterdir())


def test_plain_http_needs_a_checksum(site, tmp_path):
    with pytest.raises(SatispyError, match="https"):
        fetch(site.address, tmp_path)


def test_a_missing_page_is_said_so(site, tmp_path):
    with pytest.raises(NotFound, match=r"other\.txt"):
        fetch(site.address.replace("vectors", "other"), tmp_path, DIGEST)


def test_no_server_is_an_interruption(tmp_path):
    with pytest.raises(Interrupted, match="go on"):
        fetch("http://127.0.0.1:9/vectors.txt", tmp_path, DIGEST)


def test_a_file_in_s3_is_fetched_and_resumed(tmp_path):
    bucket = Store.folder(tmp_path / "bucket")
    bucket.write("some/vectors.txt", CONTENT)
    etag = bucket.head("some/vectors.txt").etag
    here = tmp_path / "here"
    here.mkdir()
    (here / "vectors.txt.part").write_bytes(CONTENT[:1_000_000])
    (here / "vectors.txt.part.json").write_text(json.dumps({"etag": etag}))
    names: list[str] = []

    def buckets(name: str) -> Store:
        names.append(name)
        return bucket

    sizes: list[int] = []
    path = fetch(
        "s3://models/some/vectors.txt",
        here,
        DIGEST,
        buckets,
        lambda what, done, total: sizes.append(done),
    )
    assert path.read_bytes() == CONTENT
    assert names == ["models"]
    assert sizes[0] > 1_000_000


def test_s3_without_access_is_said_so(tmp_path: Path):
    with pytest.raises(SatispyError, match="S3"):
        fetch("s3://models/vectors.txt", tmp_path)
