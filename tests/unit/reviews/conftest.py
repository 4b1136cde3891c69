from collections.abc import Callable
from pathlib import Path

import pytest

from satispy.reviews import MergeRules, Receipt, merge_upload
from satispy.storage import Store

HEADER = "inID,Commentaire,star,source,company,index_org,star_org,date"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path / "bucket")


@pytest.fixture
def send(store: Store) -> Callable[..., Receipt]:
    """Put a CSV under uploads/ and merge it."""

    def send(name: str, text: str | bytes, **options: object) -> Receipt:
        data = text.encode() if isinstance(text, str) else text
        store.write(f"uploads/{name}", data)
        return merge_upload(store, f"uploads/{name}", **options)  # type: ignore[arg-type]

    return send


@pytest.fixture
def small_chunks() -> MergeRules:
    return MergeRules(chunk_rows=3)
