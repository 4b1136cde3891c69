"""Docker, for benchmarks of images."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping

import httpx
import psutil

from benchmarks._served import REPOSITORY
from infra.image import bill

#: Each is asked for by itself: a shell may answer for the first name alone. Bases bring pip.
TOOLS = "gcc cc make patchelf pip uv"


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


def looked_at(tag: str, folders: Mapping[str, str]) -> dict[str, object]:
    """Size, user, what fills these folders, and the tools in it with which more could be made."""
    inspected = json.loads(docker("image", "inspect", tag))[0]
    size = inspected["Size"] / 1e6
    print(f"{tag}: {size:.0f} MB, user {inspected['Config']['User'] or 'as it is started'}")
    fills = {folder: megabytes(tag, folder) for folder in folders}
    for folder, part in fills.items():
        print(f"  {part:6.0f} MB  {folder}  {folders[folder]}")
    there = ("run", "--rm", "--network", "none", "--entrypoint", "sh", tag, "-c")
    tools = docker(*there, f"for tool in {TOOLS}; do command -v $tool; done; true").split()
    print(f"build tools inside: {', '.join(tools) or 'none'}")
    return {"image_mb": size, "fills_mb": fills, "build_tools": tools}


def packages_in(tag: str, name: str, venv: str) -> int:
    """How many; their bill of materials and licences go to dist/."""
    sbom, licences = bill.write(tag, REPOSITORY / "dist", name, venv)
    packages = len(licences.read_text().splitlines())
    print(f"{packages} packages in {sbom.name} and {licences.name} (dist/)")
    return packages


def wait_until_well(name: str, probe: str) -> None:
    """Until this address answers 200. Raises with what the container wrote if it ends, or in two
    minutes."""
    end = time.monotonic() + 120
    while docker("inspect", "-f", "{{.State.Running}}", name) == "true" and time.monotonic() < end:
        try:
            if httpx.get(probe).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError(said_by(name))


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
