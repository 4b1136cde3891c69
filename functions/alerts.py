"""At the end of each retrain and by schedule: what is wrong is opened as an alert, what is over
resolved, and channels are told what they have not confirmed."""

import logging
from collections.abc import Mapping
from typing import Any

from satispy.alerts.telling import Lookout
from satispy.settings import Settings
from satispy.storage import Store

logging.getLogger().setLevel(logging.INFO)


def handler(event: Mapping[str, Any], context: object) -> dict[str, int]:
    settings = Settings()
    lookout = Lookout(settings, Store.bucket(settings))
    try:
        lookout.look()
    finally:  # what is in the book is told in any case
        told = lookout.tell()
    return {
        "told": sum(not problem for *_, problem in told),
        "failed": sum(bool(problem) for *_, problem in told),
    }
