"""Load on the service while models are promoted and rolled back: failures, and memory over time.

30 minutes of load (or 200,000 requests, whichever is first) with a promotion or a rollback of every
family in turn each 20 seconds. DURATION=seconds, REQUESTS=number and EVERY=seconds change that.
"""

import os
import statistics
import threading
import time
from collections.abc import Iterator
from itertools import pairwise

import httpx
import psutil

from benchmarks._load import load
from benchmarks._served import BUCKET, World, serving, texts, world
from satispy.journal import Actor
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.settings import Settings
from satispy.storage import Store

CONNECTIONS = 8
STRETCH = 10.0


def run() -> dict[str, object]:
    duration = float(os.environ.get("DURATION", "1800"))
    most = int(os.environ.get("REQUESTS", "200000"))
    every = float(os.environ.get("EVERY", "20"))
    with world() as here, serving(here, SATISPY_POLL_SECONDS="0.5") as (url, worker, _):
        figures = measure(here, url, worker, duration, most, every)
    print(
        f"{figures['requests']} requests in {figures['seconds']:.0f} s during "
        f"{figures['swaps']} swaps: {figures['failed']} failed"
    )
    print(f"p99 {figures['p99_ms']:.1f} ms, slowest stretch {figures['worst_p99_ms']:.1f} ms")
    print(
        f"worker {figures['rss_mb']:.0f} MB at most; last third / first third "
        f"{figures['rss_ratio']:.3f}"
    )
    return figures


def measure(
    here: World, url: str, worker: psutil.Process, duration: float, most: int, every: float
) -> dict[str, object]:
    bodies = mixed_bodies()
    load(url, bodies, CONNECTIONS, 3)  # warm: every kind of request once, before memory counts
    stop = threading.Event()
    memory: list[int] = []
    seen: list[str] = []
    background = [
        threading.Thread(target=promote_in_turns, args=(here, stop, every)),
        threading.Thread(target=watch, args=(url, worker, stop, memory, seen)),
    ]
    for thread in background:
        thread.start()
    start = time.perf_counter()
    stretches = []
    try:
        while time.perf_counter() - start < duration and sum(s.requests for s in stretches) < most:
            left = max(1.0, min(STRETCH, duration - (time.perf_counter() - start)))
            stretches.append(load(url, bodies, CONNECTIONS, left))
    finally:
        stop.set()
        for thread in background:
            thread.join()
    third = max(1, len(memory) // 3)
    return {
        "requests": sum(s.requests for s in stretches),
        "failed": sum(s.failed for s in stretches),
        "swaps": sum(before != after for before, after in pairwise(seen)),
        "seconds": time.perf_counter() - start,
        "p99_ms": statistics.median(s.p99_ms for s in stretches),
        "worst_p99_ms": max(s.p99_ms for s in stretches),
        "rss_mb": max(memory) / 1e6,
        "rss_ratio": statistics.mean(memory[-third:]) / statistics.mean(memory[:third]),
    }


def mixed_bodies() -> list[dict[str, object]]:
    pool = texts(400)
    kinds = ["champion", "gbc", "svm", "ann", "ensemble", "all"]
    return [
        {"texts": pool[n : n + (8 if n % 10 == 0 else 1)], "model": kinds[n % len(kinds)]}
        for n in range(300)
    ]


def versions(now: pointer.Promoted) -> Iterator[list[Production]]:
    """The promoted models and those they replaced, by turns."""
    older = {line.family: line.replaced for line in now.history if line.replaced is not None}
    if not older:
        raise SystemExit("Only one version is promoted: remove .satispy/bench and run again.")
    while True:
        yield [each for each in older.values() if each is not None]
        yield [now.families[family] for family in older]


def promote_in_turns(here: World, stop: threading.Event, every: float) -> None:
    bucket = Store.bucket(Settings(bucket=BUCKET, AWS_ENDPOINT_URL=here.s3, AWS_REGION="eu-west-3"))
    for productions in versions(pointer.read(bucket)):
        if stop.wait(every):
            return
        for production in productions:
            family = production.tag.partition(":")[0].removeprefix("satispy-")
            pointer.promote(bucket, family, production, "benchmark", Actor(who="bench", via="cli"))


def watch(
    url: str, worker: psutil.Process, stop: threading.Event, memory: list[int], seen: list[str]
) -> None:
    """Each second: the worker's memory, and which models it says it serves."""
    with httpx.Client(base_url=url, timeout=10) as client:
        while not stop.wait(1.0):
            memory.append(worker.memory_info().rss)
            models = client.get("/models").json()
            seen.append(",".join(sorted(model["tag"] for model in models["serving"])))
