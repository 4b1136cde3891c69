"""A whole retrain of all real rows: stages, peak memory; beside the origin's own three fits.

The load of the machine before, and the processor seconds of all threads, say what the seconds are
worth: of a machine that others use they are worth little.

SATISPY_REAL_DATA: folder of the real CSVs (default ../shared/data). ORIGIN=0 leaves out the
re-creation of the origin's dense GBC, SVC and Keras fits, which takes minutes.
"""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks._origin_fits import character_means, origin_ann, origin_gbc, origin_svm
from benchmarks._real_reviews import merged_updates
from satispy.registry.store import ModelStore
from satispy.retraining.prepare import read_texts, split
from satispy.retraining.whole import retrain
from satispy.reviews import ReviewTable
from satispy.runs.split import on_test_side


def run() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        store, updates = merged_updates(Path(folder) / "bucket")
        models = ModelStore(Path(folder) / "bentoml")
        load = os.getloadavg()[0]
        begin, before = time.perf_counter(), time.process_time()
        with peak_memory() as peak:
            report = retrain(store, models, f"v{updates[-1]:05d}", updates[-1], workers=2)
        seconds = time.perf_counter() - begin
        processor = time.process_time() - before
        reviews = ReviewTable(store).read(updates[-1])
        texts, comments = read_texts(reviews.texts), reviews.comments  # read from the folder

    print(f"{report.rows} reviews, two stages at a time\n")
    for name, value in report.stages.items():
        print(f"  {name:10} {value:7.1f} s")
    print(f"  {'whole':10} {seconds:7.1f} s, at most {max(peak):.0f} MB")
    print(f"  {'processor':10} {processor:7.1f} s; load before {load:.1f}")
    figures: dict[str, object] = {
        "rows": report.rows,
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
        "load_before": round(load, 2),
        "stages": {name: round(value, 2) for name, value in report.stages.items()},
        "peak_memory_mb": round(max(peak)),
        "accuracy": {name: model.origin.accuracy for name, model in report.models.items()},
    }
    if os.environ.get("ORIGIN") == "0":
        return figures

    test = on_test_side("published", reviews.ids)
    ready = split(texts, reviews.stars, test, seed=20)
    features = character_means(comments)
    learn, rest = ~ready.test, ready.test
    stop_on = (features[rest], ready.labels[rest])  # as it did: the test rows stop the network
    origin = {
        "gbc": origin_gbc(comments, ready.labels, ready.test),
        "svm": origin_svm(features[learn], ready.labels[learn]),
        "ann": origin_ann(features[learn], ready.labels[learn], stop_on),
    }
    total = sum(origin.values())
    print("\nThe origin's fits, without its preprocessing")
    for name, value in origin.items():
        print(f"  {name:10} {value:7.1f} s")
    print(f"  {'sum':10} {total:7.1f} s: {total / seconds:.1f} times the whole retrain")
    figures["origin_seconds"] = {name: round(value, 2) for name, value in origin.items()}
    figures["speed_ratio_to_origin"] = round(total / seconds, 2)
    return figures


@contextmanager
def peak_memory(every: float = 0.2) -> Iterator[list[float]]:
    """The resident memory of this process in MB, sampled from now to the end of the block."""
    process, over = psutil.Process(), threading.Event()
    samples = [process.memory_info().rss / 2**20]

    def sample() -> None:
        while not over.wait(every):
            samples.append(process.memory_info().rss / 2**20)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()
