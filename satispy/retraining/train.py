"""Second step, once a family: fit on the training rows, score on the test rows, save."""

import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from satispy.embeddings import WordVectors
from satispy.models.families import load
from satispy.models.family import BY_NAME, FAMILIES
from satispy.models.parameters import Parameters
from satispy.models.training.native import pack
from satispy.models.training.rows import Fitted, TrainingRows
from satispy.registry.archives import native_key
from satispy.registry.store import ModelStore
from satispy.reports.metrics import measure
from satispy.reports.schema import Metrics
from satispy.runs.learned import Learned
from satispy.runs.prepared import Prepared
from satispy.runs.stage import stage
from satispy.runs.summaries import PrepareSummary, TrainSummary
from satispy.storage import Store


def train(
    store: Store,
    models: ModelStore,
    family: str,
    prepared: PrepareSummary,
    parameters: Parameters,
) -> TrainSummary:
    run = prepared.run
    with stage(store, run, family) as measured, tempfile.TemporaryDirectory() as scratch:
        ready = Prepared.of_run(store, run)
        folder = Path(scratch) / family
        uses_vectors = BY_NAME[family].uses_vectors
        vectors = models.fetch(prepared.vectors, store) if uses_vectors else None
        learned = Learned.of_run(store, run)
        rows = learned.rows(ready, WordVectors.open(vectors) if vectors else None)
        fitted = fit(family, rows, parameters, prepared.seed)
        digest = fitted.save(folder, rows, prepared.seed)
        measured.say("fitted")
        documents, labels, unseen = ready.testing()
        # Scored as it will serve: from the saved files, by NumPy.
        probabilities, _ = load(folder, vectors).probabilities(documents)
        origin = measure(labels, probabilities)
        unseen_scores = measure(labels[unseen], probabilities[unseen])
        measured.say(f"accuracy {origin.accuracy:.4f} on {origin.rows} test rows")
        kept = keep(store, models, family, prepared, fitted, folder, origin, unseen_scores, digest)
    return TrainSummary(**kept, seconds=measured.seconds, peak_memory_mb=measured.peak_memory_mb)


def keep(
    store: Store,
    models: ModelStore,
    family: str,
    prepared: PrepareSummary,
    fitted: Fitted,
    folder: Path,
    origin: Metrics,
    unseen: Metrics,
    digest: str,
) -> dict[str, Any]:
    """Put what was saved in `folder` into the model store and its archive; what a `TrainSummary`
    says of it."""
    labels, about = _metadata(family, prepared, origin, unseen, digest)
    name = f"{prepared.run}-{digest[:8]}"
    tag = models.save(folder, BY_NAME[family].model, name, labels, about)
    archive = models.archive(tag, store)
    store.write(native_key(tag), pack(fitted, folder.with_name("native")))
    return {
        "family": family,
        "tag": tag,
        "archive": archive,
        "digest": digest,
        "origin": origin,
        "unseen": unseen,
    }


def _metadata(
    family: str, prepared: PrepareSummary, origin: Metrics, unseen: Metrics, digest: str
) -> tuple[dict[str, str], dict[str, Any]]:
    uses_vectors = BY_NAME[family].uses_vectors
    labels = {
        "family": family,
        "run": prepared.run,
        "dataset-version": str(prepared.dataset_version),
        "requirement": "met" if origin.meets_requirement() else "missed",
    }
    return labels, {
        "run": prepared.run,
        "dataset_version": prepared.dataset_version,
        "rows": prepared.rows,
        "origin": origin.model_dump(exclude_none=True),  # BentoML keeps no None
        "unseen": unseen.model_dump(exclude_none=True),
        "requirement_met": origin.meets_requirement(),
        "code_version": version("satispy"),
        "embedding": prepared.embedding if uses_vectors else "",
        "vectors": prepared.vectors if uses_vectors else "",
        "primer": prepared.primer.model_dump() if prepared.primer else {},
        "seed": prepared.seed,
        "split": prepared.split,
        "max_rows": prepared.max_rows,
        "digest": digest,
    }


def fit(family: str, rows: TrainingRows, parameters: Parameters, seed: int) -> Fitted:
    """Each trainer is imported when it is its turn: they bring libraries of hundreds of MB."""
    if family == "gbc":
        from satispy.models.training import gbc

        return gbc.fit(rows, parameters.gbc, seed)
    if family == "svm":
        from satispy.models.training import svm

        return svm.fit(rows, parameters.svm, seed)
    if family == "ann":
        from satispy.models.training import ann

        return ann.fit(rows, parameters.ann, seed)
    raise ValueError(f"{family} is not one of {', '.join(FAMILIES)}")
