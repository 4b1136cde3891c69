"""Texts that an earlier retrain has read are not read again, and nobody can tell the difference."""

from pathlib import Path

import numpy as np
import pytest

from satispy.language import TextPipeline
from satispy.registry import pointer
from satispy.retraining.prepare import split as split_by
from satispy.runs.prepared import Prepared, key, latest, read
from satispy.storage import Store

OLD = ["Livraison rapide !", "R.A.S.", "Colis jamais reçu…", "Parfait", "parfait,", "", "12 €"] * 20
NEW = ["Très déçue, 3ème retard", "Parfait"] * 10


def split(
    comments: list[str], stars: list[int], seed: int, before: Prepared | None = None
) -> Prepared:
    return split_by(comments, stars, np.arange(len(comments)) % 5 == 0, seed, before)


def kept(store: Store, run: str, comments: list[str]) -> Prepared:
    ready = split(comments, [1, 5] * (len(comments) // 2), seed=0)
    store.write(key(run), ready.to_bytes())
    return Prepared.from_bytes(store.read(key(run)))


def texts_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are tokenised from now on."""
    found: list[str] = []
    tokens = TextPipeline.tokens
    monkeypatch.setattr(
        TextPipeline, "tokens", lambda self, text: found.append(text) or tokens(self, text)
    )
    return found


def test_only_new_texts_are_read_and_all_are_as_if_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(Store.folder(tmp_path), "v00001", OLD)
    stars = [1, 5] * ((len(OLD) + len(NEW)) // 2)
    anew = split(OLD + NEW, stars, seed=0)
    was_read = texts_read(monkeypatch)
    again = split(OLD + NEW, stars, seed=0, before=before)
    assert was_read == ["Très déçue, 3ème retard"]
    assert again.to_bytes() == anew.to_bytes()


def test_another_version_of_the_pipeline_reads_all_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(Store.folder(tmp_path), "v00001", OLD)
    monkeypatch.setattr(TextPipeline, "version", "next")
    was_read = texts_read(monkeypatch)
    read(OLD, before)
    assert sorted(was_read) == sorted(set(OLD))


def test_the_newest_other_run_is_taken_that_still_has_its_rows(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    assert latest(store, but="v00001") is None
    kept(store, "v99999", OLD)
    kept(store, "v100000", OLD + NEW)
    for run in ("v99999", "v100000", "v100001"):  # the files of the last have expired
        nothing = pointer.Settlement(run=run, based_on={}, promotions={}, default_model=None)
        pointer.settle(store, nothing)
    found = latest(store, but="v100002")
    assert found is not None
    assert len(found.tokens) == len(OLD + NEW)
    older = latest(store, but="v100000")
    assert older is not None
    assert len(older.tokens) == len(OLD)
