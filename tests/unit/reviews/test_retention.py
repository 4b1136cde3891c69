"""Which versions can be read after a vacuum, and what is said of the others."""

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from satispy.errors import NotFound
from satispy.reviews import Receipt, ReviewTable, retention, versions
from satispy.storage import Store

Send = Callable[..., Receipt]
DAY = 86_400


@pytest.fixture
def folder(store: Store) -> Path:
    return Path(store.url) / "reviews"


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.parquet")}


def age(folder: Path, log: float, data: float) -> None:
    """As if all of it had happened so many days ago, to files of so many days."""
    for path in (folder / "_delta_log").glob("*.json"):
        actions = [json.loads(line) for line in path.read_text().splitlines()]
        for action in actions:
            for kind, when in (("remove", "deletionTimestamp"), ("commitInfo", "timestamp")):
                if kind in action:
                    action[kind][when] -= int(log * DAY * 1000)
        path.write_text("\n".join(map(json.dumps, actions)))
    for path in folder.glob("*.parquet"):
        os.utime(path, (time.time() - data * DAY,) * 2)


@pytest.fixture
def joined(send: Send, store: Store) -> ReviewTable:
    """Four versions of a file each, then all in one."""
    for i in range(4):
        send(f"{i}.csv", f"Commentaire,star\navis {i},4\n")
    table = ReviewTable(store)
    assert versions.tidy(table)
    return table


def test_what_was_replaced_longer_ago_goes_however_often_the_log_was_summed_up(
    joined: ReviewTable, store: Store, folder: Path
) -> None:
    age(folder, log=40, data=40)
    table = ReviewTable(store)
    table.at().create_checkpoint()
    assert len(retention.vacuum(ReviewTable(store), 14)) == 4
    assert len(files(folder)) == 1
    assert len(ReviewTable(store).read()) == 4


def test_a_version_that_is_young_enough_stays_whatever_the_age_of_its_files(
    joined: ReviewTable, store: Store, folder: Path
) -> None:
    age(folder, log=10, data=200)
    ReviewTable(store).at().create_checkpoint()
    table = ReviewTable(store)
    assert retention.vacuum(table, 14) == []
    assert [len(table.read(version)) for version in range(1, 5)] == [1, 2, 3, 4]
    (*_, fourth, _) = versions.log(table)[:3]
    assert fourth.readable.now
    assert fourth.readable.until is not None
    left = fourth.readable.until - datetime.now(UTC)
    assert timedelta(days=3, hours=23) < left < timedelta(days=4)


def test_a_version_that_a_model_learned_from_is_kept(joined: ReviewTable, folder: Path) -> None:
    assert len(retention.vacuum(joined, 0, keep=[2, 99])) == 2
    assert [len(joined.read(version)) for version in (1, 2, 5)] == [1, 2, 4]
    readable = {commit.version: commit.readable.now for commit in versions.log(joined)}
    assert readable == {
        **{7: True, 6: True, 5: True},  # of the vacuum and of what it joined
        **{4: False, 3: False, 2: True, 1: True, 0: True},
    }
    assert {c.what for c in versions.log(joined) if c.version > 5} == {"vacuum"}
    assert versions.restore(joined, 2) == 8
    assert joined.read().comments == ["avis 0", "avis 1"]


def test_a_version_that_is_gone_is_said_to_be_gone_and_changes_nothing(
    joined: ReviewTable, tmp_path: Path
) -> None:
    retention.vacuum(joined, 0)
    newest = joined.version()
    for ask in (
        lambda: joined.read(3),
        lambda: versions.count(joined, 3),
        lambda: versions.compare(joined, 3, 5),
        lambda: versions.export(joined, 3, tmp_path / "out.csv"),
        lambda: versions.restore(joined, 3),
    ):
        with pytest.raises(NotFound, match="version 3 of the dataset can no longer be read"):
            ask()
    assert joined.version() == newest
    assert len(joined.read()) == 4


def test_leftovers_of_an_upload_go_but_not_what_is_being_written(
    joined: ReviewTable, folder: Path
) -> None:
    for name, days in (("left-over", 60), ("being-written", 0)):
        (folder / f"{name}.parquet").write_bytes(b"rows")
        os.utime(folder / f"{name}.parquet", (time.time() - days * DAY,) * 2)
    assert retention.vacuum(joined, 14) == ["left-over.parquet"]
    assert len(retention.vacuum(joined, 0)) == 4
    assert "being-written.parquet" in files(folder)


def test_the_table_keeps_its_word_for_as_long_as_the_schedule_says(
    joined: ReviewTable,
) -> None:
    assert retention.days(joined.at()) == 14
    retention.promise(joined, 14)
    assert joined.version() == 5
    retention.promise(joined, 90)
    assert retention.days(joined.at()) == 90
    assert versions.log(joined)[0].what == "settings"
    versions.tidy(joined)
    assert retention.days(joined.at()) == 90
