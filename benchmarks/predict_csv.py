"""A CSV of 100 MB through POST /predict/csv: memory of the worker, and who waits meanwhile.

Beside it a CSV of 1 MB, and one-text requests while nothing else is asked. SIZE_MB=100 sets the
size; the service takes no more than 100 MB.
"""

import csv
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks._load import load
from benchmarks._served import serving, texts, world
from satispy.client import Client
from satispy.demo.memory import PeakMemory


def run() -> dict[str, object]:
    size = float(os.environ.get("SIZE_MB", "100")) * 1e6
    single = [{"text": text} for text in texts(200)]
    with (
        world() as here,
        serving(here) as (url, worker, _),
        tempfile.TemporaryDirectory() as folder,
        Client(url) as client,
    ):
        small, large = Path(folder) / "small.csv", Path(folder) / "large.csv"
        write(small, 1e6)
        rows = write(large, size)
        client.predict_csv(small, Path(folder) / "answer.csv")
        quiet = load(url, single, 1, 5)
        before = worker.memory_info().rss / 1e6

        def send() -> float:
            begin = time.perf_counter()
            client.predict_csv(large, Path(folder) / "answer.csv")
            return time.perf_counter() - begin

        waits = []
        with PeakMemory(lambda: [worker.pid], every=0.1) as memory, ThreadPoolExecutor() as pool:
            sent = pool.submit(send)
            while not sent.done():
                waits.append(load(url, single, 1, 5))
            seconds = sent.result()
        answered = count(Path(folder) / "answer.csv")
        sent_mb = large.stat().st_size / 1e6
    assert answered == rows, f"{answered} of {rows} rows came back"
    most = memory.peak_mb
    meanwhile = max(each.p99_ms for each in waits)
    print(
        f"{sent_mb:.0f} MB, {rows:,} rows in {seconds:.0f} s: {rows / seconds:,.0f} rows a second"
    )
    print(f"worker: {before:.0f} MB after a CSV of 1 MB, {most:.0f} MB at most during this one")
    print(f"one text meanwhile: p99 {meanwhile:.1f} ms at worst; alone {quiet.p99_ms:.1f} ms")
    return {
        "mb": sent_mb,
        "rows": rows,
        "rows_per_second": rows / seconds,
        "rss_mb_before": before,
        "rss_mb": most,
        "rss_ratio": most / before,
        "p99_ms_meanwhile": meanwhile,
        "p99_ms_alone": quiet.p99_ms,
        "failed_meanwhile": sum(each.failed for each in waits),
    }


def write(path: Path, size: float) -> int:
    """Generated reviews, over and over; returns the number of rows."""
    pool = texts(2_000)
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["inID", "Commentaire"])
        longest = max(len(text.encode()) for text in pool) + 20
        while file.tell() < size - longest:
            writer.writerow([rows, pool[rows % len(pool)]])
            rows += 1
    return rows


def count(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(bool(row["satispy_label"]) for row in csv.DictReader(file))
