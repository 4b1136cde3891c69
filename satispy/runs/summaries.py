"""What a step tells the next one, and the scores it leaves there."""

import io

import numpy as np
from pydantic import BaseModel, ConfigDict

from satispy.reports.schema import Metrics
from satispy.runs.primed import PrimerUsed
from satispy.runs.split import Split
from satispy.storage import Store


class PrepareSummary(BaseModel):
    """What the next steps are told; the rows themselves are in `runs/<run>/`."""

    model_config = ConfigDict(frozen=True)

    run: str
    dataset_version: int
    uploads: list[str]
    rows: int
    train_rows: int
    test_rows: int
    unseen_rows: int
    positive_share: float
    vectors: str
    embedding: str
    primer: PrimerUsed | None = None
    seed: int
    split: Split
    seconds: float
    peak_memory_mb: float


class TrainSummary(BaseModel):
    model_config = ConfigDict(frozen=True)

    family: str
    tag: str
    archive: str
    digest: str
    origin: Metrics
    unseen: Metrics
    seconds: float
    peak_memory_mb: float


def scores_key(run: str, family: str) -> str:
    """P(positive) of each test row, in merge order."""
    return f"runs/{run}/{family}.npy"


def read_scores(store: Store, run: str, family: str) -> np.ndarray:
    return np.asarray(np.load(io.BytesIO(store.read(scores_key(run, family))), allow_pickle=False))


def write_scores(store: Store, run: str, family: str, probabilities: np.ndarray) -> None:
    file = io.BytesIO()
    np.save(file, probabilities, allow_pickle=False)
    store.write(scores_key(run, family), file.getvalue())
