"""The real server, started as people start it, and the Bento it is built into."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from house import House

from infra.image.build import build
from tests.ports import free_port

REPOSITORY = Path(__file__).parents[2]
BENTOML = Path(sys.executable).with_name("bentoml")
TOO_HEAVY = ("tensorflow", "keras", "sklearn", "lightgbm", "scipy", "pandas")

pytestmark = pytest.mark.e2e


@contextmanager
def serving(
    house: House, log: Path, target: str = "bentos.service:Sentiment", **settings: str
) -> Iterator[str]:
    environment = {**os.environ, **house.environment, **settings}
    command = [str(BENTOML), "serve", target, "--port", str(port := free_port())]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 240  # a busy machine, not a slow service
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not come up:\n{log.read_text()}")


def raw(url: str, head: str, body: bytes) -> bytes:
    """What a client reads that sends its whole body before it looks."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as line:
        line.sendall(head.encode() + b"\r\n\r\n" + body)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer


def workers(url: str) -> list[psutil.Process]:
    port = int(url.rpartition(":")[2])
    return [
        process
        for process in psutil.Process().children(recursive=True)
        if "_bentoml_impl.worker.service" in process.as_dict(["cmdline"], [])["cmdline"]
        and any(c.laddr.port == port for c in process.net_connections("tcp"))
    ]


def asked(url: str) -> tuple[int, str]:
    """The worker that answers a new connection, and the model by which it does."""
    with httpx.stream("POST", f"{url}/predict", json={"text": "parfait"}) as answer:
        ours = answer.extensions["network_stream"].get_extra_info("socket").getsockname()
        tag = json.loads(answer.read())["predictions"][0]["tag"]
        [worker] = [
            process.pid
            for process in workers(url)
            for connection in process.net_connections("tcp")
            if connection.raddr and connection.raddr.port == ours[1]
        ]
    return worker, tag


def wait_until_all_answer(url: str, tag: str) -> None:
    """Raises unless both workers come to answer by this model, and then do so ten times."""
    last: dict[int, str] = {}
    deadline = time.monotonic() + 30
    while (len(last) < 2 or set(last.values()) != {tag}) and time.monotonic() < deadline:
        worker, last_tag = asked(url)
        last[worker] = last_tag
    assert len(last) == 2
    assert set(last.values()) == {tag}
    assert {asked(url)[1] for _ in range(10)} == {tag}


def test_the_server_listens_on_loopback_only_and_swaps_while_it_serves(
    house: House, tmp_path: Path
) -> None:
    house.train_and_promote_all()
    log = tmp_path / "log"
    with serving(house, log) as url, httpx.Client(base_url=url) as client:
        [worker] = workers(url)
        listening = [c.laddr.ip for c in worker.net_connections("tcp") if c.status == "LISTEN"]
        assert set(listening) == {"127.0.0.1"}
        assert worker.memory_info().rss < 250e6
        loaded = "".join(m.path for m in worker.memory_maps())
        assert not [name for name in TOO_HEAVY if f"/{name}/" in loaded]

        def answering() -> str:
            answer = client.post("/predict", json={"text": "parfait"})
            assert answer.status_code == 200, answer.text
            return answer.json()["predictions"][0]["tag"]

        assert answering() == "satispy-gbc:v1"
        house.promote(house.train("gbc", "v2", lean=1.0))
        deadline = time.monotonic() + 10
        while (tag := answering()) == "satispy-gbc:v1" and time.monotonic() < deadline:
            pass
        assert tag == "satispy-gbc:v2"

        slow = {"content-type": "application/vnd.bentoml+pickle"}
        assert client.post("/predict", content=b"\x80\x04.", headers=slow).status_code == 415
    text = log.read_text()
    assert "No tokens are set" in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("head", "megabytes", "status"),
    [
        ("Content-Type: application/json", 10, 413),
        ("Content-Type: application/x-pickle", 10, 415),
        ("Content-Type: text/csv", 110, 413),
    ],
)
def test_who_sends_too_much_is_told_so_and_not_cut_off(
    house: House, tmp_path: Path, head: str, megabytes: int, status: int
) -> None:
    path = "/predict/csv" if "csv" in head else "/predict"
    body = "😀".encode() * (megabytes * 250_000)
    with serving(house, tmp_path / "log") as url:
        host = f"Host: {urlsplit(url).netloc}"
        request = f"POST {path} HTTP/1.1\r\n{host}\r\nContent-Length: {len(body)}\r\n{head}"
        answer = raw(url, request, body)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/problem+json" in answer


def test_metrics_count_what_was_judged_and_nothing_that_was_not_asked(
    house: House, tmp_path: Path
) -> None:
    house.train_and_promote_all()
    with serving(house, tmp_path / "log") as url, httpx.Client(base_url=url) as client:
        client.post("/predict", json={"texts": ["parfait", "xyz"]})
        client.post("/predict", json={"texts": ["nul", "nul"], "model": "svm"})
        client.get("/scan/1")
        time.sleep(0.2)
        page = client.get("/metrics").text
    assert 'satispy_predictions_total{label="unknown",model="gbc",tag="satispy-gbc:v1"} 1.0' in page
    assert (
        'satispy_predictions_total{label="negative",model="svm",tag="satispy-svm:v1"} 2.0' in page
    )
    assert 'satispy_unknown_texts_total{model="gbc"} 1.0' in page
    assert 'satispy_prediction_seconds_count{model="svm"} 1.0' in page
    assert 'satispy_model_age_seconds{model="ann"}' in page
    assert 'endpoint="/predict"' in page
    assert "/scan/" not in page


def test_the_bento_builds_and_serves(house: House, tmp_path: Path) -> None:
    house.train_and_promote_all()
    environment = {**os.environ, **house.environment}
    built = subprocess.run(
        [str(BENTOML), "build", "-o", "tag"],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert built.returncode == 0, built.stderr
    tag = built.stdout.strip().removeprefix("__tag__:")
    with serving(house, tmp_path / "log", tag) as url:
        answer = httpx.post(f"{url}/predict", json={"text": "parfait"})
        assert answer.status_code == 200, answer.text


def test_a_bento_with_its_models_inside_serves_them_without_bucket_or_store(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an image has it."""
    house.train_and_promote_all()
    for name, value in house.environment.items():
        monkeypatch.setenv(name, value)
    name, _, version = build(house.bucket, house.models, "python:3.11-slim").partition(":")
    home = Path(house.environment["BENTOML_HOME"])
    inside = shutil.copytree(home / "bentos" / name / version, tmp_path / "bento")
    shutil.copytree(home / "models", inside / "models", dirs_exist_ok=True)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    empty = str(tmp_path / "empty")
    nowhere = {"BENTOML_HOME": empty, "SATISPY_BENTOML_HOME": empty}
    with serving(house, tmp_path / "log", str(inside), **nowhere) as url:
        answer = httpx.post(f"{url}/predict", json={"text": "parfait"})
        assert answer.status_code == 200, answer.text


def test_all_workers_switch_to_what_is_promoted(house: House, tmp_path: Path) -> None:
    house.train_and_promote_all()
    with serving(house, tmp_path / "log", SATISPY_WORKERS="2") as url:
        wait_until_all_answer(url, "satispy-gbc:v1")
        house.promote(house.train("gbc", "v2", lean=1.0))
        wait_until_all_answer(url, "satispy-gbc:v2")
