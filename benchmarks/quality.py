"""Accuracy after each update of the real reviews, three training seeds, beside the origin's.

Every real CSV is merged in the order of the names, and split as the origin split them;
hyper-parameters were chosen by cross-validation of training rows.
SATISPY_REAL_DATA: folder of the CSVs (default ../shared/data).
SEEDS: how many (default 3). FIRST: the first update to train after (default 1).
"""

import csv
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from benchmarks._real_reviews import FOLDER, merged_updates
from satispy.errors import NotFound
from satispy.models import FAMILIES
from satispy.registry import pointer
from satispy.registry.store import ModelStore
from satispy.reports.schema import ModelReport, Report
from satispy.retraining.whole import retrain
from satispy.storage import Store

SEEDS = range(20, 20 + int(os.environ.get("SEEDS", "3")))
FIRST = int(os.environ.get("FIRST", "1"))
METRICS = ("accuracy", "f1_0", "f1_1")
MODELS = (*FAMILIES, "ensemble")


def run() -> dict[str, object]:
    published = published_scores()
    updates = []
    with tempfile.TemporaryDirectory() as folder:
        store, versions = merged_updates(Path(folder) / "bucket")
        models = ModelStore(Path(folder) / "bentoml")
        for number, version in enumerate(versions, start=1):
            if number < FIRST:
                continue
            reports = [after(store, models, version, seed) for seed in SEEDS]
            error = (0.9 * 0.1 / reports[0].test_rows) ** 0.5
            print(f"\nUpdate {number}: {reports[0].rows} reviews, {reports[0].test_rows} of them")
            print(f"tested; the standard error of an accuracy is {error:.3f}\n")
            print(f"  {'':20}{'accuracy':>16}{'f1_0':>16}{'f1_1':>16}")
            figures: dict[str, object] = {"rows": reports[0].rows}
            for under in ("origin", "unseen"):
                scores = {name: summary(reports, name, under) for name in MODELS}
                for name, values in scores.items():
                    print(f"  {under:8}{name:12}" + "".join(map(written, values.values())))
                figures[under] = {
                    name: {metric: mean for metric, (mean, _) in values.items()}
                    for name, values in scores.items()
                }
                figures[f"{under}_sd"] = {
                    name: {metric: sd for metric, (_, sd) in values.items()}
                    for name, values in scores.items()
                }
            for name, scored in published.get(reports[0].rows, {}).items():
                print(
                    f"  published {name:10}" + "".join(f"{scored[m]:>9.4f}       " for m in METRICS)
                )
            for name, baseline in reports[0].baselines.items():
                print(f"  baseline {name:11}{baseline.accuracy:>9.4f}")
            updates.append(figures)
    return {"seeds": len(SEEDS), "updates": updates}


def after(store: Store, models: ModelStore, version: int, seed: int) -> Report:
    """A retrain whose models all serve: the ensemble is of what serves, here of this seed's."""
    with suppress(NotFound):
        store.delete(pointer.KEY)
    run = f"v{version:05d}-{seed}"
    return retrain(store, models, run, version, seed=seed, split="published", workers=2)


def summary(reports: list[Report], name: str, under: str) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation over the seeds, by metric."""
    found = {}
    for metric in METRICS:
        values = [getattr(getattr(entry(each, name), under), metric) for each in reports]
        found[metric] = float(np.mean(values)), float(np.std(values))
    return found


def entry(report: Report, name: str) -> ModelReport:
    model = report.ensemble if name == "ensemble" else report.models[name]
    assert model is not None
    return model


def written(value: tuple[float, float]) -> str:
    return f"{value[0]:>9.4f} ±{value[1]:.3f}"


def published_scores() -> dict[int, dict[str, dict[str, float]]]:
    """The origin's, by number of rows and model; none where the file is not there."""
    path = FOLDER / "published_scores.csv"
    found: dict[int, dict[str, dict[str, float]]] = {}
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                scores = {metric: float(row[metric]) for metric in METRICS}
                found.setdefault(int(row["dataset_rows"]), {})[row["model"].lower()] = scores
    return found
