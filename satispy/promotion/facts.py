"""All that a verdict needs to know: read only, each model loaded once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from satispy.errors import BrokenArtefact, NotFound
from satispy.language.corpus import Corpus
from satispy.models.sentiment import SentimentModel
from satispy.promotion import behaviour
from satispy.registry.pointer import Production, Promoted
from satispy.reports import store as reports
from satispy.reports.evaluation import baselines, length_groups
from satispy.reports.metrics import measure
from satispy.reports.schema import Metrics, Report
from satispy.reviews import ReviewSet
from satispy.runs.learned import primer_of_run
from satispy.runs.prepared import Prepared
from satispy.runs.primed import Sentences
from satispy.runs.split import Split, learned_from
from satispy.runs.summaries import PrepareSummary, TrainSummary
from satispy.storage import Store

#: Of the newest upload: more rows would cost time and change nothing.
MOST_ROWS = 2_000


class Models(Protocol):
    """The part of `satispy.registry.store.ModelStore` that is needed."""

    def fetch(self, tag: str, store: Store) -> object: ...

    def load(self, tag: str) -> SentimentModel: ...


@dataclass(frozen=True)
class Evidence:
    """The test rows of a run (in merge order), and the reviews that they are part of."""

    reviews: ReviewSet
    ready: Prepared
    #: Row number of each test row.
    rows: np.ndarray
    documents: Corpus
    labels: np.ndarray
    unseen: np.ndarray

    @classmethod
    def of(cls, reviews: ReviewSet, ready: Prepared) -> "Evidence":
        return cls(reviews, ready, np.flatnonzero(ready.test), *ready.testing())

    @property
    def stars(self) -> list[int]:
        return [self.reviews.stars[at] for at in self.rows]

    def comments(self, test_rows: Sequence[int]) -> list[str]:
        """Masked, as the table keeps them."""
        rows = [int(self.rows[each]) for each in test_rows]
        texts = self.reviews.texts.of(rows)
        return [texts[row] for row in rows]

    def groups(self) -> dict[str, list[str]]:
        """What the test rows may be sliced by."""
        return self._facts(self.rows) | {"stars": [str(star) for star in self.stars]}

    def baselines(self, primer: Sentences) -> dict[str, Metrics]:
        """What trivial rules and a linear model would score that learned from the same rows."""
        from satispy.models.training.linear import Linear  # brings scikit-learn

        training = np.flatnonzero(~self.ready.test)
        learned = self.ready.labels[training]
        linear = Linear(primer.beside(self.ready.training()))
        said = np.nan_to_num(linear.probabilities(self.documents), nan=float(learned.mean()))
        return baselines(self._facts(training), learned, self._facts(self.rows), self.labels) | {
            "linear": measure(self.labels, said)
        }

    def new_to(self, split: Split, rows: int) -> np.ndarray:
        """Which test rows a model did not learn from that was trained when there were `rows`.

        All of them, unless it was trained on another split.
        """
        reviews = self.reviews
        return np.asarray(~learned_from(split, reviews.ids, rows, reviews.numbers)[self.rows])

    def _facts(self, rows: np.ndarray) -> dict[str, list[str]]:
        return {
            "source": [self.reviews.sources[at] or "unknown" for at in rows],
            "company": [self.reviews.companies[at] or "unknown" for at in rows],
            "length": length_groups(self.ready.corpus.lengths[rows]),
        }


@dataclass(frozen=True)
class Upload:
    """The newest upload, if there were others before it."""

    name: str
    #: Whether each row of the dataset came with it.
    new: np.ndarray
    #: Row numbers of those that the models in production are asked about.
    sample: np.ndarray

    @classmethod
    def newest(cls, reviews: ReviewSet) -> "Upload | None":
        name = reviews.uploads[-1]
        new = np.fromiter((upload == name for upload in reviews.uploads), bool, len(reviews))
        if new.all():
            return None
        sample = np.flatnonzero(new)
        if len(sample) > MOST_ROWS:
            sample = np.sort(np.random.default_rng(0).choice(sample, MOST_ROWS, replace=False))
        return cls(name, new, sample)


@dataclass(frozen=True)
class Answers:
    """What one model says: P(positive) and the number of known words."""

    #: Of each test row.
    probabilities: np.ndarray
    known: np.ndarray
    #: P(positive) of each row of the upload's sample.
    of_upload: np.ndarray


@dataclass(frozen=True)
class Earlier:
    """A version of before this run."""

    production: Production
    #: None if this version of satispy cannot load it.
    answers: Answers | None
    #: Which test rows it has not learned from.
    fair: np.ndarray


@dataclass(frozen=True)
class Facts:
    """By family, where it says Mapping."""

    prepared: PrepareSummary
    trained: Sequence[TrainSummary]
    evidence: Evidence
    #: What the candidates learned from beside the reviews.
    primer: Sentences
    upload: Upload | None
    candidates: Mapping[str, Answers]
    #: Share of the behavioural suite that each candidate passes, by kind.
    behaviour: Mapping[str, dict[str, float]]
    serving: Promoted
    incumbents: Mapping[str, Earlier]
    #: The best version of before, where it is not the one that serves.
    anchors: Mapping[str, Earlier]
    before: Report | None


def gather(
    store: Store,
    models: Models,
    prepared: PrepareSummary,
    trained: Sequence[TrainSummary],
    serving: Promoted,
    reviews: ReviewSet,
) -> Facts:
    """serving: the pointer, as it was read. reviews: those that the run prepared."""
    evidence = Evidence.of(reviews, Prepared.of_run(store, prepared.run))
    upload = Upload.newest(evidence.reviews)
    asked = _Asked(store, models, evidence, upload)
    examined = {each.family: behaviour.examine(asked.model(each.tag)) for each in trained}
    return Facts(
        prepared=prepared,
        trained=trained,
        evidence=evidence,
        primer=primer_of_run(store, prepared.run),
        upload=upload,
        candidates={each.family: asked.answers(each.tag) for each in trained},
        behaviour=examined,
        serving=serving,
        incumbents={name: asked.earlier(each) for name, each in serving.families.items()},
        anchors={name: asked.earlier(each) for name, each in serving.anchors.items()},
        before=reports.newest(store, reversed(serving.settled)),
    )


@dataclass
class _Asked:
    """Loads each model once, and lets it go when it has answered."""

    store: Store
    models: Models
    evidence: Evidence
    upload: Upload | None
    _answers: dict[str, Answers] = field(default_factory=dict)

    def model(self, tag: str) -> SentimentModel:
        self.models.fetch(tag, self.store)
        model = self.models.load(tag)
        documents = self.evidence.documents
        tested = len(documents)
        if self.upload is not None:
            sample = self.evidence.ready.corpus.take(self.upload.sample)
            documents = Corpus.joined([documents, sample])
        said, known = model.probabilities(documents)
        self._answers[tag] = Answers(said[:tested], known[:tested], said[tested:])
        return model

    def answers(self, tag: str) -> Answers:
        if tag not in self._answers:
            self.model(tag)
        return self._answers[tag]

    def earlier(self, production: Production) -> Earlier:
        fair = self.evidence.new_to(production.split, production.rows)
        try:
            answers = self.answers(production.tag)
        except (BrokenArtefact, NotFound):  # of another satispy, or lost: it cannot serve either
            answers = None
        return Earlier(production, answers, fair)
