"""The walk of make demo: seconds, and the peak memory of the whole stack by what takes it.

DATA=folder walks through real CSVs. Beside it, what the origin needed: 16-32 GB of memory, and
3, 6 and 10 minutes for the retrains of its three updates (its README).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.ports import free_port

ORIGIN_MEMORY_MB = 16_000
ORIGIN_SECONDS = (180, 360, 600)


def run() -> dict[str, Any]:
    data = ["--data", os.environ["DATA"]] if os.environ.get("DATA") else []
    with tempfile.TemporaryDirectory() as home:
        ports = {
            f"SATISPY_{name}_PORT": str(free_port()) for name in ("LOCALSTACK", "SERVICE", "APP")
        }
        service = {"SATISPY_SERVICE_URL": f"http://127.0.0.1:{ports['SATISPY_SERVICE_PORT']}"}
        subprocess.run(
            [sys.executable, "-m", "satispy.cli", "demo", *data],
            env={**os.environ, **ports, **service, "SATISPY_HOME": home},
            stdin=subprocess.DEVNULL,
            check=True,
        )
        figures: dict[str, Any] = json.loads((Path(home) / "demo.json").read_text())
    print(f"\nPeak memory of the whole stack: {figures['peak_memory_mb']:,} MB, of which")
    for name, size in sorted(figures["at_peak_mb"].items(), key=lambda item: -item[1]):
        print(f"  {size:6,} MB  {name}")
    ratio = ORIGIN_MEMORY_MB / figures["peak_memory_mb"]
    print(f"The origin asked for at least {ORIGIN_MEMORY_MB:,} MB: {ratio:.1f} times as much.")
    for update, origin in zip(figures["updates"], ORIGIN_SECONDS, strict=False):
        seconds = update["seconds"]
        print(
            f"{update['upload']}: {seconds:.0f} s from upload to report;"
            f" the origin's retrain {origin} s, {origin / seconds:.1f} times as long"
        )
    return figures
