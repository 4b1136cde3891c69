"""Texts that an earlier retrain has read are not read again, and nobody can tell the difference."""

from pathlib import Path

import numpy as np
import pytest

from satispy.language import TextPipeline
from satispy.registry import pointer
from satispy.retraining.prepare import read_texts
from satispy.runs.parts import Parts
from satispy.runs.prepared import latest
from satispy.runs.reading import Reader
from satispy.storage import Store

OLD = ["Livraison rapide !", "R.A.S.", "Colis jamais reçu…", "Parfait", "parfait,", "", "12 €"] * 20
NEW = ["Très déçue, 3ème retard", "Parfait"] * 10
ROWS = 30


def kept(store: Store, run: str, comments: list[str], before: Parts | None = None) -> Parts:
    parts = Parts(store, run, len(comments), ROWS)
    read_texts(comments, parts, before)
    return Parts.of_run(store, run)


def every_byte(parts: Parts) -> list[bytes]:
    return [parts.read(number).to_bytes() for number in range(len(parts))]


def texts_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are tokenised from now on."""
    found: list[str] = []
    tokens = TextPipeline.tokens
    monkeypatch.setattr(
        TextPipeline, "tokens", lambda self, text: found.append(text) or tokens(self, text)
    )
    return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


def test_only_new_texts_are_read_and_all_are_as_if_read_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(store, "v1", OLD)
    anew = kept(store, "v2", OLD + NEW)
    was_read = texts_read(monkeypatch)
    again = kept(store, "v3", OLD + NEW, before)
    assert set(was_read) == {"Très déçue, 3ème retard"}
    assert every_byte(again) == every_byte(anew)


def test_texts_are_found_wherever_the_earlier_run_has_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"avis numéro {'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10]}" for n in range(100)]
    before = Parts(store, "v1", 100, 7)
    read_texts(texts, before)
    was_read = texts_read(monkeypatch)
    newest = kept(store, "v2", texts[3::2], before)
    turned = kept(store, "v3", texts[::-1], before)
    assert not was_read
    read_anew = TextPipeline()
    assert list(newest.corpus()) == [*map(read_anew.tokens, texts[3::2])]
    assert list(turned.corpus()) == [*map(read_anew.tokens, texts[::-1])]


def test_a_part_of_the_earlier_run_is_opened_once_where_the_table_has_only_grown(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"avis {'abcdefghij'[n % 10] * (n // 10 + 1)}" for n in range(90)] + ["bien"] * 10
    before = kept(store, "v1", texts)
    opened: list[int] = []
    read = Parts.read
    monkeypatch.setattr(
        Parts, "read", lambda self, number: opened.append(number) or read(self, number)
    )
    kept(store, "v2", [*texts, "nouveau"], before)
    assert opened == [0, 1, 2, 3]


def test_another_version_of_the_pipeline_reads_all_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(store, "v1", OLD)
    monkeypatch.setattr(TextPipeline, "version", "next")
    was_read = texts_read(monkeypatch)
    Reader(before).read(OLD)
    assert sorted(was_read) == sorted(set(OLD))


def test_a_broken_part_of_the_earlier_run_costs_time_only(store: Store) -> None:
    before = kept(store, "v1", OLD)
    store.write("runs/v1/parts/00001.npz", b"no archive")
    again = kept(store, "v2", OLD, before)
    assert list(again.corpus()) == [*map(TextPipeline().tokens, OLD)]


def test_twins_share_a_number_and_numbers_sort_as_their_plainest_writings() -> None:
    twins = read_texts(OLD + NEW).twins
    plain = [*map(TextPipeline().normalise, OLD + NEW)]
    assert twins.tolist() == [sorted(set(plain)).index(each) for each in plain]
    assert np.unique(twins).tolist() == list(range(len(set(plain))))


def test_the_newest_other_run_is_taken_that_still_has_its_texts(store: Store) -> None:
    assert latest(store, but="v00001") is None
    kept(store, "v99999", OLD)
    kept(store, "v100000", OLD + NEW)
    for run in ("v99999", "v100000", "v100001"):  # the files of the last have expired
        nothing = pointer.Settlement(run=run, based_on={}, promotions={}, default_model=None)
        pointer.settle(store, nothing)
    found = latest(store, but="v100002")
    assert found is not None
    assert found.rows == len(OLD + NEW)
    older = latest(store, but="v100000")
    assert older is not None
    assert older.rows == len(OLD)
