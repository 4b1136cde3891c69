"""Publishing: killed anywhere, it goes on where it was, and decides the same."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from satispy import journal
from satispy.errors import BrokenArtefact, NotFound, StorageUnreachable
from satispy.journal import Actor
from satispy.models.log_odds import KINDS, LogOdds
from satispy.models.polarity import Coefficients, Polarity, Read
from satispy.models.sentiment import Calibration, SentimentModel
from satispy.promotion.publish import publish
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.reports import store as reports
from satispy.reports.metrics import measure
from satispy.reports.schema import FirstOfFamily, Report, Unloadable
from satispy.retraining.prepare import read_texts, split
from satispy.reviews import ReviewTable, merge_upload
from satispy.runs import learned
from satispy.runs.parts import Parts
from satispy.runs.prepared import Prepared
from satispy.runs.primed import Sentences
from satispy.runs.split import on_test_side
from satispy.runs.summaries import PrepareSummary, TrainSummary
from satispy.storage import Store

FAMILIES = ("gbc", "svm", "ann")
NOW = datetime(2026, 3, 4, tzinfo=UTC)


#: Finds no terms: Tone reads words by itself.
NO_TERMS = Polarity(LogOdds([], np.zeros((0, KINDS))), Coefficients([], np.zeros(0)))


@dataclass(frozen=True)
class Tone:
    """Reads how many good and bad words there are; a decider too."""

    lean: float
    finder: ClassVar = NO_TERMS

    def read(self, documents: Sequence[list[str]], terms: Read) -> tuple[Any, np.ndarray]:
        good = np.array([sum(token in ("parfait", "rapide") for token in d) for d in documents])
        bad = np.array([sum(token in ("nul", "retard") for token in d) for d in documents])
        return good - bad, good + bad

    def margins(self, features: np.ndarray) -> np.ndarray:
        return features + self.lean


class Shelf:
    """Models by tag; None stands for one that does not load."""

    def __init__(self) -> None:
        self.models: dict[str, SentimentModel | None] = {}
        self.loaded: list[str] = []

    def put(self, family: str, run: str, lean: float) -> str:
        tag = f"satispy-{family}:{run}"
        tone = Tone(lean)
        self.models[tag] = SentimentModel(family, "", 0.6, Calibration(1, 0), tone, tone, {})
        return tag

    def fetch(self, tag: str, store: Store) -> None:
        if tag not in self.models:
            raise NotFound(tag)

    def load(self, tag: str) -> SentimentModel:
        self.loaded.append(tag)
        model = self.models[tag]
        if model is None:
            raise BrokenArtefact(tag)
        return model


class Killed(Store):
    """Its n-th write, and every later one, never happens."""

    left = 0

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StorageUnreachable("killed")

    def write(self, *given: Any, **named: Any) -> None:
        self._count()
        super().write(*given, **named)

    def create(self, *given: Any) -> None:
        self._count()
        super().create(*given)

    def replace(self, *given: Any) -> None:
        self._count()
        super().replace(*given)

    def delete(self, *given: Any) -> None:
        self._count()
        super().delete(*given)


def upload(store: Store, name: str, rows: int, negative: float) -> int:
    lines = ["inID,Commentaire,star,source,company,date"]
    for row in range(rows):
        bad = row % 100 < 100 * negative
        words = "nul retard" if bad else "parfait rapide"
        text = f"{words} {name}x{'abcdefghij'[row % 10] * (row // 10)}"
        lines.append(f"{row},{text},{1 if bad else 5},TrustPilot,ShowRoom,02/03/2021")
    store.write(f"uploads/{name}.csv", "\n".join(lines).encode())
    version = merge_upload(store, f"uploads/{name}.csv").dataset_version
    assert version is not None
    return version


@dataclass
class Run:
    """A run that has trained, and only has to publish."""

    root: Path
    shelf: Shelf
    prepared: PrepareSummary
    trained: list[TrainSummary]

    def publish(self, root: Path, most: int = 999) -> Report:
        store = Killed.folder(root)
        store.left = most
        return publish(store, self.shelf, self.prepared, self.trained, started=NOW)


def trained_run(root: Path, shelf: Shelf, version: int, leans: dict[str, float]) -> Run:
    store, run = Store.folder(root), f"v{version:05d}"
    reviews = ReviewTable(store).read(version)
    test = on_test_side("identity", reviews.ids)
    texts = read_texts(reviews.texts, Parts(store, run, len(reviews)))
    ready = split(texts, reviews.stars, test, seed=0)
    ready.save(store, run)
    alike = learned.Learned.fit(ready.training(), Sentences.none())
    store.write(learned.key(run), alike.to_bytes())
    prepared = PrepareSummary(
        run=run,
        dataset_version=version,
        rows=len(reviews),
        train_rows=int((~test).sum()),
        test_rows=int(test.sum()),
        unseen_rows=int(ready.unseen.sum()),
        positive_share=0.6,
        vectors="",
        embedding="",
        seed=0,
        split="identity",
        seconds=1,
        peak_memory_mb=1,
    )
    trained = [summary(shelf, family, run, leans[family], ready) for family in FAMILIES]
    return Run(root, shelf, prepared, trained)


def summary(shelf: Shelf, family: str, run: str, lean: float, ready: Prepared) -> TrainSummary:
    tag = shelf.put(family, run, lean)
    documents, labels, _ = ready.testing()
    model = shelf.models[tag]
    assert model is not None
    scores = measure(labels, model.probabilities(documents)[0])
    return TrainSummary(
        family=family,
        tag=tag,
        archive="",
        digest="",
        origin=scores,
        unseen=scores,
        seconds=1,
        peak_memory_mb=1,
    )


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All families are new; the ann says positive to everything."""
    root = tmp_path_factory.mktemp("first")
    version = upload(Store.folder(root), "calm", 400, 0.3)
    return trained_run(root, Shelf(), version, {"gbc": 0.0, "svm": 0.5, "ann": 9.0})


@pytest.fixture(scope="module")
def second(first: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Published over the first, whose gbc no longer loads, on an angry upload."""
    root = tmp_path_factory.mktemp("second") / "bucket"
    shutil.copytree(first.root, root)
    first.publish(root)
    shelf = Shelf()
    shelf.models = {**first.shelf.models, "satispy-gbc:v00001": None}
    version = upload(Store.folder(root), "angry", 200, 0.7)
    return trained_run(root, shelf, version, {"gbc": 0.0, "svm": 0.0, "ann": 9.0})


@pytest.fixture(params=["first", "second"])
def ready(request: pytest.FixtureRequest) -> Run:
    run: Run = request.getfixturevalue(request.param)
    return run


def elsewhere(run: Run, root: Path) -> Path:
    shutil.copytree(run.root, root)
    return root


def outcome(root: Path, run: str) -> dict[str, object]:
    store = Store.folder(root)
    now = pointer.read(store)
    report = reports.read(store, run)
    return {
        "serving": now.tags(),
        "default": now.default_model,
        "changes": [(line.family, line.tag, line.reason) for line in now.history],
        "decisions": {family: model.decision for family, model in report.models.items()},
        "ensemble": report.ensemble,
        "drift": report.drift,
        "reports": len(store.list("reports")),
    }


def test_killed_before_any_write_and_started_again_it_ends_as_if_nothing_had_been(
    ready: Run, tmp_path: Path
) -> None:
    run = ready.prepared.run
    ready.publish(elsewhere(ready, tmp_path / "whole"))
    wanted = outcome(tmp_path / "whole", run)
    before = pointer.read(Store.folder(ready.root)).tags()

    for writes in range(100):
        root = elsewhere(ready, tmp_path / f"killed-{writes}")
        try:
            ready.publish(root, writes)
        except StorageUnreachable:
            assert pointer.read(Store.folder(root)).tags() in (before, wanted["serving"])
            ready.publish(root)
            assert outcome(root, run) == wanted
        else:
            break
    assert writes >= 6


def test_published_twice_it_decides_once(ready: Run, tmp_path: Path) -> None:
    root = elsewhere(ready, tmp_path / "bucket")
    once = ready.publish(root)
    assert ready.publish(root) == once


def test_each_model_is_loaded_once(second: Run, tmp_path: Path) -> None:
    second.shelf.loaded.clear()
    second.publish(elsewhere(second, tmp_path / "bucket"))
    loaded = [tag for tag in second.shelf.loaded if second.shelf.models[tag]]
    assert sorted(loaded) == sorted(set(loaded))
    assert len(loaded) == 3 + 2


def test_who_cannot_be_loaded_makes_way_and_the_others_are_judged(
    second: Run, tmp_path: Path
) -> None:
    root = elsewhere(second, tmp_path / "bucket")
    report = second.publish(root)
    gbc, svm = (report.models[family].decision for family in ("gbc", "svm"))
    assert gbc is not None
    assert svm is not None
    assert (gbc.why, gbc.against) == (Unloadable(), "satispy-gbc:v00001")
    assert svm.against == "satispy-svm:v00001"
    assert svm.rows == report.test_rows
    # The journal has the code of each reason: whoever reads it says it in their language.
    promoted = [each for each in journal.last(Store.folder(root), 20) if each.on == "gbc"]
    change = promoted[0].after["change"]
    assert isinstance(change, dict)
    assert change["code"] == "unloadable"


def test_the_ensemble_of_the_report_is_the_one_that_serves(second: Run, tmp_path: Path) -> None:
    root = elsewhere(second, tmp_path / "bucket")
    report = second.publish(root)
    assert report.ensemble is not None
    serving = pointer.read(Store.folder(root)).tags()
    assert sorted(report.ensemble.tag.split("+")) == sorted(serving.values())


def test_reports_that_cannot_be_read_stop_nothing(second: Run, tmp_path: Path) -> None:
    root = elsewhere(second, tmp_path / "bucket")
    store = Store.folder(root)
    for name in ("v00001", "v00000", "rubbish"):
        store.write(f"reports/{name}.json", b'{"run": 1}')
    report = second.publish(root)
    assert report.metric_changes == []
    assert reports.read(store, second.prepared.run) == report


def test_what_a_person_promotes_meanwhile_is_judged_against(second: Run, tmp_path: Path) -> None:
    root = elsewhere(second, tmp_path / "bucket")
    store = Store.folder(root)
    with pytest.raises(StorageUnreachable):  # the verdict is kept, the pointer not yet written
        second.publish(root, 2)
    second.shelf.put("svm", "other", 0.0)
    other = Production(
        tag="satispy-svm:other",
        archive="",
        digest="",
        run="other",
        dataset_version=1,
        split="identity",
        since=NOW,
        accuracy=0.9,
    )
    pointer.promote(store, "svm", other, "by hand", Actor(who="anne", via="cli"))
    report = second.publish(root)
    decision = report.models["svm"].decision
    assert decision is not None
    assert decision.against == "satispy-svm:other"


def test_all_are_new_in_the_first_run_however_often_it_is_tried(first: Run, tmp_path: Path) -> None:
    root = elsewhere(first, tmp_path / "bucket")
    for _ in range(2):
        report = first.publish(root)
    for model in report.models.values():
        assert model.decision is not None
        assert (model.decision.why, model.decision.against) == (FirstOfFamily(), None)
    assert pointer.read(Store.folder(root)).default_model in ("gbc", "svm")
