"""Docker, for benchmarks of images."""

import subprocess
import sys

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
