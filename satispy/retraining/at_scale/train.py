"""Second step, once a family: members on partitions, then scores of every test row."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from satispy.engine import Engine
from satispy.engine.here import Tell
from satispy.language.corpus import Corpus, bounds_of
from satispy.models.families import load
from satispy.models.family import BY_NAME
from satispy.models.parameters import AnnParameters, GbcParameters, Parameters, SvmParameters
from satispy.models.polarity import Polarity
from satispy.models.pooling import Pooling
from satispy.models.training.pooled import NEUTRAL, saved_pooling
from satispy.models.training.rows import Fitted, TrainingRows
from satispy.registry.store import ModelStore
from satispy.reports.metrics import measure
from satispy.retraining.at_scale.blocks import SHARED, Blocks, Place, opened_vectors
from satispy.retraining.at_scale.committee import Committee
from satispy.retraining.at_scale.prepare import Plan, moments_of, plan_of
from satispy.retraining.at_scale.reading import documents
from satispy.retraining.train import keep
from satispy.runs.learned import Learned
from satispy.runs.stage import stage
from satispy.runs.summaries import PrepareSummary, TrainSummary


def train(
    engine: Engine,
    place: Place,
    models: ModelStore,
    family: str,
    prepared: PrepareSummary,
    parameters: Parameters,
) -> TrainSummary:
    run, store = prepared.run, place.store
    with stage(store, run, family) as measured, tempfile.TemporaryDirectory() as scratch:
        plan, blocks = plan_of(place, run)
        folder = Path(scratch) / family
        job = _Job(engine, blocks, plan, prepared, measured.count)
        fitted = job.fit(family, parameters)
        digest = fitted.save(folder, job.rows(), prepared.seed)
        blocks.save_folder(f"model-{family}", folder)
        tag_of_vectors = prepared.vectors if BY_NAME[family].uses_vectors else ""
        answers = engine.map(
            score, plan.numbers, blocks, family, tag_of_vectors, tell=measured.count
        )
        labels, unseen, said = (np.concatenate(each) for each in zip(*answers, strict=True))
        origin = measure(labels, said)
        unseen_scores = measure(labels[unseen], said[unseen])
        kept = keep(store, models, family, prepared, fitted, folder, origin, unseen_scores, digest)
    return TrainSummary(**kept, seconds=measured.seconds, peak_memory_mb=measured.peak_memory_mb)


def score(
    part: int, blocks: Blocks, family: str, vectors: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels of a partition's test rows, which have no twin in training, and P(positive).

    As it will serve: from the saved files, by NumPy.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = blocks.folder(f"model-{family}", Path(scratch))
        model = load(folder, blocks.place.vectors(vectors) if vectors else None)
        said, _ = model.probabilities(documents(part, blocks, "test"))
    labels, unseen = blocks.load(part, "test_labels", "unseen")
    return labels.astype(int), unseen, said


@dataclass(frozen=True)
class _Job:
    engine: Engine
    blocks: Blocks
    plan: Plan
    prepared: PrepareSummary
    tell: Tell

    def fit(self, family: str, parameters: Parameters) -> Fitted:
        if family == "gbc":
            return self._gbc(parameters.gbc)
        if family == "svm":
            return self._svm(parameters.svm)
        return self._ann(parameters.ann)

    def rows(self) -> TrainingRows:
        """What calibration asks for: labels, and how long each text is."""
        found = [self.blocks.load(part, "labels", "train_sizes") for part in self.plan.every]
        labels = np.concatenate([each.astype(int) for each, _ in found])
        sizes = np.concatenate([each for _, each in found])
        primer = np.zeros(len(labels), dtype=bool)
        primer[self.plan.reviews :] = True
        # In place of texts so many tokens: nothing but their number is asked for.
        texts = Corpus([""], np.zeros(int(sizes.sum()), np.int32), bounds_of(sizes))
        return TrainingRows(texts, labels, labels, primer=primer)

    def committee(self, parameters: GbcParameters | SvmParameters | AnnParameters) -> Committee:
        return Committee(
            parameters.members,
            self.prepared.seed,
            parameters.primer_weight,
            parameters.primer_rows,
            self.plan.reviews,
            self.plan.sentences,
        )

    def _gbc(self, parameters: GbcParameters) -> Fitted:
        from satispy.models.training.gbc import saved
        from satispy.retraining.at_scale import gbc

        numbers, words, committee = self.plan.numbers, self.plan.words, self.committee(parameters)
        members = self.engine.map(
            *(gbc.member, range(parameters.members), self.blocks, numbers, committee),
            *(parameters, words),
            tell=self.tell,
            first=True,  # the longest tasks: the last one begun is what others wait for
        )
        margins = self.engine.map(
            *(gbc.margins, self.plan.every, self.blocks, committee, words, members),
            tell=self.tell,
        )
        from satispy.models.training.counted import spelled

        keys = self.blocks.shared("gbc_keys")
        terms = spelled(self.blocks.strings(SHARED, "train_vocabulary"), keys)
        return saved(members, terms, self._polarity(), parameters, np.concatenate(margins))

    def _svm(self, parameters: SvmParameters) -> Fitted:
        from satispy.models.training.svm import merge
        from satispy.retraining.at_scale import svm

        engine, blocks, plan = self.engine, self.blocks, self.plan
        committee = self.committee(parameters)
        moments = moments_of(blocks)
        gamma = parameters.gamma / len(moments.total)
        axes = svm.axes(moments, parameters.dimensions)
        blocks.save(SHARED, axes=axes)
        learned = plan.reviews + min(parameters.primer_rows, plan.sentences)
        share = min(1.0, parameters.landmarks / learned)
        drawn = np.concatenate(engine.map(svm.draw, plan.every, blocks, committee, share))
        landmarks = svm.Landmarks.of(drawn[: parameters.landmarks], gamma)
        blocks.save(SHARED, landmarks=landmarks.vectors)
        positive = plan.positive_of_train / plan.reviews
        solved = svm.solve(
            *(engine, plan.numbers, blocks, committee, parameters, gamma, landmarks),
            np.array([1 - positive, positive]),
            self.tell,
        )
        machines = svm.machines(blocks, landmarks, solved, gamma)
        margins = engine.map(svm.margins, plan.every, blocks, committee, machines, tell=self.tell)
        together = merge(machines)
        about, arrays, lists = self._pooling()
        about |= {
            "gamma": gamma,
            "intercept": together.intercept,
            "exact": False,
            "passes": solved.passes,
            "parameters": parameters.model_dump(),
        }
        arrays |= {
            "axes": together.axes,
            "support_vectors": together.vectors,
            "coefficients": together.coefficients,
        }
        native = svm.native(axes, landmarks, solved, gamma)
        return Fitted("svm", about, arrays, lists, np.concatenate(margins), native)

    def _ann(self, parameters: AnnParameters) -> Fitted:
        from satispy.models.training.ann import as_keras
        from satispy.retraining.at_scale import ann

        committee = self.committee(parameters)
        members = self.engine.map(
            *(ann.member, range(parameters.members), self.blocks, self.plan.numbers),
            *(committee, parameters),
            tell=self.tell,
        )
        margins = self.engine.map(
            ann.margins, self.plan.every, self.blocks, committee, members, tell=self.tell
        )
        about, arrays, lists = self._pooling()
        for number, layers in enumerate(members):
            for layer, (weights, bias) in enumerate(layers):
                arrays[f"weights-{number}-{layer}"] = weights
                arrays[f"bias-{number}-{layer}"] = bias
        about |= {
            "members": len(members),
            "layers": len(parameters.hidden) + 1,
            "parameters": parameters.model_dump(mode="json"),
        }
        native = [as_keras(each, parameters) for each in members]
        return Fitted("ann", about, arrays, lists, np.concatenate(margins), native)

    def _polarity(self) -> Polarity:
        return Learned.of_run(self.blocks.place.store, self.prepared.run).polarity.polarity

    def _pooling(
        self,
    ) -> tuple[dict[str, object], dict[str, np.ndarray], dict[str, list[str]]]:
        blocks = self.blocks
        words = blocks.strings(SHARED, "weight_words")
        [weights] = blocks.load(SHARED, "weights")
        pooling = Pooling(
            vectors=opened_vectors(blocks.place, self.prepared.vectors),
            words=_no_words,
            weights=dict(zip(words, weights.tolist(), strict=True)),
            unseen=NEUTRAL,
            polarity=self._polarity(),
            centre=blocks.shared("centre"),
            scale=blocks.shared("scale"),
        )
        return saved_pooling(pooling)


def _no_words(tokens: list[str]) -> list[str]:
    """What is saved looks no word up."""
    raise AssertionError("a pooling that is only saved reads no text")
