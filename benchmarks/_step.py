"""One step of a retrain in a process of its own, as a function has one: python -m benchmarks._step.

Arguments: the step and the folder, which holds what the steps share and what they tell the next.
"""

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from satispy.models.family import FAMILIES
from satispy.models.parameters import Parameters
from satispy.registry.store import ModelStore
from satispy.runs.summaries import PrepareSummary, TrainSummary
from satispy.settings import Settings
from satispy.storage import Store

RUN = "v00001"


def main(step: str, folder: Path) -> None:
    settings = Settings()
    store, models = Store.folder(folder / "bucket"), ModelStore(folder / "bentoml")
    prepared = folder / "prepare.json"
    if step == "prepare":
        from satispy.retraining.prepare import prepare
        from satispy.reviews import ReviewTable

        said = prepare(
            *(store, models, RUN, ReviewTable(store).version() or 0),
            seed=settings.seed,
            primer=settings.primer,
            max_rows=settings.max_training_rows,
        )
        prepared.write_text(said.model_dump_json())
        return
    summary = PrepareSummary.model_validate_json(prepared.read_text())
    if step in FAMILIES:
        from satispy.retraining.train import train

        parameters = Parameters.model_validate(settings.parameters)
        trained = train(store, models, step, summary, parameters)
        (folder / f"{step}.json").write_text(trained.model_dump_json())
        return
    from satispy.promotion import insights
    from satispy.promotion.publish import publish

    told = [
        TrainSummary.model_validate_json((folder / f"{family}.json").read_text())
        for family in FAMILIES
    ]
    learn = partial(insights.learn, store, models, summary)
    publish(store, models, summary, told, started=datetime.now(UTC), learn=learn)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
