"""A third of the corpus of `make bench NAME=ingest_corpus`, without its largest files."""

import pytest

from benchmarks._corpus import Odd, corpus
from benchmarks.ingest_corpus import outcome

LARGE = ("50 MB", "20,000 rows", "5 MB", "150,000", "1,000,000", "100,000", "bomb", "5,000 rows")
ALL = list(corpus())
ODD = [odd for odd in ALL if not any(word in odd.name for word in LARGE)][::3]


def test_the_corpus_is_large_and_varied():
    assert sum(odd.exact for odd in ALL) >= 600
    assert len({odd.name for odd in ALL}) == len(ALL)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name.encode("ascii", "replace").decode())
def test_every_row_of_an_odd_file_has_its_fate(odd: Odd, tmp_path):
    assert outcome(odd, tmp_path)["fault"] is None
