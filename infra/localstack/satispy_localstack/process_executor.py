"""Lambda functions as local processes, without Docker: LAMBDA_RUNTIME_EXECUTOR=process.

Each execution environment is `python -m awslambdaric <handler>`, AWS's own runtime client, which
speaks the Lambda Runtime API to us. LAMBDA_PROCESS_PYTHON names its interpreter; that environment
holds awslambdaric and whatever the handlers import.

LAMBDA_PROCESS_LOG, if set, is a file to which each invocation's log is appended besides going to
CloudWatch Logs, which end with LocalStack.

Functions run as the current user without a sandbox, which is why the gateway keeps to loopback.
Their memory size is reported, not enforced.
"""

import contextlib
import logging
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import Any

from localstack import config
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from .runtime_api import (
    HOST,
    Answer,
    Event,
    RuntimeApi,
    StartError,
    error_body,
)

LOG = logging.getLogger(__name__)

# What a function gets of LocalStack's own environment, and nothing else: neither the developer's
# AWS profile nor LocalStack's settings may leak into it. SATISPY_STACK is the mark by which
# `satispy down` finds every process of its stack, even after LocalStack was killed.
INHERITED = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SATISPY_STACK",
    "SATISPY_PART",
)
# A process that grew beyond this ends with its invocation: idle, it would only hold its memory, and
# what takes that much works for so long that starting again does not matter.
RETIRE_MB = 180


def interpreter() -> str:
    return os.environ.get("LAMBDA_PROCESS_PYTHON") or sys.executable


class FunctionProcess:
    """One process of a function, with its Runtime API, its /tmp and its output."""

    def __init__(self, function: FunctionVersion, environment: dict[str, Any]) -> None:
        code = str(function.config.code.get_unzipped_code_location())
        self.tmp = tempfile.mkdtemp(prefix=f"{function.id.function_name}-")
        self.output = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the process
        self.output_read = 0
        self.request_id = ""
        self.peak_mb = 0
        self.api = RuntimeApi()
        env = {name: os.environ[name] for name in INHERITED if name in os.environ}
        env |= {name: str(value) for name, value in environment.items()}
        # LocalStack hands out keys of the function's role, which nobody checks. The gateway takes
        # one key; a function has the rights of this user anyway.
        env.pop("AWS_SESSION_TOKEN", None)
        env |= {
            "AWS_ACCESS_KEY_ID": os.environ["GATEWAY_KEY_ID"],
            "AWS_SECRET_ACCESS_KEY": os.environ["GATEWAY_SECRET"],
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.config.runtime}",
            "AWS_LAMBDA_RUNTIME_API": self.api.address,
            "HOME": self.tmp,
            "LAMBDA_TASK_ROOT": code,
            "NO_PROXY": f"{HOST},localhost",
            "PYTHONPATH": os.pathsep.join(filter(None, [code, env.get("PYTHONPATH")])),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": self.tmp,
            "TZ": "UTC",
        }
        self.process = subprocess.Popen(  # noqa: S603  # the interpreter is this stack's own setting
            [interpreter(), "-m", "awslambdaric", function.config.handler],
            cwd=code,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            process_group=0,  # to be killed together with its children
        )
        threading.Thread(target=self._watch, name="lambda-watch", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def invoke(self, payload: dict[str, str], timeout: float) -> Answer:
        self.request_id = payload["invoke-id"]
        answer = self.api.send(
            Event(
                request_id=self.request_id,
                payload=payload["payload"],
                function_arn=payload["invoked-function-arn"],
                trace_id=payload["trace-id"],
                deadline=time.time() + timeout,
            )
        )
        if not self.alive:  # it died while idle: its watcher had nobody to tell
            self._tell_end()
        try:
            result = answer.result(timeout)
            self._note_peak()
            return result
        except FutureTimeoutError:
            self._note_peak()
            self.stop()
            message = f"Task timed out after {timeout:.2f} seconds"
            return Answer(error_body("Sandbox.Timedout", message, self.request_id), failed=True)

    def read_output(self) -> str:
        """What it printed since the last call."""
        size = os.fstat(self.output.fileno()).st_size - self.output_read
        text = os.pread(self.output.fileno(), size, self.output_read)
        self.output_read += size
        return text.decode(errors="replace")

    def stop(self) -> None:
        """Kill the process with its children, and drop its files."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.api.close()
        shutil.rmtree(self.tmp, ignore_errors=True)

    def _watch(self) -> None:
        self.process.wait()
        self._tell_end()

    def _tell_end(self) -> None:
        code = self.process.wait()
        how = f"signal: {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        message = f"Runtime exited with error: {how}"
        self.api.fail(error_body("Runtime.ExitError", message, self.request_id))

    def _note_peak(self) -> None:
        """Linux only; elsewhere the peak stays 0 and the report leaves it out."""
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self.peak_mb = int(line.split()[1]) // 1024


class ProcessExecutor(RuntimeExecutor):
    """One execution environment: a process, replaced when it crashed or timed out."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id, function_version)
        self.process: FunctionProcess | None = None
        self.environment: dict[str, Any] = {}
        self.start_ms: float | None = None

    def start(self, env_vars: dict[str, Any]) -> None:
        self.stop()
        self.environment = env_vars
        begin = time.perf_counter()
        self.process = process = FunctionProcess(self.function_version, env_vars)
        try:
            process.api.started.result(config.LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT)
        except (StartError, FutureTimeoutError) as error:
            process.stop()
            body = getattr(error, "body", None) or error_body(
                "Sandbox.Timedout", "The function did not start in time"
            )
            output = process.read_output()
            self._append_to_file(f"The function did not start:\n{output}")
            LOG.warning("%s did not start:\n%s", self.function_version.qualified_arn, output)
            raise StatusErrorException("The function did not start", payload=body) from error
        self.start_ms = (time.perf_counter() - begin) * 1000

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        if self.process is None or not self.process.alive:
            self.start(self.environment)
        process = self.process
        if process is None:  # start() has just set it
            raise RuntimeError("No process")
        begin = time.perf_counter()
        answer = process.invoke(payload, self.function_version.config.timeout)
        took_ms = (time.perf_counter() - begin) * 1000
        logs = self._log(payload["invoke-id"], process, took_ms)
        self._append_to_file(logs)
        if process.peak_mb > RETIRE_MB:
            process.stop()
        return InvocationResult(
            payload["invoke-id"], answer.body, is_error=answer.failed, logs=logs
        )

    def _log(self, request_id: str, process: FunctionProcess, took_ms: float) -> str:
        """What Lambda writes to CloudWatch for an invocation."""
        report = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {took_ms:.2f} ms",
            f"Billed Duration: {math.ceil(took_ms)} ms",
            f"Memory Size: {self.function_version.config.memory_size} MB",
        ]
        if process.peak_mb:
            report.append(f"Max Memory Used: {process.peak_mb} MB")
        if self.start_ms is not None:
            report.append(f"Init Duration: {self.start_ms:.2f} ms")
            self.start_ms = None
        return (
            f"START RequestId: {request_id} Version: {self.function_version.id.qualifier}\n"
            f"{process.read_output()}"
            f"END RequestId: {request_id}\n" + "\t".join(report) + "\n"
        )

    def _append_to_file(self, logs: str) -> None:
        if not (path := os.environ.get("LAMBDA_PROCESS_LOG")):
            return
        name = self.function_version.id.function_name
        now = time.strftime("%H:%M:%S")
        text = "".join(f"{now} {name} {line}\n" for line in logs.splitlines() if line)
        # One write: invocations that end together do not mix.
        with Path(path).open("a") as file:
            file.write(text)

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop()

    def get_logs(self) -> str:
        return self.process.read_output() if self.process else ""

    def get_address(self) -> str:
        return HOST

    def get_endpoint_from_executor(self) -> str:
        return HOST

    def get_runtime_endpoint(self) -> str:
        return f"http://{HOST}:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        if not (function_version.config.runtime or "").startswith("python"):
            raise NotImplementedError("The process executor runs zipped Python functions only")
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """The unzipped code belongs to LocalStack."""

    @classmethod
    def validate_environment(cls) -> bool:
        check = subprocess.run(  # noqa: S603  # the interpreter is this stack's own setting
            [interpreter(), "-c", "import awslambdaric"], capture_output=True, check=False
        )
        if check.returncode:
            LOG.error("%s cannot import awslambdaric: no function will start", interpreter())
        return check.returncode == 0


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    name = "process"

    def load(self, *args: Any, **kwargs: Any) -> type[RuntimeExecutor]:
        return ProcessExecutor
