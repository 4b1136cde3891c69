"""An honest client beside 64 slow ones, and without them: the ratio of the p99 (at most 2).

The slow ones send nothing, or a head, a body, a CSV byte by byte, or do not read what they asked
for; whoever is hung up on comes again (tests/service/slow_clients.py). They run in a process of
their own, the honest client in another. Stretches with and without them take turns, so that a busy
machine slows both alike.

Options (environment): SLOW (64), ROUNDS (5), SECONDS (6), CONNECTIONS (1).
"""

import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from time import sleep
from urllib.parse import urlsplit

from benchmarks._load import Load, load
from benchmarks._served import REPOSITORY, serving, texts, world

#: Until all kinds have come in and the first answers have filled the buffers on their way.
SETTLED_SECONDS = 4.0


def run() -> dict[str, object]:
    slow, rounds = int(os.environ.get("SLOW", "64")), int(os.environ.get("ROUNDS", "5"))
    seconds = float(os.environ.get("SECONDS", "6"))
    connections = int(os.environ.get("CONNECTIONS", "1"))
    bodies: list[dict[str, object]] = [{"text": text, "model": "gbc"} for text in texts(200)]
    alone: list[Load] = []
    beside: list[Load] = []
    hung_up: Counter[str] = Counter()
    with world() as here, serving(here) as (url, worker, _):
        port = urlsplit(url).port
        load(url, bodies, connections, 1.0)
        for _ in range(rounds):
            alone.append(load(url, bodies, connections, seconds))
            command = [sys.executable, "-m", "tests.service.slow_clients", str(port), str(slow)]
            command.append(str(SETTLED_SECONDS + seconds))
            holding = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
            sleep(SETTLED_SECONDS)
            beside.append(load(url, bodies, connections, seconds))
            hung_up.update(json.loads(holding.communicate()[0]))
        rss = worker.memory_info().rss / 1e6
    p99_alone = statistics.median(each.p99_ms for each in alone)
    p99_beside = statistics.median(each.p99_ms for each in beside)
    failed = sum(each.failed for each in (*alone, *beside))
    print(f"{'':24}{'p50 ms':>9}{'p99 ms':>9}{'requests/s':>12}")
    for name, stretches in (("alone", alone), (f"beside {slow} slow ones", beside)):
        p50, p99, rate = (
            statistics.median(getattr(each, figure) for each in stretches)
            for figure in ("p50_ms", "p99_ms", "rate")
        )
        print(f"{name:24}{p50:9.2f}{p99:9.2f}{rate:12.0f}")
    print(f"p99, beside / alone: {p99_beside / p99_alone:.2f} (at most 2); failed: {failed}")
    print("hung up on: " + ", ".join(f"{kind} {times}" for kind, times in hung_up.items()))
    return {
        "p99_ratio": p99_beside / p99_alone,
        "p99_ms_alone": p99_alone,
        "p99_ms_beside": p99_beside,
        "failed": failed,
        "hung_up": dict(hung_up),
        "worker_rss_mb": rss,
    }
