"""The texts of a run, written and read in parts."""

from pathlib import Path

import numpy as np
import pytest

from satispy.errors import BrokenArtefact, NotFound
from satispy.language.corpus import Corpus, bounds_of
from satispy.runs.parts import Part, Parts
from satispy.storage import Store

TEXTS = [["très", "bien"], [], ["nul"], ["bien", "livré"], ["!"]]


def part(texts: list[list[str]], first: int) -> Part:
    plain = [" ".join(text).encode() for text in texts]
    return Part(
        Corpus.of(texts),
        np.arange(first, first + len(texts), dtype=np.uint64),
        np.frombuffer(b"".join(plain), np.uint8),
        bounds_of([len(each) for each in plain]),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


@pytest.fixture
def parts(store: Store) -> Parts:
    made = Parts(store, "v1", rows=5, rows_a_part=2)
    for number in range(len(made)):
        rows = made.rows_of(number)
        made.write(number, part(TEXTS[rows], rows.start))
    made.finish()
    return Parts.of_run(store, "v1")


def test_what_was_written_in_parts_reads_as_one(parts: Parts) -> None:
    assert len(parts) == 3
    assert list(parts.corpus()) == TEXTS
    assert parts.digests().tolist() == [0, 1, 2, 3, 4]


def test_a_part_is_read_by_itself(parts: Parts) -> None:
    read = parts.read(1)
    assert list(read.corpus) == TEXTS[2:4]
    begin, end = read.plain_bounds[1:3]
    assert read.plain[begin:end].tobytes() == "bien livré".encode()


def test_a_part_that_is_made_again_is_the_same_to_the_byte() -> None:
    assert part(TEXTS[2:4], 2).to_bytes() == part(TEXTS[2:4], 2).to_bytes()


def test_until_all_are_written_there_are_none(store: Store) -> None:
    begun = Parts(store, "v2", rows=5, rows_a_part=2)
    begun.write(0, part(TEXTS[:2], 0))
    with pytest.raises(NotFound):
        Parts.of_run(store, "v2")


def test_what_is_no_part_says_which_object_it_is(store: Store, parts: Parts) -> None:
    store.write("runs/v1/parts/00001.npz", b"no archive")
    with pytest.raises(BrokenArtefact, match=r"runs/v1/parts/00001\.npz"):
        parts.corpus()
    store.write("runs/v1/parts.json", b"[]")
    with pytest.raises(BrokenArtefact, match=r"runs/v1/parts\.json"):
        Parts.of_run(store, "v1")
