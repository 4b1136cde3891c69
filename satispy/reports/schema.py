"""The report of one run: `reports/<run>.json`.

Readers accept every `schema_version` up to their own: fields are added with a default, never
renamed.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1
#: Each of accuracy, f1_0 and f1_1 has to be above this.
REQUIREMENT = 0.80
#: Of fewer rows no drift is told: three reviews that somebody types or mends name no source, and
#: are no other kind of reviews.
DRIFT_LEAST_ROWS = 20

Metric = Literal["accuracy", "f1_0", "f1_1"]
METRICS: tuple[Metric, ...] = ("accuracy", "f1_0", "f1_1")


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())


class Metrics(Record):
    """Scores on one set of test rows. Class 0 is negative (1-2 stars), class 1 positive (3-5)."""

    rows: int
    accuracy: float
    f1_0: float
    f1_1: float
    macro_f1: float
    roc_auc: float | None = Field(description="None where the rows are all of one class")
    confusion: list[list[int]] = Field(description="[[true 0 as 0, as 1], [true 1 as 0, as 1]]")
    brier: float
    calibration_error: float = Field(description="Expected calibration error, 10 equal bins")

    def missed(self) -> dict[Metric, float]:
        """Every metric that is not above the requirement."""
        return {
            metric: value
            for metric in METRICS
            if not (value := getattr(self, metric)) > REQUIREMENT
        }

    def meets_requirement(self) -> bool:
        return not self.missed()


class PrimerUsed(Record):
    """Which sentences of `satispy.primer` a run learned from beside the reviews."""

    version: str
    digest: str


class Interval(Record):
    """Bootstrap 95 % interval."""

    low: float
    high: float


class Slice(Record):
    """Scores on a part of the test rows."""

    by: str = Field(description="source, company, stars, length")
    value: str
    rows: int
    accuracy: float
    f1_0: float
    f1_1: float
    rows_0: int = Field(default=0, description="How many of the rows are negative")
    rows_1: int = Field(default=0, description="How many of the rows are positive")
    recall_0: float | None = Field(
        default=None,
        description="Share of the negative rows that are found; None where there are none, and in"
        " reports made before there was any",
    )
    recall_1: float | None = Field(default=None, description="The same of the positive rows")


class Reliability(Record):
    """One bin of P(positive): what was said on average, and the share that was positive."""

    rows: int
    said: float
    so: float


class ConfidentError(Record):
    """A wrong answer, with the (masked) comment."""

    comment: str
    star: int
    probability: float = Field(description="P(positive) that the model gave")


class FirstOfFamily(Record):
    """Promoted: nothing served yet."""

    code: Literal["first-of-family"] = "first-of-family"


class Unloadable(Record):
    """Promoted: this version of satispy cannot load the incumbent, so it cannot serve either."""

    code: Literal["unloadable"] = "unloadable"


class NotWorse(Record):
    """Promoted: meets the requirement, and loses nowhere beyond noise."""

    code: Literal["not-worse"] = "not-worse"


class BelowRequirement(Record):
    code: Literal["below-requirement"] = "below-requirement"
    missed: dict[Metric, float]


class KnownAnswers(Record):
    """Questions of one kind whose answers are known."""

    kind: str = Field(description="As `satispy.promotion.behaviour` names it")
    right: float = Field(description="Share of right answers")
    required: float


class Misbehaved(Record):
    code: Literal["misbehaved"] = "misbehaved"
    failed: list[KnownAnswers]


class TooFewRows(Record):
    """Too few test rows to tell noise from loss, and measured worse on those."""

    code: Literal["too-few-rows"] = "too-few-rows"
    least: int = Field(description="Test rows that it takes")
    lost: int = Field(description="Rows that only the incumbent has right")
    won: int = Field(description="Rows that only the candidate has right")


class Worse(Record):
    code: Literal["worse"] = "worse"
    gain: dict[Metric, Interval] = Field(description="Of each metric that is lower beyond noise")


class LessSure(Record):
    """Worse probabilities, whatever the side of one half they are on."""

    code: Literal["less-sure"] = "less-sure"
    loss: Interval = Field(description="Of the Brier score; above zero is worse")


class WorsePart(Record):
    by: str = Field(description="source, company")
    value: str
    rows: int
    gain: Interval = Field(description="Of the accuracy")


class WorseOnParts(Record):
    code: Literal["worse-on-parts"] = "worse-on-parts"
    parts: list[WorsePart]


class LossesAddUp(Record):
    """No worse than the incumbent, but than the best version before it."""

    code: Literal["losses-add-up"] = "losses-add-up"
    best: str = Field(description="Tag of that version")
    gain: dict[Metric, Interval] = Field(description="Of each metric that is lower beyond noise")
    loss: Interval | None = Field(description="Of the Brier score, if it is worse beyond noise")


Why = Annotated[
    FirstOfFamily
    | Unloadable
    | NotWorse
    | BelowRequirement
    | Misbehaved
    | TooFewRows
    | Worse
    | LessSure
    | WorseOnParts
    | LossesAddUp,
    Field(discriminator="code"),
]


class Decision(Record):
    """Why a candidate was promoted for its family, or was not."""

    promoted: bool
    reason: str = Field(description="In English words; `why` holds the facts")
    why: Why | None = Field(
        default=None, description="None for the ensemble, and in reports made before there were any"
    )
    against: str | None = Field(default=None, description="Tag of the incumbent")
    rows: int = Field(default=0, description="Test rows that neither model was trained on")
    gain: dict[str, Interval] = Field(default_factory=dict, description="By metric, candidate's")
    worse_slices: list[str] = Field(default_factory=list)
    behaviour: dict[str, float] = Field(
        default_factory=dict, description="Share of the behavioural suite passed, by kind"
    )


class Shift(Record):
    """A distribution in the reviews before, and in the newest upload."""

    what: str
    psi: float = Field(description="Population stability index")
    js: float = Field(description="Jensen-Shannon divergence, base 2")
    moved: float = Field(
        default=0.0, description="Share of the rows that would have to be of another value"
    )
    p_value: float | None = Field(
        default=None,
        description="Chance of a shift as large if nothing had changed; none in older reports",
    )
    drifted: bool
    before: dict[str, float]
    after: dict[str, float]


class Drift(Record):
    """The newest upload beside what the production models were trained on."""

    upload: str
    rows: int
    shifts: list[Shift]
    unknown_words_before: float
    unknown_words_after: float
    production_accuracy: dict[str, float] = Field(
        description="By family: on the new rows, before any retrain on them"
    )
    alarming: list[str] = Field(description="What went beyond its threshold")


class ModelReport(Record):
    """One family in one run."""

    family: str
    tag: str = Field(description="BentoML tag, name:version")
    origin: Metrics = Field(description="All test rows")
    unseen: Metrics = Field(description="The test rows whose normalised text is not in training")
    requirement_met: bool = Field(description="Each of accuracy, f1_0, f1_1 > 0.80 under `origin`")
    promoted: bool
    seconds: float
    peak_memory_mb: float
    intervals: dict[str, Interval] = Field(default_factory=dict, description="Under `origin`")
    slices: list[Slice] = Field(default_factory=list)
    reliability: list[Reliability] = Field(default_factory=list)
    errors: list[ConfidentError] = Field(default_factory=list, description="The surest 20")
    decision: Decision | None = None


class Requirement(Record):
    metric: Metric
    family: str
    value: float


class MetricChange(Record):
    """A metric whose intervals before and now do not even touch."""

    family: str
    metric: Metric
    before: float
    after: float


class Report(Record):
    schema_version: int = SCHEMA_VERSION
    run: str
    created: datetime
    code_version: str
    dataset_version: int
    uploads: list[str] = Field(description="Names of the newest merged uploads, in merge order")
    upload_count: int = Field(
        default=0, description="How many there are; 0 in older reports, which name all of them"
    )
    rows: int
    train_rows: int
    test_rows: int
    unseen_rows: int
    positive_share: float
    seed: int
    split: Literal["identity", "published"] = Field(
        default="published",
        description="identity: a review is a test row, or not, for ever, by a hash of its identity;"
        " published: drawn anew in each run by train_test_split with random_state=20",
    )
    seconds: float = Field(description="From the start of prepare to the end of publish")
    stages: dict[str, float] = Field(description="Seconds of each stage: prepare, gbc, svm, ann, …")
    dollars: float | None = Field(
        default=None, description="What the run costs in AWS; none in older reports"
    )
    embedding: str = Field(description="Digest of the word vectors that SVM and ANN used")
    primer: PrimerUsed | None = Field(
        default=None, description="None where it was left out, and in older reports"
    )
    baselines: dict[str, Metrics] = Field(default_factory=dict)
    models: dict[str, ModelReport] = Field(description="By family: gbc, svm, ann")
    alerts: list[Requirement] = Field(description="Every requirement missed under `origin`")
    ensemble: ModelReport | None = Field(
        default=None, description="Mean probability of this run's three models"
    )
    drift: Drift | None = Field(default=None, description="None for the first upload")
    changes: list[str] = Field(
        default_factory=list,
        description="What moved beyond noise since the run before, in English words",
    )
    metric_changes: list[MetricChange] = Field(
        default_factory=list, description="The facts of `changes`; none in older reports"
    )

    @property
    def left_out_rows(self) -> int:
        """Older reviews that were neither learned from nor judged on."""
        return self.rows - self.train_rows - self.test_rows
