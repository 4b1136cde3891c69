"""The port through which a function hears of its work is for that function."""

import os
import subprocess
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.runtime_api import load

NEXT = "/2018-06-01/runtime/invocation/next"


@pytest.fixture(scope="module")
def module() -> ModuleType:
    return load()


@pytest.fixture
def api(module: ModuleType) -> Iterator[Any]:
    api = module.RuntimeApi()
    event = module.Event("id", '{"secret": 1}', "arn", "trace", 0.0)
    api.answer_of_the_function = api.send(event)
    yield api
    api.close()


def test_the_function_gets_its_event_and_answers_it(api: Any) -> None:
    with httpx.Client(base_url=f"http://{api.address}") as function:
        assert function.get(NEXT).json() == {"secret": 1}
        function.post("/2018-06-01/runtime/invocation/id/response", content=b"done")
    assert api.answer_of_the_function.result(5).body == b"done"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Host": "evil.example"},
    ],
)
def test_a_web_page_gets_no_event_and_answers_none(api: Any, headers: dict[str, str]) -> None:
    url = f"http://{api.address}"
    assert httpx.get(url + NEXT, headers=headers).status_code == 403
    answer = "/2018-06-01/runtime/invocation/id/response"
    assert httpx.post(url + answer, headers=headers, content=b"forged").status_code == 403
    assert not api.answer_of_the_function.done()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_gets_no_event(api: Any) -> None:
    # The system's Python: another user may not enter the folder of this one.
    ask = f"import urllib.request as u; print(u.urlopen('http://{api.address}{NEXT}').read())"
    asked = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "python3", "-c", ask],
        capture_output=True,
        text=True,
        timeout=60,
        cwd="/",
        env={"PATH": "/usr/bin:/bin"},
    )
    assert "secret" not in asked.stdout
    assert asked.returncode != 0
