"""The prediction service under schemathesis and raw heads: no 5xx, nothing hostile passes the gate.

schemathesis checks each answer against the OpenAPI document. Heads that no HTTP library would send
go over raw sockets (tests/service/raw_requests.py): hostile ones must get a 4xx, harmless ones an
answer, and BentoML's own count of requests must be that of the harmless ones.

Options (environment): EXAMPLES (1700 for each operation), HEADS (5000), SEED (1).
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from benchmarks._served import serving, world
from tests.service.fuzzing import fuzz
from tests.service.raw_requests import try_out

SUMMARY = re.compile(r"Test cases:\s+(\d+) generated, (.+)")
AT_LEAST = 10_000


def run() -> dict[str, object]:
    examples, seed = int(os.environ.get("EXAMPLES", "1700")), os.environ.get("SEED", "1")
    heads = int(os.environ.get("HEADS", "5000"))
    with world() as here, serving(here) as (url, _, _), tempfile.TemporaryDirectory() as folder:
        outcome = try_out(url, heads, int(seed))
        statuses = dict(sorted(outcome.statuses.items()))
        print(f"{outcome.cases} raw heads: {statuses}; {len(outcome.faults)} faults")
        for fault in outcome.faults[:10]:
            print(f"    {fault[:500]}")
        said = fuzz(url, examples, Path(folder), "--seed", seed)
    print(said.stdout)
    summary = SUMMARY.search(said.stdout)
    if summary is None:
        sys.exit(f"schemathesis did not come to its end: {said.stderr}")
    cases = int(summary[1]) + outcome.cases
    faultless = said.returncode == 0 and not outcome.faults
    print(f"{cases} cases (at least {AT_LEAST:,}): {'no fault' if faultless else 'faults'}")
    return {
        "cases": cases,
        "summary": summary[2],
        "faultless": faultless,
        "heads": outcome.cases,
        "heads_statuses": {str(status): count for status, count in statuses.items()},
        "heads_faults": len(outcome.faults),
    }
