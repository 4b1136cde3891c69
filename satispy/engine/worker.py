"""python -m satispy.engine.worker: a worker for whoever leads a retrain of this bucket.

Who leads says in the bucket where its scheduler is; a worker waits until somebody does, works
until that scheduler is gone, and ends: what keeps workers starts the next one, or none.
"""

import json
import logging
import subprocess
import sys
import time
from typing import Final

from satispy.errors import NotFound
from satispy.settings import Settings
from satispy.storage import Store

log = logging.getLogger(__name__)

#: Where a scheduler is: {"address": "tcp://…"}, while it is.
SCHEDULER: Final = "retraining/scheduler.json"
_LOOKS_AGAIN: Final = 5.0
#: For a scheduler to answer, in seconds: one that left its word behind when it was killed does not.
_ANSWERS_WITHIN: Final = 60


def address(store: Store) -> str | None:
    try:
        return str(json.loads(store.read(SCHEDULER))["address"])
    except (NotFound, ValueError, KeyError, TypeError):  # rubbish is written over by who leads
        return None


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    settings = Settings()
    store = Store.bucket(settings)
    while (found := address(store)) is None:
        time.sleep(_LOOKS_AGAIN)
    log.info("works for %s", found)
    command = [
        *(sys.executable, "-m", "distributed.cli.dask_worker", found),
        *("--nthreads", "1", "--memory-limit", f"{settings.dask_worker_mb}MiB"),
        *("--death-timeout", str(_ANSWERS_WITHIN), "--no-dashboard"),
    ]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - the address is from our bucket


if __name__ == "__main__":
    sys.exit(main())
