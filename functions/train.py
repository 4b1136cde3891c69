"""Second step of a retrain, once a family: fit, score, save."""

from collections.abc import Mapping
from typing import Any

from satispy import observed
from satispy.models.parameters import Parameters
from satispy.registry.store import ModelStore
from satispy.retraining.train import train
from satispy.runs.summaries import PrepareSummary
from satispy.settings import Settings
from satispy.storage import Store


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    settings = Settings()
    observed.begin(settings, run=event["prepared"]["run"], family=event["family"])
    return train(
        Store.bucket(settings),
        ModelStore(settings.bentoml_home),
        event["family"],
        PrepareSummary.model_validate(event["prepared"]),
        Parameters.model_validate(settings.parameters),
    ).model_dump(mode="json")
