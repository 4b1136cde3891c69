"""The REST API through API Gateway: who may come in, and what becomes of a posted review."""

import time

import httpx
import pytest

from infra.stack import Stack
from satispy.accounts import Accounts
from satispy.settings import Settings

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def api(stack: Stack) -> httpx.Client:
    password = Accounts(stack.store()).create("alice", "user")
    return httpx.Client(base_url=Settings().api_url, auth=("alice", password), timeout=30)


def test_anybody_may_ask_whether_it_is_well(api: httpx.Client) -> None:
    answer = httpx.get(f"{api.base_url}status", timeout=30)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_without_a_password_nobody_posts(api: httpx.Client) -> None:
    answer = httpx.post(f"{api.base_url}reviews", json={"comment": "bien", "star": 4}, timeout=30)
    assert answer.status_code == 401


def test_a_posted_review_is_accepted_and_merged(api: httpx.Client) -> None:
    accepted = api.post("reviews", json={"comment": "postée puis fusionnée", "star": 4})
    assert accepted.status_code == 202, accepted.text
    end = time.monotonic() + 60
    while time.monotonic() < end:
        state = api.get(f"uploads/{accepted.json()['id']}").json()
        if state["state"] == "merged":
            break
        time.sleep(0.5)
    assert state["receipt"]["added"] == 1


def test_a_user_may_not_retrain(api: httpx.Client) -> None:
    assert api.post("retrain").status_code == 403
