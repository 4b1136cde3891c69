"""Docker, for benchmarks of images."""

import os
import subprocess
import sys

import psutil

from benchmarks._served import REPOSITORY


def megabytes(tag: str, path: str) -> float:
    said = docker("run", "--rm", "--network", "none", "--entrypoint", "du", tag, "-skx", path)
    return int(said.split()[0]) * 1024 / 1e6


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"docker {' '.join(arguments[:3])}: {done.stderr.strip()}")
    return done.stdout.strip()


def say(command: list[str], env: dict[str, str] | None = None) -> None:
    subprocess.run(command, cwd=REPOSITORY, env=env, check=True, stdout=sys.stderr)


def build(dockerfile: str, tag: str) -> None:
    """From the sources, on this machine's stand-in for the base that a registry has."""
    say(["bash", "infra/image/base.sh"])
    command = ["docker", "build", "-q", "-f", f"infra/image/{dockerfile}", "-t", tag, "."]
    command += ["--network", "host", "--build-arg", "BASE=python:3.11-slim"]
    # The classic builder needs no plugin and no registry for its own front end.
    say(command, {**os.environ, "DOCKER_BUILDKIT": "0"})


def memory_of(name: str) -> float:
    """Megabytes of all processes of the container, shared pages counted once."""
    root = int(docker("inspect", "-f", "{{.State.Pid}}", name))
    processes = [psutil.Process(root), *psutil.Process(root).children(recursive=True)]
    return sum(process.memory_full_info().pss for process in processes) / 1e6


def said_by(name: str) -> str:
    """The end of what a container wrote."""
    logs = ["docker", "logs", name]
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(logs, **both, text=True).stdout[-2000:]
