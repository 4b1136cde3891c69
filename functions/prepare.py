"""First step of a retrain: tokenise, split, have word vectors ready."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from satispy import observed
from satispy.registry.store import ModelStore
from satispy.retraining.prepare import prepare
from satispy.settings import Settings
from satispy.storage import Store


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    settings = Settings()
    observed.begin(settings, run=event["run"])
    return prepare(
        Store.bucket(settings),
        ModelStore(settings.bentoml_home),
        event["run"],
        event["dataset_version"],
        seed=settings.seed,
        embeddings=settings.embeddings,
        primer=settings.primer,
        max_rows=settings.max_training_rows,
        buckets=partial(Store.bucket, settings),
    ).model_dump(mode="json")
