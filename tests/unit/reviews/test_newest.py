"""Of a dataset with more rows than a retrain may read: the newest of every kind."""

from collections import Counter

import pytest

from satispy.reviews import ReviewTable
from satispy.reviews.newest import newest, quotas


def test_of_one_kind_the_newest_are_taken_in_order() -> None:
    assert newest(["shop"] * 10, 3) == [7, 8, 9]


def test_no_more_rows_than_are_allowed_and_all_where_they_are_fewer() -> None:
    kinds = [row % 7 for row in range(1_000)]
    assert len(newest(kinds, 333)) <= 333
    assert newest(kinds, 1_000) == list(range(1_000))


def test_kinds_keep_their_parts_and_a_small_one_is_kept_whole() -> None:
    kinds = ["large"] * 80_000 + ["middle"] * 20_000 + ["small"] * 40
    kept = Counter(kinds[row] for row in newest(kinds, 10_000))
    assert kept["small"] == 40
    assert kept["large"] == pytest.approx(4 * kept["middle"], rel=0.01)
    assert 9_990 <= sum(kept.values()) <= 10_000


def test_more_kinds_than_rows_are_never_more_than_allowed() -> None:
    assert sum(quotas(dict.fromkeys(range(500), 3), 100).values()) <= 100


def upload(first: int, rows: int, star: int) -> str:
    lines = [f"avis numéro {first + row},{star}" for row in range(rows)]
    return "\n".join(["Commentaire,star", *lines])


def test_of_a_table_only_their_texts_are_read_and_it_says_how_many_rows_there_are(
    send, store
) -> None:
    send("old.csv", upload(0, 120, 5))
    send("new.csv", upload(120, 60, 5))
    table = ReviewTable(store)
    read = table.read(most=60)
    assert (len(read), read.rows, read.names) == (60, 180, ["old", "new"])
    assert read.comments == [f"avis numéro {row}" for row in range(120, 180)]
    assert list(read.numbers) == list(range(120, 180))
    assert set(read.uploads) == {"new"}


def test_where_all_fit_nothing_changes(send, store) -> None:
    send("a.csv", upload(0, 12, 4))
    table = ReviewTable(store)
    assert table.read(most=12) == table.read()
