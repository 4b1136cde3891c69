"""The local stack: LocalStack with the template deployed in it, the Bento service, the Panel app.

Everything it writes is in `settings.home` (`.satispy/`): s3/ (the buckets), logs/, processes/,
tmp/ (LocalStack's), bentoml/ (the model store), key (what its emulator takes), env (how to reach
it).
"""

import contextlib
import fcntl
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx
import psutil

from infra import environment, home, parts, processes
from infra.parts import LOCALSTACK_PYTHON, ROOT, Part
from infra.processes import Started
from satispy.errors import StackError, StorageUnreachable
from satispy.keys import LeftOut
from satispy.settings import Settings
from satispy.storage import Store

# The template's outputs, and where they are expected to be.
OUTPUTS = {
    "Bucket": "SATISPY_BUCKET",
    "StateMachineArn": "SATISPY_STATE_MACHINE_ARN",
    "AlertsTopicArn": "SATISPY_ALERTS_TOPIC_ARN",
    "UploadQueueUrl": "SATISPY_UPLOAD_QUEUE_URL",
    "DeadLettersUrl": "SATISPY_DEAD_LETTERS_URL",
}
READY_SECONDS = 120  # 3 s on an idle machine


@dataclass(frozen=True)
class Resumed:
    """What `up` found to do, in the bucket (infra/resume.py) and around it."""

    uploads: int = 0  # a killed LocalStack had forgotten them: announced once more
    run: str | None = None  # a retrain that it had forgotten: started again
    admin: tuple[str, str] | None = None  # name and password of the first account, made just now
    was_open: bool = False  # other users could read the home, and no longer can


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
        self.localstack = parts.localstack(settings)
        self.service = parts.service(settings)
        self.app = parts.app(settings)
        self.parts = (self.localstack, self.service, self.app)

    # ---- what a person asks for ----

    def up(self, tell: Callable[[str], None] = lambda _: None) -> Resumed:
        """Start what does not run yet, saying what is being done; answers what was taken up again.

        If anything fails, what this call started is ended again.
        """
        if not LOCALSTACK_PYTHON.exists():
            raise StackError(
                f'LocalStack is not installed. Run: make -C "{ROOT}" .venv-localstack/.installed'
            )
        was_open = home.make(self.home)
        with self._lock():
            before = {process.pid for process in processes.all_of(self.home)}
            try:
                return replace(self._up(tell), was_open=was_open)
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

    def left_out(self) -> tuple[LeftOut, ...]:
        """The objects of the bucket that are skipped; none while it does not answer."""
        from satispy import left_out  # boto3

        if not self._answers(self.localstack):
            return ()
        try:
            return left_out.find(self.store())
        except StorageUnreachable:
            return ()

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
            self._start(self.localstack, parts.localstack_environment(self.settings, self.home))
            self._await(self.localstack)
        reach = parts.reach(self.settings, self.home)
        environment.write(self.home, reach)
        # They load while the template is being deployed; until then the bucket is missing to them.
        servers = (self.service, self.app)
        missing = [part for part in servers if not processes.recorded(self.home, part.name)]
        for part in missing:
            self._start(part, parts.inherited() | reach)
        tell("Deploying the template")
        self._deploy(reach)
        resumed = self._resume(parts.inherited() | reach) if forgotten else Resumed()
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
            umask=home.UMASK,
        )
        if answer.returncode:
            raise StackError(f"What was under way could not be taken up again:\n{answer.stderr}")
        found = json.loads(answer.stdout.splitlines()[-1])
        admin = tuple(found.pop("admin") or ()) or None
        return Resumed(**found, admin=admin)

    def _start(self, part: Part, environment: Mapping[str, str]) -> None:
        processes.start(
            part.name,
            part.command,
            home=self.home,
            port=part.port,
            environment=environment,
            cwd=ROOT,
        )

    def _deploy(self, reach: Mapping[str, str]) -> None:
        from infra.deploy import Cloud, deploy  # boto3: not for `satispy status`

        settings = self.settings
        credentials = environment.credentials(self.home)
        cloud = Cloud(self.localstack.url, settings.region, *credentials.values())
        outputs = deploy(
            cloud,
            ROOT,
            settings.stack_name,
            {
                "BucketName": settings.bucket,
                "TrainingPackage": "Zip",
                "ModelHome": reach["SATISPY_BENTOML_HOME"],
                "Embeddings": settings.embeddings,
                "Primer": str(settings.primer).lower(),
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
        home.make(self.home)
        with (self.home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


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
