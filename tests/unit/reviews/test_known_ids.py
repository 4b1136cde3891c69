"""Identities are looked up without reading the whole column of them."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from satispy.reviews import MergeRules, merge_upload, merging, receipts, versions
from satispy.reviews.identity import identity
from satispy.reviews.known_ids import KnownIds
from satispy.reviews.stored import StoredReview
from satispy.reviews.table import Known, ReviewTable
from satispy.storage import Store

SMALL = 50


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def ids(count: int, seed: int = 1) -> list[bytes]:
    draw = random.Random(seed)  # noqa: S311 - no secrets
    return [draw.randbytes(16) for _ in range(count)]


def test_what_is_written_down_is_found_and_hardly_anything_else(store):
    held = ids(200)
    known = KnownIds(store, "d", SMALL)
    for _ in range(4):
        known.write_down(190, lambda first, end: iter(held[first:end]))
    spans, rest = KnownIds(store, "d", SMALL).likely([*held[:3], held[149], *ids(500, 2)], 190)
    assert rest == 150
    assert [(span.first, span.end, sorted(span.ids)) for span in spans] == [
        (0, 50, sorted(held[:3])),
        (100, 150, [held[149]]),
    ]


def test_an_older_version_is_looked_at_without_the_segments_it_has_not(store):
    held = ids(100)
    known = KnownIds(store, "d", SMALL)
    for _ in range(2):
        known.write_down(100, lambda first, end: iter(held[first:end]))
    assert known.likely(held, 70)[1] == 50


def test_a_broken_segment_is_looked_up_in_the_table(store):
    known = KnownIds(store, "d", SMALL)
    known.write_down(SMALL, lambda first, end: iter(ids(SMALL)))
    [entry] = store.list("known_ids")
    store.write(entry.key, b"rubbish")
    wanted = ids(3, 5)
    spans, _ = KnownIds(store, "d", SMALL).likely(wanted, SMALL)
    assert [sorted(span.ids) for span in spans] == [sorted(wanted)]


def merged(table: ReviewTable, rows: list[bytes], first: int = 0) -> None:
    table.ensure()
    table.append(
        [
            StoredReview(
                id, "x", 5, None, None, None, "2020-01-01", True, None, "x", "p", first + at
            )
            for at, id in enumerate(rows)
        ],
        {},
    )


def test_a_table_knows_its_rows_in_segments_in_the_newest_rows_and_after_a_restore(store):
    table = ReviewTable(store, SMALL)
    rows = ids(130)
    merged(table, rows[:60])
    merged(table, rows[60:], 60)
    assert len(store.list("known_ids")) == 2
    assert set(_known(store, rows)) == set(rows)
    assert not _known(store, ids(40, 9))
    versions.restore(ReviewTable(store, SMALL), 1)
    others = ids(70, 3)
    again = ReviewTable(store, SMALL)
    again.ensure()
    merged(again, others, 60)
    assert set(_known(store, [*rows, *others])) == {*rows[:60], *others}


def _known(store: Store, wanted: list[bytes]) -> dict:
    table = ReviewTable(store, SMALL)
    table.ensure()
    return table.known(wanted)


def test_mended_rows_that_read_like_many_others_are_all_added(store):
    text = "comment,star\n" + "parfait,5\n" * 72 + "parfait,9\n" * 3
    store.write("uploads/a.csv", text.encode())
    first = merge_upload(store, "uploads/a.csv")
    mended = store.read(first.quarantine).decode().replace("parfait,9", "parfait,5")
    store.write("uploads/b.csv", mended.encode())
    assert merge_upload(store, "uploads/b.csv").added == 3
    store.write("uploads/c.csv", mended.encode())
    assert merge_upload(store, "uploads/c.csv").duplicate == 3


class Counting(ReviewTable):
    """Counts how often it is asked."""

    asked = 0

    def known(self, ids: Sequence[bytes], first: int = 0) -> dict[bytes, Known]:
        self.asked += 1
        return super().known(ids, first)


def test_twins_are_asked_for_a_few_times_however_many_there_are(store):
    content = ids(1)[0]
    table = Counting(store)
    merged(table, [identity(content, twin) for twin in range(72)])
    [row] = merging._look_up_mended(table, [pending(content, 0)])[0]
    assert row.id == identity(content, 72)
    assert table.asked <= 4


def test_rows_that_read_the_same_take_a_twin_each(store):
    content, other = ids(2)
    table = Counting(store)
    merged(table, [content, identity(content, 2)])
    rows = [pending(content, 0), pending(other, 1), pending(content, 2), pending(content, 3)]
    fresh, ours = merging._look_up_mended(table, rows)
    wanted = [identity(content, 1), other, identity(content, 3), identity(content, 4)]
    assert ([row.id for row in fresh], ours) == (wanted, 0)


def pending(content: bytes, line: int) -> merging._Pending:
    review = StoredReview(
        content, "parfait", 5, None, None, None, "2020-01-01", True, None, "b", "q", line,
        mends=f"a@p:{line}",
    )  # fmt: skip
    return merging._Pending(review, content, probe=True)


class Killed(Exception):
    """The function has reached its time limit."""


class Deadly(Store):
    """Kills whoever writes the progress of a merge for the third time, having written it."""

    written = 0

    def write(
        self, key: str, data: bytes | Path, metadata: Mapping[str, str] | None = None
    ) -> None:
        super().write(key, data, metadata)
        if key.endswith(".progress"):
            self.written += 1
            if self.written == 3:
                raise Killed


@pytest.fixture
def half_merged(tmp_path: Path) -> Store:
    store = Deadly.folder(tmp_path)
    rows = "".join(f"avis {number},{number % 5 + 1}\n" for number in range(20)) + "nul,9\n"
    store.write("uploads/a.csv", ("comment,star\n" + rows).encode())
    with pytest.raises(Killed):
        merge_upload(store, "uploads/a.csv", rules=CHUNKS)
    assert receipts.progress(store, "uploads/a.csv").rows == 12
    return Store.folder(tmp_path)


CHUNKS = MergeRules(chunk_rows=4)


def test_a_killed_merge_goes_on_where_it_stopped(half_merged):
    receipt = merge_upload(half_merged, "uploads/a.csv", rules=CHUNKS)
    assert (receipt.received, receipt.added, receipt.rejected) == (21, 20, 1)
    assert len(ReviewTable(half_merged).read()) == 20
    assert receipts.progress(half_merged, "uploads/a.csv").rows == 0


def test_what_was_merged_before_the_kill_is_not_looked_up_again(half_merged):
    progress = receipts.progress(half_merged, "uploads/a.csv")
    progress.chunks[0].added = 1  # nothing but a look into the table would know better
    receipts.save_progress(half_merged, "uploads/a.csv", progress)
    assert merge_upload(half_merged, "uploads/a.csv", rules=CHUNKS).added == 17


def test_what_a_restore_took_away_meanwhile_is_merged_again(half_merged):
    versions.restore(ReviewTable(half_merged), 0)
    assert merge_upload(half_merged, "uploads/a.csv", rules=CHUNKS).added == 20
    assert len(ReviewTable(half_merged).read()) == 20
