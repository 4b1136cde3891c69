"""The table is tidied by schedule."""

from pathlib import Path
from typing import Any

import pytest

from functions import vacuum
from satispy.reviews import ReviewTable, merge_upload
from satispy.settings import Settings
from satispy.storage import Store
from tests.functions.test_policies_suffice import asked_for
from tests.policies import PARAMETERS, may


@pytest.fixture
def store(aws: object) -> Store:
    return Store.bucket(Settings())


def merged(store: Store, number: int) -> None:
    store.write(
        f"uploads/{number}.csv",
        f"comment,star,date\nAvis numéro {number} très bien,5,2026-01-01\n".encode(),
    )
    merge_upload(store, f"uploads/{number}.csv")


def files(store: Store) -> list[str]:
    return [each.key for each in store.list("reviews") if each.key.endswith(".parquet")]


def test_before_the_first_upload_there_is_nothing_to_tidy(store: Store) -> None:
    assert vacuum.handler({"days": 30}, None) == {"joined": False, "deleted": 0}


def test_small_files_are_joined_and_what_no_kept_version_needs_goes(
    store: Store, moto_log: Path
) -> None:
    for number in range(4):
        merged(store, number)
    before = files(store)
    asked: set[tuple[str, str]] = set()
    with asked_for(asked, moto_log):
        young: dict[str, Any] = vacuum.handler({"days": 30}, None)
        assert young == {"joined": True, "deleted": 0}
        assert set(before) < set(files(store))
        assert vacuum.handler({"days": 0}, None) == {"joined": False, "deleted": len(before)}
    assert len(files(store)) == 1
    assert ReviewTable(store).at().count() == 4
    there = PARAMETERS | {"BucketName": "satispy"}
    # S3 asks for the right to delete each key of a POST ?delete of the bucket.
    asked.discard(("POST of the bucket", ""))
    assert [each for each in asked if not may("Vacuum", *each, there)] == []
    assert may("Vacuum", "s3:DeleteObject", before[0].removeprefix("/"), there)
