import csv
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from satispy.demo.generate import COLUMNS, write_walk


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_walk(tmp_path_factory.mktemp("walk"))


def test_the_walk_is_three_uploads_of_the_size_of_the_origin(walk: list[Path]) -> None:
    assert [len(rows(path)) for path in walk] == [7900, 7803, 1500]
    assert tuple(rows(walk[0])[0]) == COLUMNS


def test_the_same_seed_writes_the_same_bytes(walk: list[Path], tmp_path: Path) -> None:
    again = write_walk(tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in walk]
    assert write_walk(tmp_path, seed=21)[0].read_bytes() != walk[0].read_bytes()


def test_every_comment_has_words_and_every_star_is_1_to_5(walk: list[Path]) -> None:
    for path in walk:
        for row in rows(path):
            assert row["Commentaire"].strip()
            assert "{" not in row["Commentaire"]
            assert row["star"] in "12345"


def test_the_second_update_brings_a_company_and_the_third_more_anger(walk: list[Path]) -> None:
    companies = [{row["company"] for row in rows(path)} for path in walk]
    assert companies[1] - companies[0]
    negative = [np.mean([int(row["star"]) < 3 for row in rows(path)]) for path in walk]
    assert negative[2] > 1.4 * negative[0]


@pytest.mark.parametrize(("noise", "low", "high"), [(1.0, 0.85, 0.95), (3.0, 0.80, 0.90)])
def test_a_plain_model_learns_them_well_but_not_perfectly(
    tmp_path: Path, noise: float, low: float, high: float
) -> None:
    data = rows(write_walk(tmp_path, noise=noise)[0])
    texts = CountVectorizer(ngram_range=(1, 2), min_df=3).fit_transform(
        [row["Commentaire"] for row in data]
    )
    positive = np.array([int(row["star"]) >= 3 for row in data])
    accuracy = cross_val_score(LogisticRegression(C=0.3, max_iter=300), texts, positive, cv=3)
    assert low < accuracy.mean() < high
