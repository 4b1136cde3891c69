"""Processor seconds and memory of each function, at two sizes: what `satispy cost` reckons with.

ROWS ("2000 8000"): generated reviews. Processor seconds of one thread, which do not follow what
else the machine does as seconds of a clock would. Beside them what satispy/costs.py says.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from satispy import costs


def run() -> dict[str, Any]:
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        os.environ.setdefault(threads, "1")  # before anything that reads them is imported
    sizes = [int(size) for size in os.environ.get("ROWS", "2000 8000").split()]
    figures: dict[str, Any] = {}
    for size in sizes:
        found, rows = measured(size)
        figures[str(rows)] = found
        print(f"{rows:,} rows")
        for name, (seconds, memory) in found.items():
            said = costs.FUNCTIONS[name].took(rows // 3 if name == "merge" else rows)
            print(f"  {name:10}{seconds:8.2f} s ({said:6.2f} s){memory:8.0f} MB")
    return figures


def measured(size: int) -> tuple[dict[str, tuple[float, float]], int]:
    """Seconds and MB by function, and how many rows there were: the last third is the upload."""
    from satispy.demo.generate import write_walk
    from satispy.models import FAMILIES
    from satispy.models.parameters import Parameters
    from satispy.promotion.publish import publish
    from satispy.registry.store import ModelStore
    from satispy.retraining.prepare import prepare
    from satispy.retraining.train import train
    from satispy.reviews import merge_upload
    from satispy.storage import Store

    seconds: dict[str, tuple[float, float]] = {}

    @contextmanager
    def timed(name: str) -> Iterator[list[float]]:
        begin, memory = time.process_time(), [0.0]
        yield memory
        seconds[name] = (round(time.process_time() - begin, 2), round(memory[0]))

    with tempfile.TemporaryDirectory() as folder:
        store = Store.folder(Path(folder) / "bucket")
        models = ModelStore(Path(folder) / "bentoml")
        for path in write_walk(Path(folder), scale=size / 15_000):
            store.write(f"uploads/{path.name}", path)
            with timed("merge"):
                receipt = merge_upload(store, f"uploads/{path.name}")
        version, started = receipt.dataset_version or 0, datetime.now(UTC)
        with timed("prepare") as memory:
            prepared = prepare(store, models, f"v{version:05d}", version, seed=20)
            memory[0] = prepared.peak_memory_mb
        trained = []
        for family in FAMILIES:
            with timed(family) as memory:
                trained.append(train(store, models, family, prepared, Parameters()))
                memory[0] = trained[-1].peak_memory_mb
        with timed("publish"):
            publish(store, models, prepared, trained, started=started)
    return seconds, prepared.rows
