"""Tiny models, made with the real artefact code, in a real BentoML store and a real S3 server."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from satispy.aspects.model import AspectModel
from satispy.aspects.taxonomy import shipped
from satispy.embeddings import WordVectors
from satispy.journal import Actor
from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.models import artefact
from satispy.models.log_odds import KINDS, LogOdds
from satispy.models.polarity import Coefficients, Polarity
from satispy.models.training.polarity import saved_polarity
from satispy.models.training.pooled import fit_pooling, saved_pooling
from satispy.models.training.rows import TrainingRows
from satispy.registry import pointer
from satispy.registry.store import ASPECTS_MODEL, VECTORS, ModelStore
from satispy.settings import Settings
from satispy.storage import Store

GOOD = ["parfait", "rapide", "merci", "super"]
BAD = ["nul", "retard", "cassé", "jamais"]


@dataclass
class House:
    """A bucket and a model store, with the few verbs that the tests need."""

    root: Path
    settings: Settings
    bucket: Store
    models: ModelStore
    made: dict[str, pointer.Production] = field(default_factory=dict)

    def train(self, family: str, version: str, lean: float = 0.0) -> pointer.Production:
        """Save and archive a tiny model; `lean` shifts its probabilities: versions differ."""
        folder = self.root / f"{family}-{version}"
        about = {
            "family": family,
            "text_version": TextPipeline.version,
            "base_rate": 0.7,
            "calibration": {"slope": 1.0, "intercept": lean},
        }
        accuracy = {"gbc": 0.9, "svm": 0.88, "ann": 0.87}[family]
        scores = {"accuracy": accuracy, "f1_0": accuracy - 0.05, "f1_1": accuracy + 0.05}
        metadata: dict[str, object] = {
            "run": "v00001",
            "dataset_version": 1,
            "origin": scores,
            "unseen": scores,
        }
        if family == "gbc":
            digest = _write_gbc(folder, about)
        else:
            vectors, vectors_tag = self._vectors()
            metadata["vectors"] = vectors_tag
            digest = _write_pooled(folder, about, vectors)
        metadata |= {"digest": digest, "rows": 100}
        tag = self.models.save(folder, f"satispy-{family}", version, {}, metadata)
        archive = self.models.archive(tag, self.bucket)
        self.made[tag] = pointer.Production(
            tag=tag,
            archive=archive,
            digest=digest,
            run="v00001",
            dataset_version=1,
            since=datetime.now(UTC),
            accuracy=accuracy,
        )
        return self.made[tag]

    def train_and_promote_aspects(self, version: str = "v1") -> None:
        folder = self.root / f"aspects-{version}"
        digest = AspectModel.of(shipped()).save(folder)
        tag = self.models.save(folder, ASPECTS_MODEL, version, {}, {})
        production = pointer.Production(
            tag=tag,
            archive=self.models.archive(tag, self.bucket),
            digest=digest,
            run="v00001",
            dataset_version=1,
            since=datetime.now(UTC),
            accuracy=1.0,
        )
        pointer.let_aspects_serve(self.bucket, production)

    def promote(self, production: pointer.Production) -> None:
        family = production.tag.split(":")[0].removeprefix("satispy-")
        pointer.promote(self.bucket, family, production, "a test", Actor(who="a test", via="cli"))

    def train_and_promote_all(self, version: str = "v1") -> None:
        for family in ("gbc", "svm", "ann"):
            self.promote(self.train(family, version))

    def _vectors(self) -> tuple[WordVectors, str]:
        table = np.zeros((8, 4), dtype=np.float32)
        table[:4, 0] = 1
        table[4:, 0] = -1
        table[:, 1] = np.linspace(0, 1, 8)
        vectors = WordVectors([*GOOD, *BAD], table)
        folder = self.root / "vectors"
        if not folder.exists():
            vectors.save(folder)
        tag = self.models.save(folder, VECTORS, vectors.digest[:12], {}, {})
        self.models.archive(tag, self.bucket)
        return vectors, tag

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SATISPY_BUCKET": self.settings.bucket,
            "SATISPY_BENTOML_HOME": str(self.settings.bentoml_home),
            "BENTOML_HOME": str(self.settings.bentoml_home),
            "BENTOML_DO_NOT_TRACK": "True",
            "AWS_ENDPOINT_URL": str(self.settings.endpoint_url),
            "AWS_REGION": "eu-west-3",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "SATISPY_POLL_SECONDS": "0.1",
        }


def _write_gbc(folder: Path, about: dict[str, object]) -> str:
    """One stump a word: seen (count > 0.5) adds or takes 2."""
    terms = [*GOOD, *BAD]
    roots = np.arange(len(terms)) * 3
    nodes = len(terms) * 3
    feature = np.repeat(np.arange(len(terms)), 3)
    left, right = np.arange(nodes), np.arange(nodes)
    left[roots], right[roots] = roots + 1, roots + 2
    value = np.zeros(nodes)
    value[roots + 2] = [2.0] * len(GOOD) + [-2.0] * len(BAD)
    arrays = {
        "roots": roots,
        "feature": feature,
        "threshold": np.full(nodes, 0.5, dtype=np.float32),
        "left": left,
        "right": right,
        "value": value,
    }
    none = Polarity(
        LogOdds([], np.zeros((0, KINDS), dtype=np.float32)),
        Coefficients([], np.zeros(0, dtype=np.float32)),
    )
    more_arrays, lists = saved_polarity(none)
    arrays |= more_arrays
    lists["terms"] = terms
    return artefact.write(folder, {**about, "depth": 1}, arrays, lists)


def _write_pooled(folder: Path, about: dict[str, object], vectors: WordVectors) -> str:
    """Along the first dimension lie the good words on one side, the bad ones on the other."""
    documents = [[word] for word in (*GOOD, *BAD)]
    labels = np.array([1] * len(GOOD) + [0] * len(BAD))
    rows = TrainingRows(Corpus.of(documents), labels, np.arange(len(labels)), vectors)
    pooling, features = fit_pooling(rows)
    more_about, arrays, lists = saved_pooling(pooling)
    arrays["centre"] = np.zeros_like(arrays["centre"])
    arrays["scale"] = np.ones_like(arrays["scale"])
    direction = np.eye(features.shape[1], dtype=np.float32)[:1]
    if about["family"] == "svm":
        more_about |= {"gamma": 0.05, "intercept": 0.0}
        arrays["axes"] = np.eye(features.shape[1], dtype=np.float32)
        arrays["support_vectors"] = np.concatenate([direction, -direction])
        arrays["coefficients"] = np.array([30.0, -30.0])
    else:
        more_about |= {"members": 1, "layers": 1}
        arrays["weights-0-0"] = 3 * direction.T
        arrays["bias-0-0"] = np.zeros(1, dtype=np.float32)
    return artefact.write(folder, {**about, **more_about}, arrays, lists)


def in_process() -> TestClient:
    import prometheus_client

    from bentos.service import Sentiment

    # A process of its own has a registry of its own; the applications of these tests share one.
    for collector in list(prometheus_client.REGISTRY._collector_to_names):
        prometheus_client.REGISTRY.unregister(collector)
    return TestClient(
        Sentiment.to_asgi(),
        base_url="http://127.0.0.1:3000",
        client=("127.0.0.1", 40000),
        raise_server_exceptions=False,
    )
