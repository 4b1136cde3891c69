"""The libraries' files, as a browser asks for them."""

import gzip
import re

import httpx
import pytest
from conftest import cookie_of

from infra.image.trim import BUNDLED
from satispy.storage import Store

pytestmark = pytest.mark.e2e

SCRIPT = "/static/extensions/panel/panel.min.js?v=1"


def ask(app: str, path: str, **headers: str) -> httpx.Response:
    address = app.removesuffix("/app") + path
    with httpx.stream("GET", address, headers=headers, timeout=60) as answer:
        answer.read() if headers.get("accept-encoding") == "identity" else list(answer.iter_raw())
        return answer


@pytest.mark.parametrize("path", [SCRIPT, "/static/js/bokeh.min.js?v=1"])
def test_scripts_come_packed_and_are_kept_for_a_year(app: str, path: str) -> None:
    plain = ask(app, path, **{"accept-encoding": "identity"})
    answer = ask(app, path, **{"accept-encoding": "gzip, br"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(plain.content) / 2
    assert answer.headers["cache-control"] == "max-age=31536000"
    assert answer.headers["content-type"] == plain.headers["content-type"]
    assert "content-encoding" not in plain.headers
    assert answer.headers["etag"] != plain.headers["etag"]


def test_what_is_packed_is_the_file(app: str) -> None:
    address = app.removesuffix("/app") + SCRIPT
    with httpx.stream("GET", address, headers={"accept-encoding": "gzip"}, timeout=60) as answer:
        raw = b"".join(answer.iter_raw())
    assert gzip.decompress(raw) == ask(app, SCRIPT, **{"accept-encoding": "identity"}).content


def test_a_kept_file_is_asked_for_without_being_sent_again(app: str) -> None:
    first = ask(app, SCRIPT, **{"accept-encoding": "gzip"})
    headers = {"accept-encoding": "gzip", "if-none-match": first.headers["etag"]}
    assert ask(app, SCRIPT, **headers).status_code == 304


def test_a_file_without_a_version_is_asked_for_again_within_the_hour(app: str) -> None:
    path = "/static/extensions/panel/bundled/datatabulator/luxon/build/global/luxon.min.js"
    assert ask(app, path).headers["cache-control"] == "max-age=3600"


def test_what_is_outside_stays_there(app: str) -> None:
    path = "/static/extensions/panel/%2e%2e/%2e%2e/panel/config.py.js"
    assert ask(app, path, **{"accept-encoding": "gzip"}).status_code in (403, 404)


def test_a_page_asks_for_no_library_of_a_component_that_it_has_not(app: str, s3: Store) -> None:
    page = httpx.get(app, cookies=cookie_of(), timeout=120).text
    bundled = set(re.findall(r"/panel/bundled/([^/]+)/", page))
    assert "reactiveesm" in bundled
    assert bundled <= set(BUNDLED)
