"""The local stack: LocalStack with the template deployed in it, the Bento service, the Panel app.

Everything it writes is in `settings.home` (`.satispy/`): s3/ (the buckets), logs/, processes/,
tmp/ (LocalStack's), bentoml/ (the model store), env (how to reach it).
"""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from infra import environment, processes
from infra.processes import Started
from satispy.errors import StackError
from satispy.settings import Settings
from satispy.storage import Store

ROOT = Path(__file__).resolve().parent.parent
LOCALSTACK_PYTHON = ROOT / ".venv-localstack" / "bin" / "python"
# The template's outputs, and where they are expected to be.
OUTPUTS = {
    "Bucket": "SATISPY_BUCKET",
    "StateMachineArn": "SATISPY_STATE_MACHINE_ARN",
    "AlertsTopicArn": "SATISPY_ALERTS_TOPIC_ARN",
    "UploadQueueUrl": "SATISPY_UPLOAD_QUEUE_URL",
    "DeadLettersUrl": "SATISPY_DEAD_LETTERS_URL",
}
READY_SECONDS = 120  # 3 s on an idle machine
# LocalStack takes any; these two are what its documentation uses.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
# Byte code is worth writing: TensorFlow's import takes 4 s with it and 13 s without.
NOT_INHERITED = (*environment.FOREIGN, "AWS_ENDPOINT_URL", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Part:
    """One of the three servers."""

    name: str
    title: str
    port: int
    port_setting: str
    url: str
    ready_path: str


@dataclass(frozen=True)
class Resumed:
    """What `up` found to do in the bucket (infra/resume.py)."""

    uploads: int = 0  # a killed LocalStack had forgotten them: announced once more
    run: str | None = None  # a retrain that it had forgotten: started again
    admin: tuple[str, str] | None = None  # name and password of the first account, made just now


@dataclass(frozen=True)
class PartStatus:
    part: Part
    process: Started | None
    answers: bool
    memory_mb: int


class Stack:
    """`up`, `down` and `status` of the stack whose home and ports the settings name."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.home = settings.home.resolve()
        host = settings.host
        self.localstack = Part(
            "localstack",
            "LocalStack",
            settings.localstack_port,
            "SATISPY_LOCALSTACK_PORT",
            f"http://{host}:{settings.localstack_port}",
            "/_localstack/health",
        )
        self.service = Part(
            "service",
            "Prediction service",
            settings.service_port,
            "SATISPY_SERVICE_PORT",
            f"http://{host}:{settings.service_port}",
            "/readyz",
        )
        self.app = Part(
            "app",
            "App",
            settings.app_port,
            "SATISPY_APP_PORT",
            f"http://{host}:{settings.app_port}",
            "/",
        )
        self.parts = (self.localstack, self.service, self.app)

    # ---- what a person asks for ----

    def up(self, tell: Callable[[str], None] = lambda _: None) -> Resumed:
        """Start what does not run yet, saying what is being done; answers what was taken up again.

        If anything fails, what this call started is ended again.
        """
        if not LOCALSTACK_PYTHON.exists():
            raise StackError(
                f"LocalStack is not installed. Run: make {LOCALSTACK_PYTHON.parents[1]}/.installed"
            )
        with self._lock():
            before = {process.pid for process in processes.all_of(self.home)}
            try:
                return self._up(tell)
            except BaseException:  # Ctrl-C too
                started = [p for p in processes.all_of(self.home) if p.pid not in before]
                processes.end(self.home, started)
                raise

    def down(self) -> int:
        """End every process of the stack; its data stays. Answers how many there were."""
        with self._lock():
            count = processes.end(self.home)
            for folder in ("tmp", "processes"):
                shutil.rmtree(self.home / folder, ignore_errors=True)
            environment.drop(self.home)
            return count

    def status(self) -> list[PartStatus]:
        found = []
        for part in self.parts:
            process = processes.recorded(self.home, part.name)
            answers = process is not None and self._answers(part)
            found.append(PartStatus(part, process, answers, _memory_mb(process)))
        return found

    def pids(self) -> list[int]:
        """Of every process of the stack, functions included."""
        return [process.pid for process in processes.all_of(self.home)]

    def api_url(self) -> str | None:
        """Of the REST API; None while the stack is down."""
        return environment.read(self.home).get("SATISPY_API_URL")

    def store(self) -> Store:
        """The bucket. From here on this process talks to the stack, like its servers."""
        environment.enter(self.home)
        return Store.bucket(Settings())

    # ---- how ----

    def _up(self, tell: Callable[[str], None]) -> Resumed:
        for part in self.parts:
            running = processes.recorded(self.home, part.name)
            if running is None:
                processes.demand_free(self.settings.host, part.port, part.title, part.port_setting)
            elif running.port != part.port:
                raise StackError(
                    f"{part.title} runs on port {running.port} already. To move it to {part.port}: "
                    "satispy down, then up; to have two stacks: another SATISPY_HOME"
                )
        forgotten = processes.recorded(self.home, self.localstack.name) is None
        if forgotten:
            # Leftovers of a crash: functions of a LocalStack that is gone, its temporary files.
            processes.end(self.home)
            shutil.rmtree(self.home / "tmp", ignore_errors=True)
            tell("Starting LocalStack")
            self._start(self.localstack, self._localstack_command(), self._localstack_environment())
            self._await(self.localstack)
        reach = self._reach()
        environment.write(self.home, reach)
        # They load while the template is being deployed; until then the bucket is missing to them.
        servers = {self.service: self._service_command(), self.app: self._app_command()}
        missing = [part for part in servers if not processes.recorded(self.home, part.name)]
        for part in missing:
            self._start(part, servers[part], _inherited() | reach)
        tell("Deploying the template")
        self._deploy(reach)
        resumed = self._resume(_inherited() | reach) if forgotten else Resumed()
        if missing:
            tell("Waiting for " + " and ".join(part.title.lower() for part in missing))
        for part in servers:
            self._await(part)
        return resumed

    def _resume(self, reach: Mapping[str, str]) -> Resumed:
        """In a process of its own: this one need not talk to the stack, and stays small."""
        answer = subprocess.run(
            [sys.executable, "-m", "infra.resume"],
            cwd=ROOT,
            env={**reach, processes.MARK: str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            raise StackError(f"What was under way could not be taken up again:\n{answer.stderr}")
        found = json.loads(answer.stdout.splitlines()[-1])
        admin = tuple(found.pop("admin") or ()) or None
        return Resumed(**found, admin=admin)

    def _start(self, part: Part, command: list[str], environment: Mapping[str, str]) -> None:
        processes.start(
            part.name,
            command,
            home=self.home,
            port=part.port,
            environment=environment,
            cwd=ROOT,
        )

    def _localstack_command(self) -> list[str]:
        return [str(LOCALSTACK_PYTHON), "-m", "localstack.runtime.main"]

    def _localstack_environment(self) -> dict[str, str]:
        address = f"{self.settings.host}:{self.settings.localstack_port}"
        tmp = self.home / "tmp"  # its own: two instances that share one mix up their files
        tmp.mkdir(parents=True, exist_ok=True)
        return _inherited() | {
            "GATEWAY_LISTEN": address,
            "GATEWAY_SERVER": "loopback",
            "LOCALSTACK_HOST": address,
            "LAMBDA_RUNTIME_EXECUTOR": "process",
            "LAMBDA_PROCESS_PYTHON": sys.executable,
            "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT": "60",  # TensorFlow's import
            # An idle function keeps its memory, and starting it again takes half a second.
            "LAMBDA_KEEPALIVE_MS": "10000",
            "LAMBDA_PROCESS_LOG": str(self.home / "logs" / "functions.log"),
            "PROVIDER_OVERRIDE_S3": "durable",
            "S3_FOLDER": str(self.home / "s3"),
            "SQS_ENDPOINT_STRATEGY": "path",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "DISABLE_EVENTS": "1",
            "DNS_ADDRESS": "0",
            "TMPDIR": str(tmp),
        }

    def _service_command(self) -> list[str]:
        settings = self.settings
        return [
            *(sys.executable, "-m", "bentoml", "serve", "bentos.service:Sentiment"),
            *("--host", settings.host, "--port", str(settings.service_port)),
        ]

    def _app_command(self) -> list[str]:
        settings = self.settings
        return [
            *(sys.executable, "-m", "panel", "serve", str(ROOT / "satispy/dashboard/app.py")),
            *("--address", settings.host, "--port", str(settings.app_port)),
            *("--allow-websocket-origin", f"{settings.host}:{settings.app_port}"),
            *("--allow-websocket-origin", f"localhost:{settings.app_port}"),
        ]

    def _reach(self) -> dict[str, str]:
        """The environment in which the stack is reached: all names in it are known beforehand."""
        settings = self.settings
        account = f"{settings.region}:000000000000"
        queues = f"{self.localstack.url}/queue/{settings.region}/000000000000/{settings.stack_name}"
        api = f"{self.localstack.url}/_aws/execute-api/{settings.stack_name}/api"
        model_home = str(self.home / "bentoml")
        return CREDENTIALS | {
            "AWS_ENDPOINT_URL": self.localstack.url,
            "AWS_REGION": settings.region,
            "AWS_DEFAULT_REGION": settings.region,
            "SATISPY_HOME": str(self.home),
            "SATISPY_STACK_NAME": settings.stack_name,
            "SATISPY_BUCKET": settings.bucket,
            "SATISPY_STATE_MACHINE_ARN": f"arn:aws:states:{account}:stateMachine:"
            f"{settings.stack_name}-retrain",
            "SATISPY_ALERTS_TOPIC_ARN": f"arn:aws:sns:{account}:{settings.stack_name}-alerts",
            "SATISPY_UPLOAD_QUEUE_URL": f"{queues}-uploads",
            "SATISPY_DEAD_LETTERS_URL": f"{queues}-dead-letters",
            "SATISPY_API_URL": api,
            "SATISPY_BENTOML_HOME": model_home,
            "BENTOML_HOME": model_home,
            "BENTOML_DO_NOT_TRACK": "True",
            "SATISPY_LOCALSTACK_PORT": str(settings.localstack_port),
            "SATISPY_SERVICE_PORT": str(settings.service_port),
            "SATISPY_APP_PORT": str(settings.app_port),
            "SATISPY_SERVICE_URL": self.service.url,
        }

    def _deploy(self, reach: Mapping[str, str]) -> None:
        from infra.deploy import Cloud, deploy  # boto3: not for `satispy status`

        settings = self.settings
        cloud = Cloud(self.localstack.url, settings.region, *CREDENTIALS.values())
        outputs = deploy(
            cloud,
            ROOT,
            settings.stack_name,
            {
                "BucketName": settings.bucket,
                "TrainingPackage": "Zip",
                "ModelHome": reach["SATISPY_BENTOML_HOME"],
                "Embeddings": settings.embeddings,
                "Seed": str(settings.seed),
                "ModelParameters": json.dumps(settings.parameters),
                "Mask": str(settings.mask).lower(),
                "Columns": json.dumps(settings.columns),
                "TrainingThreads": "1",
                "TurnSeconds": "2",
            },
        )
        for output, variable in OUTPUTS.items():
            if outputs[output] != reach[variable]:
                raise StackError(f"{output} is {outputs[output]} and not {reach[variable]}")
        if outputs["ApiId"] != settings.stack_name:  # LocalStack's own tag was not heeded
            raise StackError(f"The API is {outputs['ApiId']} and not {settings.stack_name}")

    def _answers(self, part: Part) -> bool:
        try:
            answer = httpx.get(part.url + part.ready_path, timeout=5, follow_redirects=True)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    def _await(self, part: Part) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            if (process := processes.recorded(self.home, part.name)) is None:
                raise StackError(f"{part.title} ended while starting.{self._log_tail(part)}")
            if self._answers(part):
                return
            time.sleep(0.1)
        raise StackError(
            f"{part.title} (process {process.pid if process else '?'}) did not answer "
            f"in {READY_SECONDS} s.{self._log_tail(part)}"
        )

    def _log_tail(self, part: Part, lines: int = 15) -> str:
        log = self.home / "logs" / f"{part.name}.log"
        if not log.exists():
            return ""
        tail = log.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join([f" The end of {log}:", *tail])

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """One `up` or `down` at a time; the next one waits."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}


def _memory_mb(started: Started | None) -> int:
    """Of the process and everything it started."""
    process = started.process() if started else None
    if process is None:
        return 0
    total = 0
    family: list[Any] = [process]
    with contextlib.suppress(psutil.Error):
        family += process.children(recursive=True)
    for member in family:
        with contextlib.suppress(psutil.Error):
            total += member.memory_info().rss
    return total // 2**20
