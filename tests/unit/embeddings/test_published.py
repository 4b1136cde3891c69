"""The files are written by the wikipedia2vec package itself."""

import bz2
import os
from pathlib import Path

import joblib
import numpy as np
import pytest
from wikipedia2vec import Wikipedia2Vec
from wikipedia2vec.dictionary import Dictionary, RecordTrie, Trie

from satispy.embeddings.published import convert, load
from satispy.errors import BrokenArtefact, NotFound, SatispyError

WORDS = {"très": 50, "bien": 90, "déçu": 20, "l'été": 7}
ENTITIES = {"Paris": 30, "Très Bien": 5}
DIM = 6


@pytest.fixture(scope="module")
def model() -> Wikipedia2Vec:
    words, entities = Trie(WORDS), Trie(ENTITIES)
    word_stats = np.zeros((len(words), 2), np.int32)
    entity_stats = np.zeros((len(entities), 2), np.int32)
    for trie, stats, counts in (
        (words, word_stats, WORDS),
        (entities, entity_stats, ENTITIES),
    ):
        for item, row in trie.items():
            stats[row] = counts[item]
    meta = {"language": "fr", "lowercase": True, "build_params": {}, "uuid": "1"}
    model = Wikipedia2Vec(
        Dictionary(words, entities, RecordTrie("<I"), word_stats, entity_stats, **meta)
    )
    model.syn0 = np.random.default_rng(1).normal(size=(6, DIM)).round(3).astype(np.float32)
    model.syn1 = np.zeros_like(model.syn0)
    return model


def write(model: Wikipedia2Vec, folder: Path, name: str) -> Path:
    """A file as the project publishes it: `.pkl`, or `.txt` in one of three formats, or packed."""
    plain = folder / name.removesuffix(".bz2")
    if ".pkl" in name:
        model.save(str(plain))
    else:
        model.save_text(str(plain), name.split(".")[0])
    if name.endswith(".bz2"):
        (folder / name).write_bytes(bz2.compress(plain.read_bytes()))
    return folder / name


NAMES = [
    name + packed
    for name in ("model.pkl", "default.txt", "word2vec.txt", "glove.txt")
    for packed in ("", ".bz2")
]


@pytest.mark.parametrize("name", NAMES)
def test_each_published_format_gives_the_words_and_their_vectors(model, tmp_path, name):
    vectors = load(str(write(model, tmp_path, name)), tmp_path / "vectors", dim=DIM)
    assert list(vectors.vocabulary) == ["bien", "très", "déçu", "l'été"], "most frequent first"
    for word in WORDS:
        expected = model.get_word_vector(word)
        assert np.array_equal(vectors.table[vectors.rows([word])[0]], expected), word
    assert vectors.rows(["Paris", "ENTITY/Paris"]).tolist() == [-1, -1]
    assert vectors.table.dtype == np.float32
    vectors.verify()


def test_all_formats_of_one_model_have_one_digest(model, tmp_path):
    digests = {
        convert(write(model, tmp_path, name), tmp_path / f"to-{name}").digest for name in NAMES
    }
    assert len(digests) == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.995])
def test_a_truncated_file_is_said_to_be_cut_short(model, tmp_path, name, share):
    path = write(model, tmp_path, name)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BrokenArtefact, match=path.name):
        convert(path, tmp_path / "vectors")


@pytest.mark.parametrize("name", ["model.pkl", "model.pkl.bz2", "m.txt", "m.txt.bz2"])
@pytest.mark.parametrize(
    "content",
    [b"<!DOCTYPE html>\n<html>Not found</html>\n", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b"{}"],
)
def test_a_foreign_file_is_said_to_be_foreign(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BrokenArtefact, match=path.name):
        convert(path, tmp_path / "vectors")


def test_a_foreign_pickle_is_refused(tmp_path):
    joblib.dump({"weights": np.zeros(3)}, tmp_path / "other.pkl")
    with pytest.raises(BrokenArtefact, match="no native wikipedia2vec file"):
        convert(tmp_path / "other.pkl", tmp_path / "vectors")


class Intruder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (str(self.path),))


def test_nothing_in_a_pickle_can_run(model, tmp_path):
    joblib.dump({"syn0": Intruder(tmp_path / "run")}, tmp_path / "evil.pkl")
    with pytest.raises(BrokenArtefact, match=r"mkdir"):
        convert(tmp_path / "evil.pkl", tmp_path / "vectors")
    assert not (tmp_path / "run").exists()


def test_nothing_hidden_in_an_array_of_objects_can_run(tmp_path):
    hidden = np.array([Intruder(tmp_path / "run")], dtype=object)
    joblib.dump({"syn0": hidden}, tmp_path / "evil.pkl")
    with pytest.raises(BrokenArtefact, match="objects"):
        convert(tmp_path / "evil.pkl", tmp_path / "vectors")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["model.pkl", "default.txt"])
def test_another_dimension_than_asked_for_is_an_error(model, tmp_path, name):
    with pytest.raises(BrokenArtefact, match="6 numbers a word, not 100"):
        convert(write(model, tmp_path, name), tmp_path / "vectors", dim=100)


def test_numbers_that_are_not_finite_are_an_error(tmp_path):
    (tmp_path / "v.txt").write_text("bien\t0.1 nan\n")
    with pytest.raises(BrokenArtefact, match="finite"):
        convert(tmp_path / "v.txt", tmp_path / "vectors")


def test_a_wrong_checksum_names_both(model, tmp_path):
    path = write(model, tmp_path, "model.pkl")
    with pytest.raises(BrokenArtefact, match=f"not {'0' * 64}"):
        load(str(path), tmp_path / "vectors", sha256="0" * 64)
    assert path.exists(), "a file of the caller's own is left alone"


def test_a_path_that_does_not_exist_and_a_format_that_is_none_are_said_so(tmp_path):
    with pytest.raises(NotFound, match="not a file"):
        load(str(tmp_path / "none.pkl"), tmp_path)
    (tmp_path / "model.zip").touch()
    with pytest.raises(SatispyError, match=r"\.pkl or \.txt"):
        load(str(tmp_path / "model.zip"), tmp_path)
