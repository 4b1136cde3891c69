"""A command finds the stack that is up by its home, and speaks to it."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from infra import environment, processes
from satispy.reviews import merge_upload
from satispy.settings import Settings
from satispy.storage import Store

OURS = ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def satispy(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """As typed in a shell that knows nothing of any cloud."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", "satispy.cli", *words],
        env=bare | {"SATISPY_HOME": str(home), "COLUMNS": "160"},
        capture_output=True,
        text=True,
    )


def test_a_command_speaks_to_the_stack_of_its_home_while_its_emulator_runs(aws, tmp_path):
    store = Store.bucket(Settings())
    store.write("uploads/a.csv", b"Commentaire,star,source\nbien,5,TrustPilot\n")
    merge_upload(store, "uploads/a.csv")
    environment.write(tmp_path, {name: os.environ[name] for name in OURS})
    port = urlsplit(os.environ["AWS_ENDPOINT_URL"]).port
    emulator = psutil.Process()  # any process that lives
    started = processes.Started("localstack", emulator.pid, emulator.create_time(), port, "log")
    record = tmp_path / "processes" / "localstack.json"
    record.parent.mkdir()
    record.write_text(json.dumps(asdict(started)))
    said = satispy(tmp_path, "reviews", "log")
    assert said.returncode == 0, said.stderr
    assert [line.split()[0] for line in said.stdout.splitlines()[1:]] == ["1", "0"]

    record.unlink()
    said = satispy(tmp_path, "reviews", "log")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == "✗ no stack is up: satispy up, or --cloud\n"
