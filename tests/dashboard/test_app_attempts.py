"""A hundred attempts of `make bench NAME=app_fuzz`, by who may not."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import door
from made_up_service import MadeUpService

from benchmarks._app_attempts import Attempts
from benchmarks.app_fuzz import furnish
from satispy.storage import Store

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


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
