"""The real reviews, where they are: one dataset version an update."""

import os
from pathlib import Path

from satispy.reviews import merge_upload
from satispy.storage import Store

FOLDER = Path(os.environ.get("SATISPY_REAL_DATA", "../shared/data"))


def real_files() -> list[Path]:
    """The CSVs of reviews, in the order of their names."""
    found = sorted(path for path in FOLDER.glob("*.csv") if not path.name.startswith("published"))
    if not found:
        raise SystemExit(f"No reviews in {FOLDER.resolve()}: set SATISPY_REAL_DATA to their folder")
    return found


def merged_updates(folder: Path) -> tuple[Store, list[int]]:
    """A store with every real file merged, and the dataset version after each."""
    store = Store.folder(folder)
    versions = []
    for path in real_files():
        store.write(f"uploads/{path.name}", path)
        version = merge_upload(store, f"uploads/{path.name}").dataset_version
        assert version is not None
        versions.append(version)
    return store, versions
