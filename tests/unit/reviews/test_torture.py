"""The torture of `make bench NAME=ingest_torture`, smaller and over a folder."""

from functools import partial
from pathlib import Path

import pytest

from benchmarks._torture import torture
from satispy.reviews import merge_upload
from satispy.storage import Store


def merge(folder: str, key: str) -> None:
    merge_upload(Store.folder(Path(folder)), key)


@pytest.mark.parametrize("seed", [7, 8])
def test_killed_and_repeated_merges_lose_double_and_misreport_nothing(tmp_path, seed):
    outcome = torture(
        Store.folder(tmp_path),
        partial(merge, str(tmp_path)),
        seed,
        count=25,
        largest=60,
        at_once=6,
        kill_share=0.5,
        longest_life=0.15,
    )
    assert outcome.faults == []
    assert (outcome.lost, outcome.twice, outcome.wrong_fate) == (0, 0, 0)
    assert outcome.deliveries > 75
    assert outcome.kills > 5
