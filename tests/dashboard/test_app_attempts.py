"""A hundred attempts of `make bench NAME=app_fuzz`, by who may not."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from conftest import door
from made_up_service import MadeUpService

from benchmarks import _app_client
from benchmarks._app_attempts import Attempts
from benchmarks._app_requests import Request
from benchmarks.app_fuzz import furnish
from satispy.storage import Store

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

ENTERED = {"set-cookie": 'satispy-0badcafe="2|1:0|abc"; HttpOnly; Path=/'}
LEFT = {"set-cookie": 'satispy-0badcafe=""; expires=Thu, 01 Jan 1970 00:00:00 GMT'}


def test_nobody_does_what_is_not_theirs_over_http_or_a_raw_websocket(
    app: str, s3: Store, service: MadeUpService
) -> None:
    furnish(s3)
    attempts = Attempts(app, s3, door(), lambda: service.asked, seed=2)
    with ThreadPoolExecutor(1) as one:
        outcome = one.submit(asyncio.run, attempts.make(120)).result()
    assert outcome.attempts.total() >= 120
    assert outcome.bypasses == []
    assert all(outcome.works.values()), outcome.works


@pytest.mark.parametrize(
    ("path", "status", "headers", "text", "through"),
    [
        ("/app", 200, {}, '{"token":"abc"}', True),
        ("/app", 302, {}, "", False),
        ("/login", 303, ENTERED, "", True),
        ("/login", 401, {}, "<form>", False),
        ("/logout", 303, LEFT, "", False),
        ("/send", 200, {}, "{}", True),
        ("/send/{sending}/0", 204, {}, "", True),
        ("/send", 403, {}, "{}", False),
    ],
)
def test_what_came_through_is_told_by_the_answer(
    path: str, status: int, headers: dict[str, str], text: str, through: bool
) -> None:
    answer = httpx.Response(status, headers=headers, text=text)
    assert Request("POST", path).is_through(answer, "satispy-0badcafe") == through


def test_an_attempt_that_is_left_without_an_answer_ends_the_run_with_its_name(
    s3: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_app_client, "PATIENCE", 0.01)
    attempts = Attempts("http://127.0.0.1:1/app", s3, door(), lambda: 0, seed=1)

    async def waits() -> None:
        async with attempts._attempt("user: HTTP", "POST /send"):
            await asyncio.sleep(60)

    with ThreadPoolExecutor(1) as one, pytest.raises(RuntimeError) as ended:
        one.submit(asyncio.run, waits()).result()
    assert "attempt 1 (user: HTTP, POST /send): no answer" in str(ended.value)
