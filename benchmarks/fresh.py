"""`make demo` and `make test` on a fresh Debian, as root and as an ordinary user.

Needs a Docker engine, and debootstrap (root) for the base: Debian with Python, make and
certificates. This machine's ways to PyPI and Debian (pip's and apt's settings) go in at run time.
ARGS narrows the tests, USERS=visitor is one user only, LOGS=folder keeps what each printed.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
TAG = "satispy-fresh:bookworm"
PACKAGES = "python3,python3-venv,make,ca-certificates"
HANDED_THROUGH = re.compile(r"(PIP|UV)_.+|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_FILE", re.IGNORECASE)


def run() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        return check(Path(folder))


def check(folder: Path) -> dict[str, object]:
    subprocess.run(["bash", "infra/image/base.sh", TAG, PACKAGES], cwd=REPOSITORY, check=True)
    listed = folder / "files"
    listed.write_bytes(
        output("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    )
    tree = folder / "tree.tar"
    subprocess.run(["tar", "--null", "-T", listed, "-cf", tree], cwd=REPOSITORY, check=True)
    reach = pip_settings(folder) + apt_settings(folder)
    logs = Path(os.environ.get("LOGS", folder))
    logs.mkdir(parents=True, exist_ok=True)
    figures: dict[str, object] = {}
    for user in os.environ.get("USERS", "root visitor").split():
        print(f"{user} …", flush=True)
        figures[user] = walk(user, folder, reach, logs / f"{user}.log")
    print(f"\n{'':9}{'':18}{'exit':>5}{'seconds':>9}")
    for user, lines in figures.items():
        assert isinstance(lines, dict)
        for what, line in lines.items():
            print(f"{user:9}{what:18}{line['exit']:5}{line['seconds']:9}")
    return figures


def walk(user: str, folder: Path, reach: list[str], log: Path) -> dict[str, dict[str, int]]:
    """One container, one user; answers exit status and seconds of each command."""
    results = folder / user
    results.mkdir()
    script = REPOSITORY / "infra" / "fresh.sh"
    command = ["docker", "run", "--rm", "--init", "--shm-size=1g", *reach]
    command += ["-v", f"{folder}/tree.tar:/tree.tar:ro", "-v", f"{script}:/fresh.sh:ro"]
    command += ["-v", f"{results}:/results", TAG]
    command += [
        "bash",
        "/fresh.sh",
        "/tree.tar",
        user,
        "/results/lines",
        os.environ.get("ARGS", ""),
    ]
    with log.open("w") as file:
        status = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT).returncode
    said = log.read_text(errors="replace").splitlines()
    print("\n".join(line for line in said if re.match(r"=+ .*(passed|failed|error)|✗|! ", line)))
    lines = [line.split() for line in (results / "lines").read_text().splitlines()]
    if status:
        print("\n".join(said[-40:]))
        sys.exit(f"{user}: exit status {status}; {lines}")
    return {what: {"exit": int(code), "seconds": int(seconds)} for what, code, seconds in lines}


def pip_settings(folder: Path) -> list[str]:
    """How pip reaches its registry here, as arguments of `docker run`."""
    arguments = []
    for name in sorted(os.environ):
        if HANDED_THROUGH.fullmatch(name):
            arguments += ["-e", name]
    said = output(sys.executable, "-m", "pip", "config", "list").decode()
    settings = re.findall(r"^global\.([\w-]+)='(.*)'$", said, re.MULTILINE)
    config = folder / "pip.conf"
    config.write_text("[global]\n" + "".join(f"{name} = {value}\n" for name, value in settings))
    arguments += ["-v", f"{config}:/etc/pip.conf:ro"]
    named = {word.removeprefix("file://") for word in re.findall(r"(?:file://)?/[^\s'\\]+", said)}
    for path in sorted(named):
        if Path(path).exists() and path != "/etc/ssl/certs/ca-certificates.crt":
            arguments += ["-v", f"{path}:{path}:ro"]
    return arguments


def apt_settings(folder: Path) -> list[str]:
    """Proxies and the like; the archive itself is the one that the base was made from."""
    said = output("apt-config", "dump").decode().splitlines()
    config = folder / "apt.conf"
    config.write_text(
        "\n".join(line for line in said if re.match(r"Acquire::(https?|Retries)\b", line))
    )
    return ["-v", f"{config}:/etc/apt/apt.conf.d/99host:ro"]


def output(*command: str) -> bytes:
    return subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE).stdout
