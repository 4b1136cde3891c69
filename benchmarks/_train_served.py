"""Train the models that the benchmarks of the service serve: two updates, a retrain after each."""

import os
import shutil
import tempfile
from pathlib import Path

from benchmarks._served import REPOSITORY, TRAINED, fingerprint
from satispy.demo.generate import write_walk
from satispy.registry.store import ModelStore
from satispy.retraining.whole import retrain
from satispy.reviews import merge_upload
from satispy.storage import Store


def uploads(scratch: Path) -> list[Path]:
    """The real reviews if they are at hand, else generated ones."""
    real = Path(os.environ.get("SATISPY_REAL_DATA", REPOSITORY.parent / "shared" / "data"))
    found = [real / "data_MAJ.csv", real / "new_data_test_1.csv"]
    return found if all(path.exists() for path in found) else write_walk(scratch)[:2]


def main() -> None:
    shutil.rmtree(TRAINED, ignore_errors=True)
    store, models = Store.folder(TRAINED / "bucket"), ModelStore(TRAINED / "bentoml")
    with tempfile.TemporaryDirectory() as scratch:
        for path in uploads(Path(scratch)):
            store.write(f"uploads/{path.name}", path)
            version = merge_upload(store, f"uploads/{path.name}").dataset_version
            assert version is not None
            retrain(store, models, f"v{version:05d}", version)
    (TRAINED / "complete").write_text(fingerprint())


if __name__ == "__main__":
    main()
