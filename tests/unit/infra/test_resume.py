"""After LocalStack was killed, what it had forgotten is found out from the bucket."""

import datetime as dt
from pathlib import Path

import pytest

from infra.resume import unreported_version
from satispy.reviews import receipts
from satispy.reviews.receipts import Receipt
from satispy.storage import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def merged(store: Store, name: str, version: int, run: str | None) -> None:
    now = dt.datetime.now(dt.UTC)
    receipts.save(
        store,
        Receipt(
            upload=name,
            key=f"uploads/{name}.csv",
            put=name,
            put_at=now,
            dataset_version=version,
            run=run,
            finished=now,
            seconds=1,
        ),
    )


def test_without_uploads_nothing_is_to_be_retrained(store: Store) -> None:
    assert unreported_version(store, receipts.all(store)) is None


def test_the_newest_version_without_a_report_is_to_be_retrained(store: Store) -> None:
    merged(store, "one", 1, "v00001")
    merged(store, "two", 2, "v00002")
    assert unreported_version(store, receipts.all(store)) == 2


def test_an_upload_that_added_nothing_asks_for_no_retrain(store: Store) -> None:
    merged(store, "again", 1, None)
    assert unreported_version(store, receipts.all(store)) is None
