"""A retrain beyond one machine: python -m satispy.retraining.at_scale RUN VERSION [STARTED].

With the settings of the environment; prints the last lines of its report as JSON.
"""

import argparse
import json
import logging
import sys
from datetime import datetime

from satispy.errors import SatispyError
from satispy.registry.store import ModelStore
from satispy.retraining.at_scale.whole import retrain
from satispy.settings import Settings
from satispy.storage import Store


def main() -> int:
    parser = argparse.ArgumentParser(prog="satispy.retraining.at_scale", description=__doc__)
    parser.add_argument("run")
    parser.add_argument("dataset_version", type=int)
    parser.add_argument("started", nargs="?", type=datetime.fromisoformat)
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    settings = Settings()
    try:
        report = retrain(
            settings,
            Store.bucket(settings),
            ModelStore(settings.bentoml_home),
            asked.run,
            asked.dataset_version,
            started=asked.started,
        )
    except SatispyError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    promoted = [family for family, model in report.models.items() if model.promoted]
    said = {"run": report.run, "seconds": report.seconds, "promoted": promoted}
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
