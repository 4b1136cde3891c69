"""The rows of a version are read in merge order, whatever files they stand in."""

from pathlib import Path

import pytest

from satispy.reviews import ReviewTable, merge_upload, review_set, versions
from satispy.storage import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.folder(tmp_path)
    for number in range(6):
        lines = [f"avis {'abcdef'[number]}{at},{1 + at % 5},site{at % 2}" for at in range(10)]
        store.write(
            f"uploads/{number}.csv", "\n".join(["Commentaire,star,source", *lines]).encode()
        )
        merge_upload(store, f"uploads/{number}.csv")
    return store


EVERY = [f"avis {letter}{at}" for letter in "abcdef" for at in range(10)]


def test_texts_stream_in_merge_order_and_can_be_asked_for_by_their_rows(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_set, "_ROWS_OF_A_QUERY", 15)
    reviews = ReviewTable(store).read()
    assert list(reviews.texts) == list(reviews.texts) == EVERY
    assert reviews.texts.of([41, 3]) == {3: EVERY[3], 41: EVERY[41]}
    assert reviews.stars == [1 + at % 5 for _ in range(6) for at in range(10)]
    assert reviews.sources[:3] == ["site0", "site1", "site0"]
    assert len({id(source) for source in reviews.sources}) == 2


def test_joined_files_read_the_same(store: Store) -> None:
    table = ReviewTable(store)
    before = table.read()
    assert versions.tidy(table, whole=True)
    after = ReviewTable(store).read()
    assert list(after.texts) == list(before.texts)
    assert after.ids == before.ids
    assert [*after.ids][:2] == [before.ids[0], before.ids[1]]


def test_of_a_larger_dataset_only_the_texts_of_the_chosen_rows_are_read(store: Store) -> None:
    reviews = ReviewTable(store).read(most=20)
    assert len(reviews) == len(reviews.numbers) <= 20
    assert reviews.rows == 60
    assert list(reviews.texts) == [EVERY[number] for number in reviews.numbers]
    assert reviews.texts.of([5]) == {5: EVERY[reviews.numbers[5]]}
    assert len(reviews.names) == 6
