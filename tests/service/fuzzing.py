"""schemathesis on a running service, as the test and the benchmark run it."""

import subprocess
import sys
from pathlib import Path


def fuzz(url: str, examples: int, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """So many examples of each operation, every check; what is kept of it goes to the folder."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file"]
    command += [str(Path(__file__).with_name("schemathesis.toml")), "run", f"{url}/docs.json"]
    command += ["--max-examples", str(examples), "--checks", "all", "--continue-on-failure"]
    return subprocess.run([*command, *options], capture_output=True, text=True, cwd=folder)
