"""The image of the training functions: its size, and a retrain inside that equals one outside.

The three handlers are called as Lambda does, through the Runtime API: inside from a read-only root
as somebody without rights and with the memory that template.yaml gives; outside in the environment
of this checkout. The same reviews must give models with the same digests.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from benchmarks._docker import looked_at
from benchmarks._served import REPOSITORY, moto
from infra.template import load
from satispy.demo.generate import write_walk
from satispy.models import FAMILIES
from satispy.reviews import merge_upload
from satispy.settings import Settings
from satispy.storage import Store
from tests.runtime_api import load as load_runtime_api

ROWS = 500
STEPS = {"Prepare": "prepare", "Train": "train", "Publish": "publish"}
#: Who runs functions in Lambda.
NOBODY = "993:990"
FOLDERS = {"/opt/satispy": "the functions' packages", "/usr": "Debian and its Python"}
Command = Callable[[str, dict[str, str]], list[str]]


def check(tag: str) -> dict[str, object]:
    about = looked_at(tag, FOLDERS)
    with _server() as environment, tempfile.TemporaryDirectory() as folder:
        upload = _upload(Path(folder))
        outside, _ = _retrain("outside", upload, environment, _here)
        inside, steps = _retrain("inside", upload, environment, _container(tag))
    print(f"\n{'':12}{'start s':>9}{'call s':>9}{'memory MB':>11}")
    for name, step in steps.items():
        print(
            f"{name:12}"
            + "".join(f"{value:{w}.1f}" for value, w in zip(step, (9, 9, 11), strict=True))
        )
    same = {family: inside[family] == outside[family] for family in FAMILIES}
    print(f"same digests inside and outside: {same}")
    return {
        **about,
        "same_digests": same,
        "steps": {
            name: dict(zip(("start_seconds", "call_seconds", "peak_memory_mb"), step, strict=True))
            for name, step in steps.items()
        },
    }


Steps = dict[str, tuple[float, float, float]]


def _retrain(
    bucket: str, upload: Path, environment: dict[str, str], command: Command
) -> tuple[dict[str, str], Steps]:
    """(digest by family, (seconds to start, of the call, memory in MB) by step)."""
    environment = {**environment, "SATISPY_BUCKET": bucket}
    where = {"LocationConstraint": environment["AWS_REGION"]}
    boto3.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    store = Store.bucket(Settings().model_copy(update={"bucket": bucket}))
    store.write(f"uploads/{upload.name}", upload)
    version = merge_upload(store, f"uploads/{upload.name}").dataset_version
    run = {"run": f"v{version:05d}", "dataset_version": version}
    started = datetime.now(UTC).isoformat()
    steps: Steps = {}

    def call(step: str, event: Mapping[str, object], name: str) -> Any:
        with _function(step, environment, command) as (seconds, invoke):
            begin = time.perf_counter()
            answer = invoke(event)
            took = time.perf_counter() - begin
        steps[name] = (seconds, took, float(answer["peak_memory_mb"]))
        return answer

    prepared = call("Prepare", run, "prepare")
    models = [call("Train", {"family": f, "prepared": prepared}, f) for f in FAMILIES]
    told = {**run, "started": started, "prepared": prepared, "models": models}
    promoted = call("Publish", told, "publish")["promoted"]
    assert sorted(promoted) == sorted(FAMILIES), promoted
    return {model["family"]: model["digest"] for model in models}, steps


@contextmanager
def _function(
    step: str, environment: dict[str, str], command: Command
) -> Iterator[tuple[float, Callable[[Mapping[str, object]], Any]]]:
    """One execution environment: the seconds until it asks for work, and how to call it."""
    module = load_runtime_api()

    class Api(module.RuntimeApi):  # type: ignore[misc, name-defined]
        def verify_request(self, request: Any, client_address: Any) -> bool:
            return True  # a container's user is another one than ours

    api = Api()
    with tempfile.TemporaryDirectory() as tmp, tempfile.TemporaryFile() as said:
        given = {**environment, "AWS_LAMBDA_RUNTIME_API": api.address}
        given |= {"TMPDIR": tmp, "SATISPY_BENTOML_HOME": f"{tmp}/bentoml"}
        begin = time.perf_counter()
        process = subprocess.Popen(
            command(step, given), cwd=REPOSITORY, env=given, stdout=said, stderr=said
        )

        def invoke(event: Mapping[str, object]) -> Any:
            body = json.dumps(event)
            sent = module.Event(secrets.token_hex(8), body, f"arn:{step}", "", time.time() + 900)
            answer = api.send(sent).result(timeout=900)
            if answer.failed:
                raise RuntimeError(f"{step}: {answer.body.decode()[:2000]}")
            return json.loads(answer.body)

        try:
            api.started.result(timeout=120)
            yield time.perf_counter() - begin, invoke
        except BaseException:
            said.seek(0)
            sys.stderr.write(said.read().decode(errors="replace")[-3000:])
            raise
        finally:
            api.close()
            process.terminate()
            process.wait(timeout=30)


def _here(step: str, environment: dict[str, str]) -> list[str]:
    return [sys.executable, "-m", "awslambdaric", f"functions.{STEPS[step]}.handler"]


def _container(tag: str) -> Command:
    functions = load(REPOSITORY / "template.yaml")["Resources"]

    def command(step: str, environment: dict[str, str]) -> list[str]:
        properties = functions[step]["Properties"]
        names = [n for n in environment if n.startswith(("AWS_", "SATISPY_")) or "THREADS" in n]
        return [
            *("docker", "run", "--rm", "--init", "--network", "host"),
            *("--read-only", "--tmpfs", "/tmp", "--user", NOBODY, "--cap-drop", "ALL"),  # noqa: S108
            *("--memory", f"{properties['MemorySize']}m"),
            *(part for name in names for part in ("-e", name)),
            *("-e", "SATISPY_BENTOML_HOME=/tmp/bentoml"),
            *(tag, *properties["ImageConfig"]["Command"]),
        ]

    return command


@contextmanager
def _server() -> Iterator[dict[str, str]]:
    """An S3 server, and what a function is told of it; this process is told as well."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SATISPY_", "AWS_"))}
    given = {
        **{"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-3"},
        **{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
        # One thread, by which sums come out alike.
        **{"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        **{"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"},
    }
    with moto() as (url, _):
        given["AWS_ENDPOINT_URL"] = url
        os.environ |= {name: value for name, value in given.items() if name.startswith("AWS_")}
        yield {**kept, **given}


def _upload(folder: Path) -> Path:
    path = write_walk(folder, scale=1.0)[0]
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    path.write_text("".join(lines[: ROWS + 1]), encoding="utf-8")
    return path


if __name__ == "__main__":
    check(sys.argv[1])
