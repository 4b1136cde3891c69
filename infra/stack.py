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

from infra import environment, home, parts, processes, template
from infra.parts import LOCALSTACK_PYTHON, ROOT, Part
from infra.processes import Started
from satispy.errors import StackError, StorageUnreachable
from satispy.keys import LeftOut
from satispy.sentence import Sentence
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
READY_SECONDS = 240  # 3 s on an idle machine; a slow one compiles LocalStack at its first start
# Of a part that answered before: BentoML starts a worker that died again, which takes some seconds.
SILENT_SECONDS = 20
ANSWER_SECONDS = 10
NEWEST_READ = 20  # of receipts and reports, to name broken ones in `status`
PASSES = 3  # a part may be ending while `up` still finds it well


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
    strays: tuple[int, ...] = ()  # its processes that outlived their parent: `up` ends them


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

    def up(self, tell: Callable[[Sentence], None] = lambda _: None) -> Resumed:
        """Start what does not run yet, saying what is being done; answers what was taken up again.

        If anything fails, what this call started is ended again.
        """
        if not LOCALSTACK_PYTHON.exists():
            raise StackError(
                'LocalStack is not installed. Run: make -C "%(root)s" .venv-localstack/.installed',
                root=ROOT,
            )
        was_open = home.make(self.home)
        with self._lock():
            before = {process.pid for process in processes.all_of(self.home)}
            try:
                return replace(self._up_until_well(tell), was_open=was_open)
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
        strays = self.strays()
        for part in self.parts:
            process = processes.recorded(self.home, part.name)
            answers = process is not None and self._answers(part, process)
            pids = tuple(p.pid for p in strays if processes.part_of(p) == part.name)
            found.append(PartStatus(part, process, answers, _memory_mb(process), pids))
        return found

    def strays(self) -> list[psutil.Process]:
        """Processes that outlived the part they belong to; `up` ends them."""
        return processes.strays(self.home, self._running())

    def left_out(self) -> tuple[LeftOut, ...]:
        """The objects of the bucket that are skipped; none while it does not answer."""
        from satispy import left_out  # boto3

        broken = self.broken_records()
        running = processes.recorded(self.home, self.localstack.name)
        if running is None or not self._answers(self.localstack, running):
            return broken
        try:
            return (*broken, *left_out.find(self.store(), newest=NEWEST_READ))
        except StorageUnreachable:
            return broken

    def broken_records(self) -> tuple[LeftOut, ...]:
        """What LocalStack's S3 set aside because it could not read it."""
        reason = Sentence("a broken record: its object is missing until it is mended or put again")
        found = sorted((self.home / "s3").glob("*/*.broken"))
        return tuple(LeftOut(f"{path.parent.name}/{path.name}", reason) for path in found)

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

    def _up_until_well(self, tell: Callable[[Sentence], None]) -> Resumed:
        resumed = self._up(tell)
        for _ in range(PASSES - 1):
            if all(each.answers for each in self.status()):
                break
            again = self._up(tell)
            resumed = Resumed(
                resumed.uploads + again.uploads, again.run or resumed.run, resumed.admin
            )
        return resumed

    def _up(self, tell: Callable[[Sentence], None]) -> Resumed:
        """Heal part by part: what answers is left alone."""
        processes.end(self.home, self.strays())
        for part in self.parts:
            running = processes.recorded(self.home, part.name)
            if running is None:
                processes.demand_free(self.settings.host, part.port, part.title, part.port_setting)
            elif running.port != part.port:
                raise StackError(
                    "%(title)s runs on port %(port)s already. To move it to %(wanted)s: "
                    "satispy down, then up; to have two stacks: another SATISPY_HOME",
                    title=part.title,
                    port=running.port,
                    wanted=part.port,
                )
        if not self._is_well(self.localstack, tell):
            self._start_cloud(tell)
        reach = parts.reach(self.settings, self.home)
        environment.write(self.home, reach)
        # They load while the template is being deployed; until then the bucket is missing to them.
        servers = (self.service, self.app)
        missing = [part for part in servers if not self._is_well(part, tell)]
        for part in missing:
            self._stop(part)
            self._start(part, parts.inherited() | reach)
        self._deploy(reach, tell)
        resumed = self._resume(parts.inherited() | reach)
        if missing:
            names = ", ".join(part.title.lower() for part in missing)
            tell(Sentence("Waiting for %(parts)s", parts=names))
        for part in missing:
            self._await(part)
        return resumed

    def _start_cloud(self, tell: Callable[[Sentence], None]) -> None:
        self._stop(self.localstack)
        shutil.rmtree(self.home / "tmp", ignore_errors=True)
        tell(Sentence("Starting LocalStack"))
        self._start(self.localstack, parts.localstack_environment(self.settings, self.home))
        self._await(self.localstack)

    def _did(self, step: str, how: str = "") -> bool:
        """Whether this was done already, and so, to the LocalStack that runs: an `up` may be killed
        between any two of its steps."""
        try:
            return (self.home / "processes" / step).read_text() == self._stamp(how)
        except FileNotFoundError:
            return False

    def _do(self, step: str, how: str = "") -> None:
        (self.home / "processes" / step).write_text(self._stamp(how))

    def _stamp(self, how: str) -> str:
        running = processes.recorded(self.home, self.localstack.name)
        return f"{running.pid} {running.created} {how}" if running else ""

    def _running(self) -> list[Started]:
        found = (processes.recorded(self.home, part.name) for part in self.parts)
        return [started for started in found if started]

    def _is_well(self, part: Part, tell: Callable[[Sentence], None]) -> bool:
        """Whether it runs and answers, perhaps after a moment; not, if it ends in that time."""
        begin = time.monotonic()
        while started := processes.recorded(self.home, part.name):
            if self._answers(part, started):
                processes.is_ready(self.home, started)
                return True
            age = time.time() - started.created
            if time.monotonic() - begin > max(
                SILENT_SECONDS, 0 if started.ready else READY_SECONDS - age
            ):
                return False
            tell(Sentence("Waiting for %(part)s, which runs and does not answer", part=part.title))
            time.sleep(0.2)
        return False

    def _stop(self, part: Part) -> None:
        """End its process, if there is one, and everything that was started for it."""
        ours = [p for p in processes.all_of(self.home) if processes.part_of(p) == part.name]
        processes.end(self.home, ours)
        processes.demand_free(self.settings.host, part.port, part.title, part.port_setting)

    def _resume(self, reach: Mapping[str, str]) -> Resumed:
        """In a process of its own: this one need not talk to the stack, and stays small."""
        forgotten = not self._did("resumed")
        answer = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-m", "infra.resume", *(["--forgotten"] if forgotten else [])],
            cwd=ROOT,
            env={**reach, processes.MARK: str(self.home), processes.PART: "up"},
            capture_output=True,
            text=True,
            check=False,
            umask=home.UMASK,
        )
        if answer.returncode:
            raise StackError(
                "What was under way could not be taken up again:\n%(stderr)s", stderr=answer.stderr
            )
        found = json.loads(answer.stdout.splitlines()[-1])
        self._do("resumed")
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

    def _deploy(self, reach: Mapping[str, str], tell: Callable[[Sentence], None]) -> None:
        from infra.deploy import Cloud, HalfDeployed, deploy  # boto3: not for `satispy status`

        settings = self.settings
        parameters = parts.template_parameters(settings, reach["SATISPY_BENTOML_HOME"])
        wanted = template.fingerprint(ROOT, parameters)
        if self._did("deployed", wanted):
            return
        tell(Sentence("Deploying the template"))
        credentials = environment.credentials(self.home)
        cloud = Cloud(self.localstack.url, settings.region, *credentials.values())
        try:
            outputs = deploy(cloud, ROOT, settings.stack_name, parameters)
        except HalfDeployed:
            # Nothing but objects has to be kept, and these are on disk.
            self._start_cloud(tell)
            outputs = deploy(cloud, ROOT, settings.stack_name, parameters)
        for output, variable in OUTPUTS.items():
            if outputs[output] != reach[variable]:
                raise StackError(
                    "%(output)s is %(outputs)s and not %(reach)s",
                    output=output,
                    outputs=outputs[output],
                    reach=reach[variable],
                )
        if outputs["ApiId"] != settings.stack_name:  # LocalStack's own tag was not heeded
            raise StackError(
                "The API is %(apiid)s and not %(stack_name)s",
                apiid=outputs["ApiId"],
                stack_name=settings.stack_name,
            )
        self._do("deployed", wanted)

    def _answers(self, part: Part, started: Started, patience: float = ANSWER_SECONDS) -> bool:
        path = part.alive_path if started.ready and part.alive_path else part.ready_path
        try:
            answer = httpx.get(part.url + path, timeout=patience, follow_redirects=True)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    def _await(self, part: Part) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            if (process := processes.recorded(self.home, part.name)) is None:
                raise StackError(
                    "%(title)s ended while starting.%(log_tail)s",
                    title=part.title,
                    log_tail=self._log_tail(part),
                )
            # The app's first page may take long on a busy machine; asking again begins anew.
            if self._answers(part, process, READY_SECONDS / 2):
                processes.is_ready(self.home, process)
                return
            time.sleep(0.1)
        raise StackError(
            "%(title)s (process %(pid)s) did not answer in %(ready_seconds)s s.%(log_tail)s",
            title=part.title,
            pid=process.pid if process else "?",
            ready_seconds=READY_SECONDS,
            log_tail=self._log_tail(part),
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
