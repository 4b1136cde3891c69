"""Every bad request gets a 4xx that says what is wrong; nothing hostile gets a 5xx."""

import hashlib
import json
from pathlib import Path

import pytest
from house import House, in_process
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

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
        (b'{"text": "\xff\xfe"}', 400, "not UTF-8"),
        ('{"text": "Abîmé"}'.encode("cp1252"), 400, "not UTF-8"),
        (b'{"text": "\xed\xa0\xbd"}', 400, "not UTF-8"),
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
    "body",
    [
        rb'{"text": "parfait \ud83d"}',
        rb'{"texts": ["parfait", "\udc4d parfait", "\ud83d\ud83d\udc4d"]}',
        rb'{"text": "parfait \\ud83d"}',
        rb'{"text": "parfait \ud83d\udc4d"}',
        b'\xef\xbb\xbf{"text": "parfait"}',
    ],
)
def test_half_an_emoji_or_a_byte_order_mark_keeps_no_text_from_its_answer(
    local: TestClient, body: bytes
) -> None:
    for path in ("/predict", "/explain") if b"texts" not in body else ("/predict",):
        answer = local.post(path, content=body, headers=JSON)
        assert answer.status_code == 200, answer.text


def test_a_csv_that_says_it_has_no_header_is_refused_in_words(local: TestClient) -> None:
    for spelled in ("text/csv; header=absent", 'Text/CSV; charset=utf-8; Header="Absent"'):
        answer = local.post("/predict/csv", content=b"parfait\n", headers={"content-type": spelled})
        assert_problem(answer, 415, "header line")


@pytest.mark.parametrize(
    "spelled",
    [
        "text/csv; header=present; charset=windows-1252",
        'text/csv; charset="windows-1252"; header=present',
        "text/csv; CHARSET=Windows-1252",
    ],
)
def test_the_charset_of_a_csv_may_stand_behind_another_parameter(
    local: TestClient, spelled: str
) -> None:
    body = "avis\nabîmé\n".encode("cp1252")
    answer = local.post("/predict/csv", content=body, headers={"content-type": spelled})
    assert answer.status_code == 200, answer.text
    assert "abîmé" in answer.content.decode("cp1252")


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


def test_two_content_types_are_400_whichever_is_the_right_one(local: TestClient) -> None:
    for name in ("content-type", "Content-Type"):
        for second in ("application/json", "application/vnd.bentoml+pickle"):
            sent = [("content-type", "application/json"), (name, second)]
            for headers in (sent, sent[::-1]):
                answer = local.post("/predict", content=b'{"text": "parfait"}', headers=headers)
                assert_problem(answer, 400, "content-type was sent twice")


SPELLED = {
    "Application/JSON": 200,
    "application/json ; charset=UTF-8": 200,
    'application/json; charset="utf-8"; v=1': 200,
    "application/json; charset=utf-16": 415,
    "application/json; charset=utf-8; charset=utf-16": 400,
    "application/json; charset=utf-8, text/csv": 400,
    "application/json, application/vnd.bentoml+pickle": 415,
    "application/json;, application/vnd.bentoml+pickle": 400,
    "application/json\u00a0": 415,
}


def test_a_content_type_means_what_it_says_however_it_is_spelled(local: TestClient) -> None:
    statuses = {
        spelled: local.post(
            "/predict",
            content=b'{"text": "parfait"}',
            headers={"content-type": spelled.encode("latin-1")},
        ).status_code
        for spelled in SPELLED
    }
    assert statuses == SPELLED


def test_a_page_under_a_name_that_is_not_ours_is_refused(local: TestClient) -> None:
    """DNS rebinding: the page's name points to 127.0.0.1, its origin is its own."""
    for path in ("/models", "/", "/metrics", "/docs.json", "/livez", "/readyz"):
        assert_problem(local.get(path, headers={"host": "evil.example:3000"}), 421, "evil.example")
    rebound = {"host": "evil.example:3000", "origin": "http://evil.example:3000"}
    assert_problem(local.post("/predict", json={"text": "a"}, headers=rebound), 421)
    for probed in ("10.1.2.3:3000", "10.1.2.3", "[fd00::1]:3000"):
        assert local.get("/livez", headers={"host": probed}).status_code == 200
    assert local.get("/models", headers={"host": "localhost:3000"}).status_code == 200


def test_a_page_of_another_site_is_refused_and_may_link_to_the_page_that_tries_things_out(
    local: TestClient,
) -> None:
    text = {"text": "a"}
    for origin in ("http://evil.example", "null", "http://127.0.0.1:8000"):
        assert_problem(local.post("/predict", json=text, headers={"origin": origin}), 403, "page")
        assert_problem(local.get("/models", headers={"origin": origin}), 403)
    embedded = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert_problem(local.get("/models", headers=embedded), 403)
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert local.get("/", headers={**link, "sec-fetch-dest": "document"}).status_code == 200
    assert_problem(local.get("/", headers={**link, "sec-fetch-dest": "iframe"}), 403)
    ours = {"origin": "http://127.0.0.1:3000", "sec-fetch-site": "same-origin"}
    assert local.post("/predict", json=text, headers=ours).status_code == 200


def test_no_answer_may_be_framed_or_taken_for_another_type(local: TestClient) -> None:
    asked = [local.get(path) for path in ("/", "/models", "/livez", "/nothing", "/docs.json")]
    asked += [local.post("/predict", json={"text": text}) for text in ("a", "")]
    asked += [
        local.post("/predict/csv", content=b"text\na\n", headers={"content-type": "text/csv"})
    ]
    for answer in asked:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "server" not in answer.headers


def test_where_tokens_are_asked_for_it_goes_by_any_name_unless_the_setting_says_which(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"ann {hashlib.sha256(b'ann').hexdigest()}\n")
    monkeypatch.setenv("SATISPY_TOKENS", str(file))

    def status(**headers: str) -> int:
        with in_process() as client:
            sent = {"authorization": "Bearer ann", **headers}
            return client.get("/models", headers=sent).status_code

    balanced = {"host": "satispy.example"}
    assert status(**balanced) == 200
    assert status(**balanced, origin="https://satispy.example") == 200
    assert status(**balanced, origin="https://evil.example") == 403
    monkeypatch.setenv("SATISPY_HOSTS", "api.example:443")
    assert status(**balanced) == 421
    assert status(host="api.example:443") == 200


def test_websockets_do_not_pass_the_gate(local: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), local.websocket_connect("/predict"):
        pass


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
