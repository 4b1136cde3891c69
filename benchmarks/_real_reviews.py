"""The real reviews, where they are: one dataset version an update."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from satispy.reviews import merge_upload
from satispy.storage import Store

FOLDER = Path(os.environ.get("SATISPY_REAL_DATA", "../shared/data"))


def real_files() -> list[Path]:
    """The CSVs of reviews, in the order of their names."""
    found = [path for path in sorted(FOLDER.glob("*.csv")) if _holds_reviews(path)]
    if not found:
        raise SystemExit(f"No reviews in {FOLDER.resolve()}: set SATISPY_REAL_DATA to their folder")
    return found


def _holds_reviews(path: Path) -> bool:
    """Whether its header is the origin's; scores and remarks to measure with stand beside them."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        columns = re.split(r"[,;\t]", file.readline().strip().lower().replace('"', ""))
    return {"commentaire", "star"} <= set(columns)


def merged_updates(folder: Path) -> tuple[Store, list[int]]:
    """A store with every real file merged, and the dataset version after each."""
    return merged(folder, real_files())


def merged(folder: Path, files: Sequence[Path]) -> tuple[Store, list[int]]:
    """A store with these files merged, and the dataset version after each."""
    store = Store.folder(folder)
    versions = []
    for path in files:
        store.write(f"uploads/{path.name}", path)
        version = merge_upload(store, f"uploads/{path.name}").dataset_version
        assert version is not None
        versions.append(version)
    return store, versions
