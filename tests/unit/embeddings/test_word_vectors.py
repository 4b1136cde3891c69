import json

import numpy as np
import pytest

from satispy.embeddings import WordVectors
from satispy.errors import BrokenArtefact, NotFound


@pytest.fixture
def vectors() -> WordVectors:
    table = np.arange(12, dtype=np.float32).reshape(4, 3)
    return WordVectors(["très", "bien", "déçu", "😡"], table, {"source": "test"})


def test_a_word_is_found_at_its_row_and_an_unknown_one_nowhere(vectors):
    assert vectors.rows(["déçu", "decu", "très", "\ud800", ""]).tolist() == [2, -1, 0, -1, -1]
    assert list(vectors.vocabulary) == ["très", "bien", "déçu", "😡"]
    assert "bien" in vectors.vocabulary
    assert "mal" not in vectors.vocabulary


def test_what_is_saved_opens_as_it_was_and_maps_the_table(tmp_path, vectors):
    opened = WordVectors.open(vectors.save(tmp_path))
    assert isinstance(opened.table, np.memmap)
    assert list(opened.vocabulary) == list(vectors.vocabulary)
    assert opened.rows(["😡", "x"]).tolist() == [3, -1]
    assert np.array_equal(opened.table, vectors.table)
    assert (opened.digest, opened.dim, opened.about) == (vectors.digest, 3, {"source": "test"})
    opened.verify()


def test_taken_vectors_are_the_rows_of_the_table_in_memory_and_on_disk(tmp_path, vectors):
    opened = WordVectors.open(vectors.save(tmp_path))
    for some in ([2, 0, 2], [3], []):
        rows = np.array(some, np.int32)
        assert np.array_equal(vectors.take(rows), vectors.table[rows])
        assert np.array_equal(opened.take(rows), vectors.table[rows])


def test_many_words_are_all_found_again(tmp_path):
    words = [f"mot{i}" for i in range(5000)]
    opened = WordVectors.open(WordVectors(words, np.zeros((5000, 2), np.float32)).save(tmp_path))
    assert opened.rows(words[::-1]).tolist() == list(range(5000))[::-1]


def test_no_vectors_in_the_folder_is_said_so(tmp_path):
    with pytest.raises(NotFound, match="no word vectors"):
        WordVectors.open(tmp_path)


def test_the_same_word_twice_is_refused():
    with pytest.raises(BrokenArtefact, match="twice"):
        WordVectors(["a", "a"], np.zeros((2, 2), np.float32))


@pytest.mark.parametrize("name", ["table.npy", "words.txt", "hashes.npy", "order.npy"])
def test_a_file_cut_short_is_noticed_on_opening(tmp_path, vectors, name):
    vectors.save(tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(BrokenArtefact):
        WordVectors.open(tmp_path)


def test_changed_numbers_are_noticed_by_verify(tmp_path, vectors):
    vectors.save(tmp_path)
    np.save(tmp_path / "table.npy", vectors.table + 1)
    with pytest.raises(BrokenArtefact, match="digest"):
        WordVectors.open(tmp_path).verify()


def test_vectors_of_a_newer_satispy_ask_for_an_update(tmp_path, vectors):
    facts = json.loads((vectors.save(tmp_path) / "vectors.json").read_text())
    (tmp_path / "vectors.json").write_text(json.dumps(facts | {"format": 99}))
    with pytest.raises(BrokenArtefact, match="newer"):
        WordVectors.open(tmp_path)


def test_neighbours_come_nearest_first_and_never_the_word_itself():
    table = np.array([[1, 0], [0, 1], [2, 1], [0, 0]], np.float32)
    vectors = WordVectors(["a", "b", "c", "d"], table)
    assert [word for word, _ in vectors.neighbours("a", 2)] == ["c", "b"]
    with pytest.raises(NotFound, match="« e »"):
        vectors.neighbours("e")
