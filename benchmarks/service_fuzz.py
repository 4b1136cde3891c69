"""The prediction service under schemathesis: no 5xx, no answer outside its OpenAPI document.

Options (environment): EXAMPLES (1700 for each operation and phase), SEED (1).
"""

import os
import re
import subprocess
import sys
import tempfile

from benchmarks._served import BIN, REPOSITORY, serving, world

SUMMARY = re.compile(r"Test cases:\s+(\d+) generated, (.+)")


def run() -> dict[str, object]:
    examples, seed = os.environ.get("EXAMPLES", "1700"), os.environ.get("SEED", "1")
    with world() as here, serving(here) as (url, _, _), tempfile.TemporaryDirectory() as folder:
        command = [str(BIN / "schemathesis"), "--config-file"]
        command += [str(REPOSITORY / "tests" / "service" / "schemathesis.toml"), "run"]
        command += [f"{url}/docs.json", "--max-examples", examples, "--seed", seed]
        command += ["--checks", "all", "--continue-on-failure"]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    print(said.stdout)
    summary = SUMMARY.search(said.stdout)
    if summary is None:
        sys.exit("schemathesis did not come to its end")
    cases = int(summary[1])
    print(f"{cases} cases (at least 5,000): {'faults' if said.returncode else 'no fault'}")
    return {"cases": cases, "summary": summary[2], "faultless": said.returncode == 0}
