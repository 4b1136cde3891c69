"""The table is tidied by schedule."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions import vacuum
from satispy import journal
from satispy.errors import BrokenArtefact
from satispy.journal import Actor
from satispy.registry import pointer
from satispy.registry.pointer import Production
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


def promoted(store: Store, version: int) -> None:
    production = Production(
        tag="satispy-gbc:v00002-1",
        archive="models/satispy-gbc/v00002-1.bentomodel",
        digest="1",
        run="v00002",
        dataset_version=version,
        since=datetime(2026, 1, 1, tzinfo=UTC),
        accuracy=0.9,
    )
    pointer.promote(store, "gbc", production, "by hand", Actor(who="anne", via="cli"))


def test_before_the_first_upload_there_is_nothing_to_tidy(store: Store) -> None:
    assert vacuum.handler({"days": 30}, None) == {"joined": False, "deleted": 0}


def test_small_files_are_joined_and_what_no_kept_version_needs_goes(
    store: Store, moto_log: Path
) -> None:
    before: list[str] = []
    for number in range(4):
        merged(store, number)
        made = set(files(store)) - set(before)
        before += sorted(made)  # in the order of their versions
    asked: set[tuple[str, str]] = set()
    with asked_for(asked, moto_log):
        young: dict[str, Any] = vacuum.handler({"days": 30}, None)
        assert young == {"joined": True, "deleted": 0}
        assert set(before) < set(files(store))
    promoted(store, version=2)
    with asked_for(asked, moto_log):
        assert vacuum.handler({"days": 0}, None) == {"joined": False, "deleted": 2}
    assert set(before[2:]) & set(files(store)) == set()
    table = ReviewTable(store)
    assert [len(table.read(version)) for version in (None, 2)] == [4, 2]
    there = PARAMETERS | {"BucketName": "satispy"}
    # S3 asks for the right to delete each key of a POST ?delete of the bucket.
    asked.discard(("POST of the bucket", ""))
    assert [each for each in asked if not may("Vacuum", *each, there)] == []
    assert may("Vacuum", "s3:DeleteObject", before[0].removeprefix("/"), there)
    assert ("s3:GetObject", "models/promoted.json") in asked


def test_nothing_is_deleted_while_nobody_can_say_what_serves(store: Store) -> None:
    for number in range(2):
        merged(store, number)
    store.write(pointer.KEY, b"{")
    with pytest.raises(BrokenArtefact):
        vacuum.handler({"days": 0}, None)
    assert len(ReviewTable(store).read(1)) == 1
    failed, asked = journal.last(store, 9)
    assert (asked.what, failed.what, failed.why) == (
        "reviews.vacuumed",
        "act.failed",
        "BrokenArtefact",
    )
