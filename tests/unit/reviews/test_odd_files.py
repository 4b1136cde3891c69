"""A third of the corpus of `make bench NAME=ingest_corpus`, without its largest files."""

import random

import pytest

from benchmarks._corpus import Odd, corpus
from benchmarks.ingest_corpus import outcome
from satispy.reviews import receipts

LARGE = ("50 MB", "20,000 rows", "5 MB", "150,000", "1,000,000", "100,000", "bomb", "5,000 rows")
ALL = list(corpus())
ODD = [odd for odd in ALL if not any(word in odd.name for word in LARGE)][::3]


def test_the_corpus_is_large_and_varied():
    assert sum(odd.exact for odd in ALL) >= 600
    assert len({odd.name for odd in ALL}) == len(ALL)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name.encode("ascii", "replace").decode())
def test_every_row_of_an_odd_file_has_its_fate(odd: Odd, tmp_path):
    assert outcome(odd, tmp_path)["fault"] is None


@pytest.mark.parametrize("seed", range(1, 60, 6))
def test_bytes_of_chance_are_refused_in_words(send, store, seed: int):
    """Such a first line is no text, and was looked up as a header all the same."""
    chance = random.Random(seed).randbytes(60_000)  # noqa: S311
    sent = send("x.csv.gz", bytes(each for each in chance if each >= 32 or each in b"\r\n"))
    assert sent.refused
    assert receipts.read(store, sent.upload).refused == sent.refused
