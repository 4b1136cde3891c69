"""Which family answers when none is asked for."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from satispy.promotion.champion import choose_champion
from satispy.promotion.facts import Evidence
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.runs.split import learned_from
from satispy.storage import Store

ROWS = 100


class Judge:
    """Says of each document, which is its own row number, what it is told to say."""

    def __init__(self, wrong: set[int]) -> None:
        self._wrong = wrong

    def probabilities(self, documents: list[list[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Every review is positive."""
        rows = [int(document[0]) for document in documents]
        return np.array([0.1 if row in self._wrong else 0.9 for row in rows]), np.ones(len(rows))


class Judges:
    """A store of models that are made of nothing but their errors."""

    def __init__(self, **wrong: set[int]) -> None:
        self._wrong = wrong

    def fetch(self, tag: str, store: Store) -> None: ...

    def load(self, tag: str) -> Judge:
        return Judge(self._wrong[tag.partition(":")[0]])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def serve(store: Store, family: str, accuracy: float, rows: int = 0) -> None:
    production = Production(
        tag=f"{family}:v1",
        archive="",
        digest="",
        run="v1",
        dataset_version=1,
        rows=rows,
        since=datetime(2026, 1, 2, tzinfo=UTC),
        accuracy=accuracy,
    )
    pointer.promote(store, family, production, "a test")


def evidence() -> Evidence:
    nothing: Any = None
    reviews: Any = SimpleNamespace(ids=[""] * ROWS)
    documents = [[str(row)] for row in range(ROWS)]
    ones = np.ones(ROWS, dtype=int)
    return Evidence(reviews, nothing, np.arange(ROWS), documents, ones, ones.astype(bool))


def champion(store: Store, **wrong: set[int]) -> str | None:
    choose_champion(store, Judges(**wrong), evidence())  # type: ignore[arg-type]
    return pointer.read(store).champion


def test_who_was_tested_on_easier_rows_does_not_answer_for_all(store: Store) -> None:
    serve(store, "svm", 0.99)
    serve(store, "gbc", 0.90)
    assert champion(store, svm=set(range(20)), gbc=set(range(10))) == "gbc"


def test_rows_that_one_of_them_learned_from_do_not_count(store: Store) -> None:
    learned = set(np.flatnonzero(learned_from("published", [""] * ROWS, ROWS)).tolist())
    serve(store, "svm", 0.9, rows=ROWS)
    serve(store, "gbc", 0.9)
    fair = (set(range(ROWS)) - learned).pop()
    assert champion(store, svm={fair}, gbc=learned) == "gbc"


def test_of_equals_the_one_that_answers_now_goes_on(store: Store) -> None:
    serve(store, "svm", 0.9)
    serve(store, "ann", 0.9)
    pointer.name_champion(store, "ann")
    assert champion(store, svm=set(), ann=set()) == "ann"
