"""A whole retrain in this process: what the state machine does, step after step, with no cloud."""

from datetime import UTC, datetime

from satispy.models import FAMILIES
from satispy.models.parameters import Parameters
from satispy.models.store import ModelStore
from satispy.reports.schema import Report
from satispy.retraining.prepare import prepare
from satispy.retraining.publish import Alert, publish
from satispy.retraining.train import train
from satispy.storage import Store


def retrain(
    store: Store,
    models: ModelStore,
    run: str,
    dataset_version: int,
    *,
    seed: int = 20,
    parameters: Parameters | None = None,
    alert: Alert = lambda _: None,
) -> Report:
    parameters = parameters or Parameters()
    started = datetime.now(UTC)
    prepared = prepare(store, models, run, dataset_version, seed=seed, folds=parameters.folds)
    trained = [train(store, models, family, prepared, parameters) for family in FAMILIES]
    return publish(store, prepared, trained, started=started, alert=alert)
