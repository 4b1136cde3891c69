"""`satispy.client`: typed answers, patience with a busy service, clear errors."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from satispy.client import AsyncClient, Client, Patience
from satispy.errors import NoModel, RequestRefused, ServiceUnreachable

QUICK = Patience(retries=3, first_wait=0.001)


def prediction(text: str) -> dict[str, object]:
    return {
        "label": "positive",
        "probability": 0.9,
        "known_words": len(text),
        "model": "gbc",
        "tag": "satispy-gbc:v1",
        "dataset_version": 1,
    }


def answering(request: httpx.Request) -> httpx.Response:
    texts = json.loads(request.content)["texts"]
    return httpx.Response(200, json={"predictions": [prediction(text) for text in texts]})


def problem(status: int, name: str, **headers: str) -> httpx.Response:
    body = {
        "type": f"urn:satispy:problem:{name}",
        "title": "x",
        "status": status,
        "detail": f"{name} happened",
    }
    return httpx.Response(status, json=body, headers=headers)


def client(answer: Callable[[httpx.Request], httpx.Response]) -> Client:
    return Client(patience=QUICK, transport=httpx.MockTransport(answer))


def test_one_text_gives_one_prediction_and_a_list_gives_a_list() -> None:
    with client(answering) as asking:
        assert asking.predict("merci").known_words == 5
        assert [p.known_words for p in asking.predict(["a", "bb"])] == [1, 2]
        assert asking.predict([]) == []


def test_any_number_of_texts_is_cut_into_requests_that_the_service_takes() -> None:
    sizes = []

    def counting(request: httpx.Request) -> httpx.Response:
        sizes.append(len(json.loads(request.content)["texts"]))
        assert len(request.content) < 1_000_000
        return answering(request)

    texts = ["x" * (n % 7 + 1) for n in range(600)] + ["é" * 20_000] * 30
    answers = client(counting).predict(texts)
    assert [p.known_words for p in answers] == [len(text) for text in texts]
    assert max(sizes) == 256
    assert sum(sizes) == 630


def test_a_busy_service_is_asked_again() -> None:
    answers = [problem(429, "busy"), httpx.Response(503), None]
    asked = 0

    def recovering(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return answers[asked - 1] or answering(request)

    assert client(recovering).predict("a").label == "positive"
    assert asked == 3


def test_a_connection_that_breaks_is_tried_again_and_then_said() -> None:
    asked = 0

    def broken(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        raise httpx.ConnectError("connection refused")

    with pytest.raises(ServiceUnreachable, match=r"127\.0\.0\.1:3000.*connection refused"):
        client(broken).predict("a")
    assert asked == QUICK.retries + 1


def test_what_cannot_get_better_is_not_asked_again() -> None:
    asked = 0

    def refusing(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return problem(422, "invalid") if asked == 1 else problem(503, "no-model")

    with pytest.raises(RequestRefused, match="invalid happened"):
        client(refusing).predict("a")
    with pytest.raises(NoModel, match="no-model happened"):
        client(refusing).predict("a")
    assert asked == 2


def test_the_service_says_how_long_to_wait() -> None:
    patience = Patience(first_wait=0.1, longest_wait=5)
    assert patience.seconds(0, problem(429, "busy", **{"retry-after": "2"})) == 2.0
    assert patience.seconds(0, problem(429, "busy", **{"retry-after": "3600"})) == 5.0
    assert 0.4 <= patience.seconds(3, None) <= 0.8


def test_the_async_client_answers_the_same() -> None:
    async def ask() -> list[int]:
        transport = httpx.MockTransport(answering)
        async with AsyncClient(patience=QUICK, transport=transport) as asking:
            one = await asking.predict("merci")
            many = await asking.predict(["a", "bb"])
            return [one.known_words, *(p.known_words for p in many)]

    # In a thread: a browser of other tests may hold this one's event loop.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, ask()).result() == [5, 1, 2]


def test_the_token_goes_along() -> None:
    def checking(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer secret"
        return answering(request)

    Client(token="secret", transport=httpx.MockTransport(checking)).predict("a")
