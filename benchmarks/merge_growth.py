"""The same upload merged into 10 k, 1 M and 10 M reviews: time and memory must follow the upload.

Options (environment): ROWS (1500), BASES ("10000 1000000 10000000"), REPEATS (5). Each merge runs
in a process of its own, as in a function. The base is appended to the table without being merged,
which takes some five minutes.
"""

import csv
import io
import multiprocessing
import os
import random
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

WORDS = [
    "très",
    "bien",
    "reçu",
    "colis",
    "livraison",
    "rapide",
    "déçue",
    "retard",
    "service",
    "client",
    "parfait",
    "taille",
]


def reviews(count: int, first: int) -> bytes:
    """A CSV of reviews nobody has sent before."""
    draw = random.Random(first)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Commentaire", "star", "source", "company", "index_org", "date"])
    for number in range(first, first + count):
        text = " ".join(draw.choices(WORDS, k=draw.randint(3, 50)))
        writer.writerow([text, draw.randint(1, 5), "TrustedShop", "ShowRoom", number, "27/07/2020"])
    return out.getvalue().encode()


def extend(folder: str, first: int, end: int) -> None:
    """Append rows nobody has sent at these positions, each with an identity drawn at random."""
    from satispy.reviews.stored import StoredReview
    from satispy.reviews.table import ReviewTable
    from satispy.storage import Store

    draw = random.Random(first)
    texts = [" ".join(draw.choices(WORDS, k=draw.randint(3, 50))) for _ in range(5_000)]
    table = ReviewTable(Store.folder(Path(folder)))
    table.ensure()
    table.append(
        [
            StoredReview(
                id=draw.randbytes(16),
                comment=texts[number % len(texts)],
                star=number % 5 + 1,
                source="TrustedShop",
                company="ShowRoom",
                number=str(number),
                date="2020-07-27",
                dated=True,
                extra=None,
                upload=f"base-{first}",
                put="base",
                line=number - first + 2,
            )
            for number in range(first, end)
        ],
        {"upload": f"base-{first}"},
    )


def merge(folder: str, name: str, data: bytes, pipe: Any) -> None:
    from satispy.reviews import merge_upload
    from satispy.storage import Store

    store = Store.folder(Path(folder))
    key = f"uploads/{name}.csv"
    store.write(key, data)
    begin = time.monotonic()
    receipt = merge_upload(store, key)
    seconds = time.monotonic() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send((seconds, memory, receipt.added))


def measured(folder: Path, name: str, data: bytes) -> tuple[float, float, int]:
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=merge, args=(str(folder), name, data, theirs))
    process.start()
    found: tuple[float, float, int] = mine.recv()
    process.join()
    return found


def run() -> dict[str, Any]:
    rows = int(os.environ.get("ROWS", "1500"))
    bases = [int(base) for base in os.environ.get("BASES", "10000 1000000 10000000").split()]
    repeats = int(os.environ.get("REPEATS", "5"))
    context = multiprocessing.get_context("spawn")
    figures: dict[str, Any] = {"rows": rows, "bases": {}}
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "bucket"
        have = 0
        for base in bases:
            while have < base:
                step = min(250_000, base - have)
                process = context.Process(target=extend, args=(str(folder), have, have + step))
                process.start()
                process.join()
                assert process.exitcode == 0
                have += step
            times, memories = [], []
            for repeat in range(repeats):
                # Each time into the same base: what one repeat adds, the next must not find.
                copy = Path(home) / "copy"
                shutil.copytree(folder, copy, copy_function=os.link)
                seconds, memory, added = measured(
                    copy, f"new-{repeat}", reviews(rows, 100_000_000 + repeat * rows)
                )
                assert added == rows, added
                times.append(seconds)
                memories.append(memory)
                shutil.rmtree(copy)
            seconds, memory = statistics.median(times), statistics.median(memories)
            figures["bases"][str(base)] = {
                "seconds": round(seconds, 3),
                "fastest": round(min(times), 3),
                "memory_mb": round(memory),
            }
            print(f"{rows:,} rows into {base:>9,}: {seconds:.3f} s, {memory:.0f} MB", flush=True)
    first, last = (figures["bases"][str(base)] for base in (bases[0], bases[-1]))
    figures["seconds"], figures["peak_memory_mb"] = last["seconds"], last["memory_mb"]
    figures["time_ratio"] = round(last["seconds"] / first["seconds"], 2)
    figures["memory_ratio"] = round(last["memory_mb"] / first["memory_mb"], 2)
    print(
        f"{bases[-1]:,} against {bases[0]:,}: {figures['time_ratio']} × the time (at most 2),"
        f" {figures['memory_ratio']} × the memory (at most 1.5)"
    )
    return figures
