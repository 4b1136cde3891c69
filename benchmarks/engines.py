"""One retrain in this process and one on workers of Dask, of the same rows: what differs.

Generated reviews. ROWS: sizes, with commas between (default 9000; the sizes of docs/scale.md are
15703,125000). Both train on all rows and are judged on the same test rows. Besides what the
models score, the terms with log-odds, the log-odds themselves, the terms that trees count and the
fields of the report are held against each other.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.limits import begin
from satispy.models.family import FAMILIES
from satispy.registry.store import ModelStore
from satispy.reports.schema import Report
from satispy.retraining import whole
from satispy.retraining.at_scale.whole import retrain as retrain_at_scale
from satispy.reviews import ReviewTable
from satispy.runs.learned import Learned
from satispy.settings import Settings
from satispy.storage import Store

RUN = "v00001"


def run() -> dict[str, Any]:
    sizes = [int(each) for each in os.environ.get("ROWS", "9000").split(",")]
    figures: dict[str, Any] = {"rows": sizes, "sizes": []}
    for rows in sizes:
        with tempfile.TemporaryDirectory() as name:
            figures["sizes"].append(compared(Path(name), rows))
    figures["accuracy_difference"] = {
        family: max(each["accuracy_difference"][family] for each in figures["sizes"])
        for family in FAMILIES
    }
    for told in ("same_vocabulary", "same_log_odds", "same_report_schema"):
        figures[told] = all(each[told] for each in figures["sizes"])
    return figures


def compared(folder: Path, rows: int) -> dict[str, Any]:
    begin(folder / "here", rows)
    shutil.copytree(folder / "here", folder / "dask")
    settings = Settings(engine="dask", max_training_rows=0)
    reports: dict[str, Report] = {}
    processor: dict[str, float] = {}
    for engine in ("here", "dask"):
        store = Store.folder(folder / engine / "bucket")
        models = ModelStore(folder / engine / "bentoml")
        version = ReviewTable(store).version() or 0
        start = _processor_seconds()
        if engine == "here":
            reports[engine] = whole.retrain(store, models, RUN, version, max_rows=0)
        else:
            reports[engine] = retrain_at_scale(settings, store, models, RUN, version)
        processor[engine] = round(_processor_seconds() - start, 1)
    here, dask = reports["here"], reports["dask"]
    difference = {
        family: abs(here.models[family].origin.accuracy - dask.models[family].origin.accuracy)
        for family in FAMILIES
    }
    print(f"{rows:,} rows, {here.test_rows:,} of them tested; processor seconds: {processor}")
    for family in FAMILIES:
        scored = (reports[engine].models[family].origin.accuracy for engine in ("here", "dask"))
        print(f"  {family}  {' '.join(f'{each:.4f}' for each in scored)}  {difference[family]:.4f}")
    same = _same(Store.folder(folder / "here" / "bucket"), Store.folder(folder / "dask" / "bucket"))
    same["same_report_schema"] = _fields(here.model_dump()) == _fields(dask.model_dump())
    print("  " + ", ".join(f"{name}: {value}" for name, value in same.items()), flush=True)
    return {
        "rows": rows,
        "test_rows": [here.test_rows, dask.test_rows],
        "accuracy_difference": {name: round(each, 4) for name, each in difference.items()},
        "processor_seconds": processor,
        **same,
    }


def _same(here: Store, dask: Store) -> dict[str, Any]:
    one, other = (Learned.of_run(store, RUN).polarity.polarity for store in (here, dask))
    first, second = (
        dict(zip(each.log_odds.terms, each.log_odds.values.tolist(), strict=True))
        for each in (one, other)
    )
    shared = sorted(first.keys() & second.keys())
    apart = np.array([first[term] for term in shared]) - [second[term] for term in shared]
    return {
        "terms": len(first),
        "same_vocabulary": first.keys() == second.keys(),
        "same_log_odds": not apart.any() and first.keys() == second.keys(),
        "log_odds_apart": float(np.abs(apart).max(initial=0)),
    }


def _fields(value: Any) -> Any:
    """The names of a report's fields, without what stands in them."""
    if isinstance(value, dict):
        return {name: _fields(each) for name, each in value.items()}
    return type(value).__name__


def _processor_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system
