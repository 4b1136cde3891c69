"""A CSV of 1 GB is merged in under 1 GB of memory: chunk by chunk, whatever the size of the file.

Options (environment): GIGABYTES (1.0). The peak is that of the process that merges, all included.
"""

import json
import multiprocessing
import os
import random
import resource
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

WORDS = ["très", "bien", "reçu", "colis", "livraison", "rapide", "déçue", "retard", "parfait"]


def write_csv(path: Path, size: int) -> int:
    """Reviews of about 600 bytes, without numbers, so that twins must be counted; returns rows."""
    draw = random.Random(1)
    texts = [" ".join(draw.choices(WORDS, k=draw.randint(40, 150))) for _ in range(5_000)]
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("Commentaire,star,source,company,date\n")
        while file.tell() < size:
            for _ in range(1_000):
                rows += 1
                file.write(
                    f"{texts[draw.randrange(5_000)]} {draw.randrange(100_000)},{rows % 5 + 1},"
                    "TrustedShop,ShowRoom,27/07/2020\n"
                )
    return rows


def merge(folder: str, pipe: Any) -> None:
    from satispy.reviews import merge_upload
    from satispy.storage import Store

    begin = time.monotonic()
    receipt = merge_upload(Store.folder(Path(folder)), "uploads/large.csv")
    pipe.send(
        {
            "seconds": round(time.monotonic() - begin, 1),
            "cpu_seconds": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 1),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "received": receipt.received,
            "added": receipt.added,
            "rejected": receipt.rejected,
            "dataset_version": receipt.dataset_version,
        }
    )


def run() -> dict[str, Any]:
    from satispy.reviews import receipts
    from satispy.storage import Store

    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "bucket"
        store = Store.folder(folder)
        path = folder / "uploads" / "large.csv"
        path.parent.mkdir()
        rows = write_csv(path, int(float(os.environ.get("GIGABYTES", "1")) * 1e9))
        print(f"{path.stat().st_size / 1e9:.2f} GB, {rows:,} rows", flush=True)
        context = multiprocessing.get_context("spawn")
        mine, theirs = context.Pipe()
        process = context.Process(target=merge, args=(str(folder), theirs))
        process.start()
        done = threading.Event()

        def report() -> None:
            while not done.wait(15):
                print(f"  {receipts.progress(store, 'uploads/large.csv').rows:,} rows", flush=True)

        threading.Thread(target=report, daemon=True).start()
        figures: dict[str, Any] = {"rows": rows, **mine.recv()}
        done.set()
        process.join()
    assert figures["received"] == rows == figures["added"], json.dumps(figures)
    print(
        f"merged in {figures['seconds']:.0f} s ({rows / figures['seconds']:,.0f} rows a second),"
        f" peak {figures['peak_memory_mb']} MB (at most 1,000)"
    )
    return figures
