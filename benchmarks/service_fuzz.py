"""The prediction service under schemathesis: no 5xx, no answer outside its OpenAPI document.

Options (environment): EXAMPLES (1700 for each operation), SEED (1).
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from benchmarks._served import serving, world
from tests.service.fuzzing import fuzz

SUMMARY = re.compile(r"Test cases:\s+(\d+) generated, (.+)")


def run() -> dict[str, object]:
    examples, seed = int(os.environ.get("EXAMPLES", "1700")), os.environ.get("SEED", "1")
    with world() as here, serving(here) as (url, _, _), tempfile.TemporaryDirectory() as folder:
        said = fuzz(url, examples, Path(folder), "--seed", seed)
    print(said.stdout)
    summary = SUMMARY.search(said.stdout)
    if summary is None:
        sys.exit(f"schemathesis did not come to its end: {said.stderr}")
    cases = int(summary[1])
    print(f"{cases} cases (at least 5,000): {'faults' if said.returncode else 'no fault'}")
    return {"cases": cases, "summary": summary[2], "faultless": said.returncode == 0}
