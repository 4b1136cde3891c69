"""The same seed and dataset version twice, each in a process of its own: the same digests, metrics.

SATISPY_REAL_DATA: folder of the real CSVs (default ../shared/data); all of them are one dataset.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks._real_reviews import merged_updates
from satispy.models import FAMILIES
from satispy.registry.store import ModelStore
from satispy.retraining.whole import retrain


def run() -> dict[str, object]:
    command = [sys.executable, "-m", "benchmarks.repeat"]
    first, second = (
        json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        for _ in range(2)
    )
    for name, digest in first["digests"].items():
        same = "the same" if second["digests"][name] == digest else "NOT the same"
        print(f"  {name:10} {digest[:16]}…  {same} twice")
    metrics = "the same" if first["metrics"] == second["metrics"] else "NOT the same"
    print(f"  {'metrics':10} of {first['rows']} reviews: {metrics} twice")
    return {**first, "repeated": first == second}


def one_retrain() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        store, updates = merged_updates(Path(folder) / "bucket")
        models = ModelStore(Path(folder) / "bentoml")
        report = retrain(store, models, "v00001", updates[-1], workers=2)
        return {
            "rows": report.rows,
            "digests": {
                "vectors": report.embedding,
                **{each: models.load(report.models[each].tag).digest for each in FAMILIES},
            },
            "metrics": {
                name: {"origin": model.origin.model_dump(), "unseen": model.unseen.model_dump()}
                for name, model in report.models.items()
            },
        }


if __name__ == "__main__":
    print(json.dumps(one_retrain()))
