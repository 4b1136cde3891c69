"""Search the hyper-parameters of one family, by cross-validation of training rows."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from satispy.embeddings import WordVectors
from satispy.embeddings.download import Buckets
from satispy.models.families import load
from satispy.models.family import BY_NAME
from satispy.models.parameters import Among, Between, Parameters, Record, space
from satispy.models.training.rows import TrainingRows
from satispy.registry.store import ModelStore
from satispy.retraining.prepare import demand_enough, read_texts, split, word_vectors
from satispy.retraining.train import fit
from satispy.reviews import ReviewTable
from satispy.runs.primed import Sentences
from satispy.runs.split import on_test_side
from satispy.storage import Store

#: Of the cross-validation; each fits a whole committee on the rest.
FOLDS = 4
#: Trials that run through before one that lags behind the median may be given up.
WHOLE_TRIALS = 5

Tell = Callable[[int, int], None]


class Trial(BaseModel):
    """One set of values, and how the rows of each fold were answered without it in training."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(description="1 is what is set now")
    values: dict[str, Any] = Field(description="Of the parameters that are searched")
    accuracies: list[float] = Field(description="By fold; fewer than all if it was given up")
    gain: float | None = Field(default=None, description="Of accuracy, to what is set now")
    gain_error: float | None = Field(default=None, description="Standard error, paired by row")
    seconds: float = Field(description="Of the fits, a fold on average")

    @property
    def whole(self) -> bool:
        return len(self.accuracies) == FOLDS

    @property
    def accuracy(self) -> float:
        return float(np.mean(self.accuracies))

    @property
    def sd(self) -> float:
        return float(np.std(self.accuracies))


class Tuning(BaseModel):
    """What is kept of a search: `tuning/<family>/<when>.json`."""

    model_config = ConfigDict(frozen=True)

    family: str
    dataset_version: int
    training_rows: int
    folds: int = FOLDS
    seed: int
    created: datetime
    trials: list[Trial]

    @property
    def best(self) -> Trial:
        """The first of the most accurate; what is set now comes before all others."""
        return max((each for each in self.trials if each.whole), key=lambda each: each.accuracy)

    def overrides(self, now: dict[str, Any]) -> dict[str, Any]:
        """The setting `parameters` with the best values in it, and nothing that is as it was."""
        first, best = self.trials[0].values, self.best.values
        changed = {name: value for name, value in best.items() if value != first[name]}
        return {**now, self.family: {**now.get(self.family, {}), **changed}}

    def save(self, store: Store) -> str:
        key = f"tuning/{self.family}/{self.created:%Y%m%dT%H%M%S}.json"
        store.write(key, self.model_dump_json(indent=1).encode())
        return key


def training_rows(
    store: Store,
    models: ModelStore,
    family: str,
    version: int,
    seed: int,
    embeddings: str = "",
    primer: bool = True,
    max_rows: int = 0,
    buckets: Buckets | None = None,
) -> tuple[TrainingRows, Path | None]:
    """The rows that a retrain of this version would learn from, and the folder of its vectors."""
    reviews = ReviewTable(store).read(version, max_rows)
    demand_enough(reviews.stars, primer=False)  # it measures by them
    test = on_test_side("identity", reviews.ids)
    ready = split(read_texts(reviews.texts), reviews.stars, test, seed, sources=reviews.sources)
    sentences = Sentences.of_primer() if primer else Sentences.none()
    if not BY_NAME[family].uses_vectors:
        return sentences.beside(ready.training()), None
    tag, _ = word_vectors(store, models, ready, seed, embeddings, sentences, buckets)
    folder = models.fetch(tag, store)
    return sentences.beside(ready.training(WordVectors.open(folder))), folder


@dataclass
class Search:
    """Trial after trial, proposed by Optuna's TPE from what those before it scored."""

    family: str
    rows: TrainingRows
    vectors: Path | None
    parameters: Parameters
    seed: int
    #: Told (trial, fold) before each fit.
    tell: Tell = lambda trial, fold: None
    _right_now: np.ndarray = field(init=False, repr=False)

    def trials(self, most: int, seconds: float | None = None) -> Iterator[Trial]:
        """At most so many, none begun after so many seconds. The first is what is set now."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study = optuna.create_study(
            direction="maximize",
            sampler=optuna.samplers.TPESampler(seed=self.seed),
            pruner=optuna.pruners.MedianPruner(WHOLE_TRIALS),
        )
        now = getattr(self.parameters, self.family)
        values = {name: getattr(now, name) for name in space(type(now))}
        study.enqueue_trial({name: _plain(value) for name, value in values.items()})
        where = {name: _around(values[name], at) for name, at in space(type(now)).items()}
        begin = time.monotonic()
        for number in range(1, most + 1):
            if number > 1 and seconds is not None and time.monotonic() - begin > seconds:
                return
            asked = study.ask(where)
            drawn = {name: _drawn(asked.params[name], values[name]) for name in values}
            trial = self._try(number, drawn, asked)
            if trial.whole:
                study.tell(asked, trial.accuracy)
            else:
                study.tell(asked, state=optuna.trial.TrialState.PRUNED)
            yield trial

    def _try(self, number: int, values: dict[str, Any], asked: Any) -> Trial:
        now: Record = getattr(self.parameters, self.family)
        chosen = type(now).model_validate({**now.model_dump(), **values})
        parameters = self.parameters.model_copy(update={self.family: chosen})
        right = np.zeros(len(self.rows.labels), dtype=int)
        accuracies: list[float] = []
        begin = time.monotonic()
        for fold, (learn, rest) in enumerate(self.rows.splits(FOLDS)):
            self.tell(number, fold + 1)
            rest = rest[self.rows.reviews[rest]]
            right[rest] = self._right(parameters, learn, rest)
            accuracies.append(float(right[rest].mean()))
            asked.report(float(np.mean(accuracies)), fold)
            if number > 1 and asked.should_prune():
                break
        tried = Trial(
            number=number,
            values=values,
            accuracies=accuracies,
            seconds=(time.monotonic() - begin) / len(accuracies),
        )
        if number == 1:
            self._right_now = right
        if number == 1 or not tried.whole:
            return tried
        change = (right - self._right_now)[self.rows.reviews]
        error = float(change.std() / len(change) ** 0.5)
        return tried.model_copy(update={"gain": float(change.mean()), "gain_error": error})

    def _right(self, parameters: Parameters, learn: np.ndarray, rest: np.ndarray) -> np.ndarray:
        """Which of the rows left out are answered rightly: from saved files, as served."""
        part = self.rows.at(learn)
        with tempfile.TemporaryDirectory() as folder:
            fit(self.family, part, parameters, self.seed).save(Path(folder), part, self.seed)
            documents = self.rows.documents.take(rest)
            probabilities, _ = load(Path(folder), self.vectors).probabilities(documents)
        return np.asarray((probabilities >= 0.5) == self.rows.labels[rest])


def _around(now: Any, where: Between | Among) -> Any:
    """As Optuna wants it, and wide enough to hold what is set now."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if isinstance(where, Among):
        return CategoricalDistribution(list(dict.fromkeys(map(_plain, (*where.values, now)))))
    kind = IntDistribution if isinstance(now, int) else FloatDistribution
    return kind(min(where.low, now), max(where.high, now), log=where.log)


def _plain(value: Any) -> Any:
    """Optuna knows numbers and texts: anything else is told as JSON."""
    return value if isinstance(value, int | float) else json.dumps(value)


def _drawn(value: Any, like: Any) -> Any:
    if isinstance(value, str):
        return tuple(json.loads(value))
    # Three digits are enough, and what is printed is what was tried.
    return float(f"{value:.3g}") if isinstance(like, float) else value
