"""Every bad request gets a 4xx that says what is wrong; nothing hostile gets a 5xx."""

import hashlib
import json
from pathlib import Path

import pytest
from house import House, in_process
from starlette.testclient import TestClient

JSON = {"content-type": "application/json"}


def assert_problem(answer: object, status: int, says: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["type"].startswith("urn:satispy:problem:")
    assert says in problem["detail"], problem
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 422, "text"),
        (b"{", 400, "not JSON"),
        (b"[]", 422, ""),
        (b"null", 422, ""),
        (b'{"text": 1}', 422, "/text"),
        (b'{"texts": []}', 422, "/texts"),
        (b'{"texts": ["a", 2]}', 422, "/texts/1"),
        (b'{"texts": "a"}', 422, "/texts"),
        (b'{"text": ""}', 422, "/text"),
        (b'{"text": "a", "texts": ["b"]}', 422, "either"),
        (b'{"text": "a", "model": "bert"}', 422, "/model"),
        (b'{"text": "a", "modell": "gbc"}', 422, "/modell"),
        (b'{"text": "a", "model": "all", "version": "v1"}', 422, "version"),
        (b'{"text": "a", "version": "../../etc/passwd"}', 422, "/version: versions are named"),
        (b'{"text": "a", "version": "' + b"0" * 64 + b'"}', 422, "/version"),
        (b'{"text": "a", "version": "_"}', 422, "/version"),
        (b'{"text": "a", "version": "V1"}', 422, "/version"),
        (b'{"text": "a", "version": "latest"}', 404, "latest"),
        (b'{"text": "nul\\u0000"}', 422, "/text: it has a control character"),
        (b'{"text": "escape\\u001b[31m"}', 422, "/text"),
        (b'{"text": "\\ud800"}', 400, "not JSON"),
        (b'{"text": "\xff\xfe"}', 400, "not JSON"),
        (b'{"text": "' + b"a" * 20_001 + b'"}', 422, "/text"),
        (json.dumps({"texts": ["a"] * 257}).encode(), 422, "/texts"),
        (b"[" * 100_000, 400, "not JSON"),
        ("😀".encode() * 2_500_000, 413, "1 MB"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_bad_body_is_refused_with_the_reason(
    local: TestClient, body: bytes, status: int, says: str
) -> None:
    assert_problem(local.post("/predict", content=body, headers=JSON), status, says)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/vnd.bentoml+pickle",
        "application/x-pickle",
        "application/octet-stream",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "text/plain",
    ],
)
def test_anything_but_json_is_415_and_never_read(local: TestClient, media_type: str) -> None:
    answer = local.post(
        "/predict", content=b"--x\r\n\x80\x04", headers={"content-type": media_type}
    )
    assert_problem(answer, 415, "application/json")


def test_a_compressed_body_is_415(local: TestClient) -> None:
    headers = {**JSON, "content-encoding": "gzip"}
    assert_problem(local.post("/predict", content=b"\x1f\x8b", headers=headers), 415)


def test_a_body_sent_in_chunks_meets_the_same_limit(local: TestClient) -> None:
    chunks = (b"x" * 100_000 for _ in range(20))
    assert_problem(local.post("/predict", content=chunks, headers=JSON), 413)


def test_unknown_paths_and_wrong_methods_are_named(local: TestClient) -> None:
    assert_problem(local.get("/predictions"), 404, "/predictions")
    wrong = local.get("/predict")
    assert_problem(wrong, 405, "POST")
    assert wrong.headers["allow"] == "POST"


def test_without_tokens_only_this_machine_is_answered(house: House) -> None:
    with in_process() as client:
        other = TestClient(client.app, base_url="http://127.0.0.1", client=("10.1.2.3", 4000))
        assert_problem(other.get("/models"), 403, "this machine")
        assert other.get("/livez").status_code == 200


def test_tokens_let_in_their_bearers_until_they_are_revoked(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bentos.tokens.SECONDS_BETWEEN_LOOKS", 0.0)
    file = tmp_path / "tokens"
    line = {
        name: f"{name} {hashlib.sha256(name.encode()).hexdigest()}\n" for name in ("ann", "bob")
    }
    file.write_text("# who may ask\n" + line["ann"] + line["bob"])
    monkeypatch.setenv("SATISPY_TOKENS", str(file))

    def status(token: str) -> int:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return client.get("/models", headers=headers).status_code

    with in_process() as client:
        refused = client.get("/models")
        assert_problem(refused, 401, "Bearer")
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert [status("ann"), status("bob"), status("eve"), status("")] == [200, 200, 401, 401]
        assert client.get("/readyz").status_code == 200
        file.write_text(line["ann"])
        assert [status("ann"), status("bob")] == [200, 401]
        file.unlink()
        assert status("ann") == 401


def test_more_requests_at_once_than_allowed_are_429_with_a_time_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SATISPY_MAX_CONCURRENCY", "0")
    with in_process() as client:
        answer = client.post("/predict", json={"text": "a"})
        assert_problem(answer, 429)
        assert answer.headers["retry-after"] == "1"
