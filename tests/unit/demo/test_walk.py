import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from satispy.demo.walk import Update, walk
from satispy.errors import SatispyError
from satispy.reports.schema import Metrics, ModelReport, Report
from satispy.storage import Store

METRICS = Metrics(
    rows=10, accuracy=0.9, f1_0=0.85, f1_1=0.93, macro_f1=0.89, roc_auc=0.95,
    confusion=[[3, 1], [0, 6]], brier=0.1, calibration_error=0.02,
)  # fmt: skip


def report(run: str) -> Report:
    model = ModelReport(
        family="gbc", tag="satispy-gbc:1", origin=METRICS, unseen=METRICS,
        requirement_met=True, promoted=True, seconds=5.0, peak_memory_mb=300,
    )  # fmt: skip
    return Report(
        run=run, created=datetime.now(UTC), code_version="0", dataset_version=1, uploads=["a.csv"],
        rows=50, train_rows=40, test_rows=10, unseen_rows=9, positive_share=0.7, seed=20, seconds=9,
        stages={}, embedding="abc", models={"gbc": model}, alerts=[],
    )  # fmt: skip


class System:
    """Plays the cloud: each time the walk shows where it is, the next thing happens."""

    def __init__(self, store: Store, receipt: dict[str, object]) -> None:
        self.store, self.receipt, self.seen = store, receipt, []

    def __call__(self, update: Update) -> None:
        self.seen.append((update.state, {s: p.state for s, p in update.stages.items()}))
        run = self.receipt.get("run")
        if update.state == "merging" and self.store.exists(f"uploads/{update.upload}"):
            self.write(f"receipts/{Path(update.upload).stem}.json", self.receipt)
        elif update.state == "training" and not update.stages:
            self.write(f"runs/{run}/progress/prepare.json", {"state": "running", "seconds": 1})
        elif update.state == "training":
            self.store.write(f"reports/{run}.json", report(str(run)).model_dump_json().encode())

    def write(self, key: str, content: object) -> None:
        self.store.write(key, json.dumps(content).encode())


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("Commentaire,star\nparfait,5\n")
    return path


def test_each_upload_is_followed_to_its_report(tmp_path: Path, upload: Path) -> None:
    store = Store.folder(tmp_path / "bucket")
    system = System(store, {"added": 50, "run": "v00001"})
    (done,) = walk(store, [upload], system)
    assert store.read("uploads/a.csv") == upload.read_bytes()
    assert ("training", {"prepare": "running"}) in system.seen
    assert done.state == "done"
    assert done.figures() == {
        "upload": "a.csv",
        "rows": 50,
        "dataset_version": 1,
        "seconds": pytest.approx(done.seconds, abs=0.1),
        "models": {
            "gbc": {
                "origin": {"accuracy": 0.9, "f1_0": 0.85, "f1_1": 0.93},
                "unseen": {"accuracy": 0.9, "f1_0": 0.85, "f1_1": 0.93},
                "seconds": 5.0,
            }
        },
    }


def test_the_last_step_is_seen_to_end_after_its_report(tmp_path: Path, upload: Path) -> None:
    """It says that it is done a moment after its report is there."""
    store = Store.folder(tmp_path / "bucket")
    key = "runs/v00001/progress/publish.json"

    class Slow(System):
        def __call__(self, update: Update) -> None:
            if update.state == "training" and update.stages:
                self.write(key, {"state": "running", "seconds": 1})
                args = (key, {"state": "done", "seconds": 2})
                threading.Timer(0.3, self.write, args).start()
            super().__call__(update)

    (done,) = walk(store, [upload], Slow(store, {"added": 50, "run": "v00001"}))
    assert done.stages["publish"].state == "done"


@pytest.mark.parametrize(
    ("receipt", "words"),
    [
        ({"refused": "no column holds the stars"}, "was refused: no column holds the stars"),
        ({"added": 0, "duplicate": 50, "rejected": 0, "run": None}, "50 known already"),
    ],
)
def test_an_upload_that_leads_to_no_retrain_says_why(
    tmp_path: Path, upload: Path, receipt: dict[str, object], words: str
) -> None:
    store = Store.folder(tmp_path / "bucket")
    with pytest.raises(SatispyError, match=words):
        walk(store, [upload], System(store, receipt))


@pytest.mark.parametrize("retried", [20.0, 0.0])
def test_a_failed_step_ends_the_walk_unless_it_is_tried_again(
    tmp_path: Path, upload: Path, retried: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satispy.demo.walk.RETRIED", retried)
    store = Store.folder(tmp_path / "bucket")
    cloud = System(store, {"added": 50, "run": "v00001"})

    def failing_first(update: Update) -> None:
        if update.state == "training" and not update.stages:
            cloud.write("runs/v00001/progress/prepare.json", {"state": "failed"})
        else:
            cloud(update)

    if retried:
        assert walk(store, [upload], failing_first)[0].report
    else:
        with pytest.raises(SatispyError, match="prepare step of run v00001 failed"):
            walk(store, [upload], failing_first)


def test_a_walk_out_of_patience_says_where_to_look(tmp_path: Path, upload: Path) -> None:
    store = Store.folder(tmp_path / "bucket")
    with pytest.raises(SatispyError, match=r"still merging.*satispy logs functions"):
        walk(store, [upload], lambda update: None, patience=0.3)
