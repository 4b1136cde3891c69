"""How good models are after 0, 50, 200, 1,000 and 5,000 real reviews, with and without the primer.

So many training rows of the published split, drawn at random, are learned from; all of its test
rows are asked. A dash: without the primer too few reviews of a label to train on.
SATISPY_REAL_DATA: folder of the CSVs (default ../shared/data). SEEDS: how many (default 3).
ROWS: other numbers of reviews.
"""

import os
import tempfile
from pathlib import Path

import numpy as np

from benchmarks._real_reviews import merged_updates
from benchmarks._scored import MODELS, newest, scorers
from satispy.reports.metrics import measure
from satispy.runs.prepared import Prepared

SEEDS = range(20, 20 + int(os.environ.get("SEEDS", "3")))
ROWS = [int(rows) for rows in os.environ.get("ROWS", "0 50 200 1000 5000").split()]
METRICS = ("accuracy", "f1_0")

#: By model, for each number of rows: its scores, or None.
Curves = dict[str, list[dict[str, float] | None]]


def run() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        store, _ = merged_updates(Path(folder))
        splits = {seed: newest(store, seed)[1] for seed in SEEDS}
    figures: dict[str, Curves] = {}
    for name, primer in (("with", True), ("without", False)):
        curves: Curves = {model: [] for model in MODELS}
        for rows in ROWS:
            scored = [scores(splits[seed], rows, seed, primer) for seed in SEEDS]
            for model in MODELS:
                each = [found[model] for found in scored if found]
                mean = {m: float(np.mean([one[m] for one in each])) for m in METRICS if each}
                curves[model].append(mean or None)
        figures[name] = curves
        print_table(name, curves)
    return {"rows": ROWS} | figures


def scores(ready: Prepared, rows: int, seed: int, primer: bool) -> dict[str, dict[str, float]]:
    """Of each model; nothing where a label has too few reviews."""
    labels = ready.training().labels
    learn = np.random.default_rng(seed).permutation(len(labels))[:rows]
    if not primer and np.bincount(labels[learn], minlength=2).min() < 1:
        return {}
    trained = scorers(ready, seed, primer=primer, learn=learn)
    found = {}
    for model in MODELS:
        said = np.nan_to_num(trained.ask(model, trained.documents), nan=trained.base_rate)
        measured = measure(trained.labels, said)
        found[model] = {metric: getattr(measured, metric) for metric in METRICS}
    return found


def print_table(name: str, curves: Curves) -> None:
    print(f"\n{name} the primer, {len(SEEDS)} seeds: accuracy, f1_0\n")
    print(f"  {'reviews':>8}" + "".join(f"{model:>16}" for model in MODELS))
    for at, rows in enumerate(ROWS):
        cells = [curves[model][at] for model in MODELS]
        said = "".join(
            f"{'–':>16}" if cell is None else f"{cell['accuracy']:>9.3f}  {cell['f1_0']:.3f}"
            for cell in cells
        )
        print(f"  {rows:>8,}{said}")
