"""The torture of `make bench NAME=ingest_torture`, smaller and over a folder."""

from functools import partial
from pathlib import Path

from benchmarks._torture import torture
from satispy.reviews import merge_upload
from satispy.storage import Store


def merge(folder: str, key: str) -> None:
    merge_upload(Store.folder(Path(folder)), key)


def test_killed_and_repeated_merges_lose_double_and_misreport_nothing(tmp_path):
    outcome = torture(
        Store.folder(tmp_path),
        partial(merge, str(tmp_path)),
        7,
        count=16,
        largest=40,
        at_once=4,
        kill_share=0.5,
        longest_life=0.15,
    )
    assert outcome.faults == []
    assert (outcome.lost, outcome.twice, outcome.wrong_fate) == (0, 0, 0)
    assert outcome.deliveries > 48
    assert outcome.kills > 5
