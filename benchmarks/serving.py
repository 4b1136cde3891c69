"""Requests a second of each model, next to a Bento service that does nothing.

One worker on loopback, a small client in a process of its own, everything in one run: for each
model, number of texts and number of connections, short stretches of load go to our service and to
the no-op in turns, so that a busy machine slows both. The no-op is BentoML as anyone would write
it, with the same pydantic types; `bare` leaves out the access log and the tracing layer, as our
service does.
Beside it stands the origin's way: pickles and word vectors read from disk for each prediction.

ROUNDS=3 and SECONDS=1 set how long each stretch is measured; ORIGIN_WORDS=2500000 is the size of
the vocabulary that the origin loaded.
"""

import os
import statistics
import subprocess
import sys
from collections import defaultdict

from benchmarks._load import Load, load
from benchmarks._served import REPOSITORY, World, serving, texts, world
from satispy.models import FAMILIES

MODELS = (*FAMILIES, "ensemble")
TEXTS = (1, 32)
CONNECTIONS = (1, 8, 32)
REQUESTS = 200


def run() -> dict[str, object]:
    rounds = int(os.environ.get("ROUNDS", "3"))
    seconds = float(os.environ.get("SECONDS", "1"))
    with world() as here:
        figures = measure(here, rounds, seconds)
    figures["origin"] = origin(figures)
    return figures


def measure(here: World, rounds: int, seconds: float) -> dict[str, object]:
    measured: dict[tuple[str, int, int], list[Load]] = defaultdict(list)
    with (
        serving(here) as (ours, worker, ready),
        serving(here, "benchmarks._noop:Noop") as (noop, _, noop_ready),
        serving(here, "benchmarks._noop:Bare") as (bare, _, _),
    ):
        rss_at_start = worker.memory_info().rss
        for url in (ours, noop, bare):
            load(url, bodies("gbc", 1), 4, 1.0)
        for count in TEXTS:
            for connections in CONNECTIONS:
                for _ in range(rounds):
                    for name, url in [("noop", noop), ("bare", bare)]:
                        stretch = load(url, bodies("gbc", count), connections, seconds)
                        measured[name, count, connections].append(stretch)
                    for family in MODELS:
                        stretch = load(ours, bodies(family, count), connections, seconds)
                        measured[family, count, connections].append(stretch)
        rss = worker.memory_info().rss
    failed = sum(each.failed for stretches in measured.values() for each in stretches)
    rate = {
        key: statistics.median(each.rate for each in stretches)
        for key, stretches in measured.items()
    }
    show(measured, rate)
    figures: dict[str, object] = {
        "ratio_to_noop": ratios(rate, "noop"),
        "ratio_to_bare": ratios(rate, "bare"),
        "requests_a_second": by_name(rate),
        "p50_ms": by_name({k: statistics.median(s.p50_ms for s in v) for k, v in measured.items()}),
        "p99_ms": by_name({k: statistics.median(s.p99_ms for s in v) for k, v in measured.items()}),
        "failed": failed,
        "worker_rss_mb": rss / 1e6,
        "worker_rss_mb_at_start": rss_at_start / 1e6,
        "ready_s": ready,
        "noop_ready_s": noop_ready,
    }
    print(f"\nfailed requests: {failed}")
    print(f"worker: {rss_at_start / 1e6:.0f} MB at start, {rss / 1e6:.0f} MB after all this load")
    print(f"ready in {ready:.1f} s (no-op: {noop_ready:.1f} s)")
    return figures


def bodies(family: str, count: int) -> list[dict[str, object]]:
    pool = texts(REQUESTS * 4)
    return [
        {"texts": [pool[(start + n) % len(pool)] for n in range(count)], "model": family}
        for start in range(0, REQUESTS)
    ]


def ratios(rate: dict[tuple[str, int, int], float], base: str) -> dict[str, dict[str, float]]:
    """By model and number of texts: all requests a second at 1, 8 and 32 connections together."""

    def total(name: str, count: int) -> float:
        return sum(rate[name, count, connections] for connections in CONNECTIONS)

    return {
        family: {str(count): total(family, count) / total(base, count) for count in TEXTS}
        for family in MODELS
    }


def by_name(values: dict[tuple[str, int, int], float]) -> dict[str, dict[str, dict[str, float]]]:
    nested: dict[str, dict[str, dict[str, float]]] = {}
    for (name, count, connections), value in values.items():
        nested.setdefault(name, {}).setdefault(str(count), {})[str(connections)] = value
    return nested


def show(
    measured: dict[tuple[str, int, int], list[Load]], rate: dict[tuple[str, int, int], float]
) -> None:
    print("texts  connections  model      requests/s   / no-op    p50 ms    p99 ms")
    for (name, count, connections), stretches in sorted(
        measured.items(), key=lambda item: (item[0][1], item[0][2])
    ):
        ratio = rate[name, count, connections] / rate["noop", count, connections]
        p50 = statistics.median(each.p50_ms for each in stretches)
        p99 = statistics.median(each.p99_ms for each in stretches)
        print(
            f"{count:5}  {connections:11}  {name:9}  {rate[name, count, connections]:10.0f}"
            f"  {ratio:8.2f}  {p50:8.2f}  {p99:8.2f}"
        )
    for base in ("noop", "bare"):
        print(f"\nratio to {base}, 1 / 32 texts: ", end="")
        print(", ".join(f"{f} {r['1']:.2f} / {r['32']:.2f}" for f, r in ratios(rate, base).items()))


def origin(figures: dict[str, object]) -> dict[str, float]:
    """Seconds of one prediction that reads its pickles and its vectors first."""
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks._origin_way"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    seconds = float(said.split()[-1])
    p50 = figures["p50_ms"]["ensemble"]["1"]["1"]  # type: ignore[index]
    faster = seconds * 1000 / p50
    print(f"\nthe origin's way, three models, one text: {seconds:.2f} s; ours: {p50:.2f} ms with")
    print(f"HTTP and all: {faster:.0f} times faster")
    return {"seconds": seconds, "times_faster": faster}
