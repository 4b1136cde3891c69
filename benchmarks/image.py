"""The images: sizes and what fills them, idle memory, and the same inside as outside.

The service gives the same answers, the training functions make models with the same digests, the
app shows its pages and finds reviews in a browser.
Needs a Docker engine, and debootstrap where python:3.11-slim cannot be pulled. TAG=satispy:check
names the service's image; KEEP=1 takes images that are there instead of building them;
ONLY=service, ONLY=training or ONLY=app looks at one of them.
"""

import os
import secrets
import sys
import time
from pathlib import Path

import httpx

from benchmarks import _app_image, _training_image
from benchmarks._docker import (
    build,
    docker,
    looked_at,
    memory_of,
    packages_in,
    say,
    wait_until_well,
)
from benchmarks._served import serving, texts, world
from tests.ports import free_port

TRAINING = "satispy-training:check"
APP = "satispy-app:check"
FILLS = {
    "/app/.venv": "the service's packages",
    "/home/bentoml/bento": "the Bento: code and models",
    "/usr": "Debian and its Python",
}


def run() -> dict[str, object]:
    only = os.environ.get("ONLY", "service training app").split()
    figures: dict[str, object] = {}
    if "training" in only:
        if not os.environ.get("KEEP"):
            build("training.Dockerfile", TRAINING)
        figures["training"] = _training_image.check(TRAINING)
    if "app" in only:
        if not os.environ.get("KEEP"):
            build("app.Dockerfile", APP)
        figures["app"] = _app_image.check(APP)
    if "service" in only:
        figures |= service(os.environ.get("TAG", "satispy:check"))
    return figures


def service(tag: str) -> dict[str, object]:
    with world() as here:
        if not os.environ.get("KEEP"):
            say(["bash", "infra/image/base.sh"])
            command = [sys.executable, "-m", "infra.image.build", "--tag", tag]
            say(command, env=here.environment)
        with serving(here) as (outside, _, _):
            expected = ask_everything(httpx.Client(base_url=outside))
    about = looked_at(tag, FILLS)
    idle, inside = run_container(tag)
    different = largest_difference(expected, inside)
    print(
        f"idle: {idle:.0f} MB; largest difference of a probability inside and outside: {different}"
    )
    return {
        **about,
        "idle_mb": idle,
        "largest_difference": different,
        "packages": packages_in(tag, "satispy", "/app/.venv"),
    }


def run_container(tag: str) -> tuple[float, list[float]]:
    """Idle memory, and the answers of a container with a token, over its own network."""
    token, name, port = secrets.token_urlsafe(16), f"satispy-{secrets.token_hex(4)}", free_port()
    tokens = Path("/tmp") / name  # noqa: S108  a file of ours, with an unguessable name
    tokens.write_text(f"check {hash_of(token)}\n")
    tokens.chmod(0o644)
    settings = ["-e", "SATISPY_TOKENS=/tokens", "-e", f"BENTOML_PORT={port}"]
    docker(
        *["run", "-d", "--name", name, "--network", "host", "--read-only", "--tmpfs", "/tmp"],  # noqa: S108
        *["-v", f"{tokens}:/tokens:ro", *settings, tag],
    )
    try:
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}
        )
        wait_until_well(name, f"http://127.0.0.1:{port}/readyz")
        refused = httpx.post(client.base_url.join("/predict"), json={"text": "bonjour"})
        assert refused.status_code == 401, refused.text
        time.sleep(3)
        idle = memory_of(name)
        return idle, ask_everything(client)
    finally:
        docker("rm", "-f", name)
        tokens.unlink()


def hash_of(token: str) -> str:
    import hashlib

    return hashlib.sha256(token.encode()).hexdigest()


def ask_everything(client: httpx.Client) -> list[float]:
    """Call each route once; returns the probabilities."""
    some = texts(40)
    for page in ("/models", "/metrics", "/docs.json", "/livez", "/readyz", "/"):
        client.get(page).raise_for_status()
    probabilities = []
    for model in ("gbc", "svm", "ann", "ensemble"):
        answer = client.post("/predict", json={"texts": some, "model": model}).raise_for_status()
        probabilities += [each["probability"] for each in answer.json()["predictions"]]
    answer = client.post("/explain", json={"text": some[0]}).raise_for_status()
    probabilities.append(answer.json()["probability"])
    rows = (f'"{text.replace(chr(34), chr(39))}"' for text in some[:3])
    answer = client.post(
        "/predict/csv",
        content="\n".join(["text", *rows]).encode(),
        headers={"content-type": "text/csv"},
    )
    answer.raise_for_status()
    return probabilities


def largest_difference(one: list[float], other: list[float]) -> float:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
