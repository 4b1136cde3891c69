"""One retrain on workers, of a folder instead of a bucket: python -m benchmarks._scale_run."""

import sys
from pathlib import Path

from satispy.registry.store import ModelStore
from satispy.retraining.at_scale.whole import retrain
from satispy.reviews import ReviewTable
from satispy.settings import Settings
from satispy.storage import Store

if __name__ == "__main__":
    folder, run = Path(sys.argv[1]), sys.argv[2]
    store = Store.folder(folder / "bucket")
    version = ReviewTable(store).version() or 0
    retrain(Settings(), store, ModelStore(folder / "bentoml"), run, version)
