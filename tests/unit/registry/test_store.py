"""The model store of one machine: whole models only, whoever is killed and whoever else copies."""

import multiprocessing
import os
import random
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from satispy.embeddings import WordVectors
from satispy.errors import BrokenArtefact, NotFound
from satispy.models import artefact
from satispy.registry.archives import archive_key, archives, find
from satispy.registry.store import ABANDONED_AFTER, ModelStore, trouble
from satispy.storage import Store

TAG = "satispy-gbc:v00001-1f2e"
FORK = multiprocessing.get_context("fork")


def artefact_in(folder: Path, rows: int = 100_000) -> Path:
    artefact.write(folder, {"family": "gbc"}, {name: np.arange(rows) for name in "abcd"})
    return folder


def saved(models: ModelStore, folder: Path) -> str:
    return models.save(folder, "satispy-gbc", "v00001-1f2e", {}, {"run": "v00001"})


@pytest.fixture
def models(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "bentoml")


@pytest.fixture
def bucket(tmp_path: Path, models: ModelStore) -> Store:
    """With the archive of one model, which the store has no longer."""
    store = Store.folder(tmp_path / "bucket")
    models.archive(saved(models, artefact_in(tmp_path / "model")), store)
    models.delete(TAG)
    return store


def place(tmp_path: Path) -> Path:
    return tmp_path / "bentoml" / "models" / "satispy-gbc" / "v00001-1f2e"


def test_what_is_saved_is_found_as_it_was(tmp_path: Path, models: ModelStore) -> None:
    folder = artefact_in(tmp_path / "model")
    assert saved(models, folder) == saved(models, folder) == TAG
    assert artefact.digest(models.path(TAG)) == artefact.digest(folder)
    assert [each.tag for each in models.list()] == [TAG]
    assert models.describe(TAG).metadata == {"run": "v00001"}


@pytest.mark.parametrize("left", ["nothing", "a half", "a file cut short", "other bytes"])
def test_what_a_killed_copy_left_is_replaced(
    tmp_path: Path, models: ModelStore, bucket: Store, left: str
) -> None:
    if left == "nothing":
        place(tmp_path).mkdir(parents=True)
    else:
        models.fetch(TAG, bucket)
    if left == "a half":
        (place(tmp_path) / "b.npy").unlink()
    if left == "a file cut short":
        os.truncate(place(tmp_path) / "b.npy", 1_000)
    if left == "other bytes":
        (place(tmp_path) / "b.npy").write_bytes(bytes(800_128))
    assert trouble(place(tmp_path)) is not None
    assert trouble(models.fetch(TAG, bucket)) is None
    place(tmp_path).rename(tmp_path / "aside")
    place(tmp_path).mkdir()
    assert models.list() == []
    saved(models, tmp_path / "model")
    assert trouble(models.path(TAG)) is None


def test_an_archive_that_is_damaged_is_refused_and_leaves_nothing(
    tmp_path: Path, models: ModelStore, bucket: Store
) -> None:
    path = bucket.download(archive_key(TAG), tmp_path / "model.tar")
    data = bytearray(path.read_bytes())
    middle = data.index(b"NUMPY") + 5_000
    data[middle] ^= 255
    bucket.write(archive_key(TAG), bytes(data))
    with pytest.raises(BrokenArtefact, match="did not arrive as it was saved"):
        models.fetch(TAG, bucket)
    assert not models.has(TAG)


def test_word_vectors_that_were_cut_short_are_replaced(tmp_path: Path, models: ModelStore) -> None:
    store, folder = Store.folder(tmp_path / "bucket"), tmp_path / "vectors"
    vectors = WordVectors(["colis", "retard"], np.ones((2, 300), dtype=np.float32))
    vectors.save(folder)
    tag = models.save(folder, "satispy-vectors", "v1", {}, {})
    models.archive(tag, store)
    os.truncate(models.path(tag) / "table.npy", 300)
    assert WordVectors.open(models.fetch(tag, store)).digest == vectors.digest


class Copies:
    """The bucket, for a process that was forked: obstore's threads stay behind."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def download(self, key: str, path: Path) -> Path:
        return Path(shutil.copy(self._root / key, path))


def come_and_go(home: Path, bucket: Path) -> None:
    models = ModelStore(home)
    while True:
        models.fetch(TAG, Copies(bucket))  # type: ignore[arg-type]
        models.delete(TAG)


def test_killed_at_any_moment_no_tag_is_left_unusable(
    tmp_path: Path, models: ModelStore, bucket: Store
) -> None:
    moments = random.Random(1)  # noqa: S311  any moments will do
    for _ in range(8):
        child = FORK.Process(target=come_and_go, args=(tmp_path / "bentoml", tmp_path / "bucket"))
        child.start()
        time.sleep(0.02 + moments.random() / 5)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        assert not place(tmp_path).exists() or trouble(place(tmp_path)) is None
        assert trouble(models.fetch(TAG, bucket)) is None


def bring(home: Path, bucket: Path, times: int) -> None:
    for _ in range(times):
        path = ModelStore(home).fetch(TAG, Copies(bucket))  # type: ignore[arg-type]
        if error := trouble(path):
            raise error


def test_two_processes_that_bring_the_same_model_both_have_it(
    tmp_path: Path, models: ModelStore, bucket: Store
) -> None:
    for broken in (False, True):
        if broken:
            (place(tmp_path) / "c.npy").unlink()
        workers = [
            FORK.Process(target=bring, args=(tmp_path / "bentoml", tmp_path / "bucket", 3))
            for _ in range(2)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0]
        assert [each.tag for each in models.list()] == [TAG]
    assert list((tmp_path / "bentoml" / "arriving").iterdir()) == []


def test_what_killed_copies_left_beside_the_store_goes_after_an_hour(
    tmp_path: Path, models: ModelStore, bucket: Store
) -> None:
    old, new = (tmp_path / "bentoml" / "arriving" / name for name in ("old", "new"))
    old.mkdir()
    new.mkdir()
    long_ago = time.time() - ABANDONED_AFTER - 1
    os.utime(old, (long_ago, long_ago))
    models.fetch(TAG, bucket)
    assert not old.exists()
    assert new.exists()


def test_the_beginning_of_a_version_is_no_tag(models: ModelStore, bucket: Store) -> None:
    models.fetch(TAG, bucket)
    for tag in ("satispy-gbc:v00001", "satispy-gbc:latest", "satispy-gbc:"):
        assert not models.has(tag)
        with pytest.raises(NotFound):
            models.describe(tag)


def test_models_are_found_and_in_order_beyond_version_99999(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    for run in ("v100000-1f2e3d4c", "v10000-0a0b0c0d", "v99999-5a5b5c5d"):
        store.write(archive_key(f"satispy-gbc:{run}"), b"")
    assert find(store, "gbc:v10000") == "satispy-gbc:v10000-0a0b0c0d"
    in_order = [tag.partition(":")[2].partition("-")[0] for tag in archives(store)]
    assert in_order == ["v10000", "v99999", "v100000"]
