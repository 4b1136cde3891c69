"""What a step tells the next one: figures and names of files, nothing that grows with the dataset.

It travels as the state of the state machine, which ends a run beyond 256 KB.
"""

from pydantic import BaseModel, ConfigDict

from satispy.reports.schema import Metrics, PrimerUsed
from satispy.runs.split import Split


class PrepareSummary(BaseModel):
    """What the next steps are told; the rows themselves are in `runs/<run>/`."""

    model_config = ConfigDict(frozen=True)

    run: str
    dataset_version: int
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
    max_rows: int = 0  # of the dataset that are learned from and judged on; 0: all
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
