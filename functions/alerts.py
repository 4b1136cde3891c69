"""At the end of each retrain and by schedule: what is wrong is opened as an alert, what is over
resolved, and channels are told what they have not confirmed."""

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from satispy.alerts.channels import channels
from satispy.alerts.telling import look_at_all, tell
from satispy.settings import Settings
from satispy.storage import Store

logging.getLogger().setLevel(logging.INFO)


def handler(event: Mapping[str, Any], context: object) -> dict[str, int]:
    settings = Settings()
    store = Store.bucket(settings)
    look_at_all(settings, store)
    told = tell(store, channels(settings), dt.datetime.now(dt.UTC))
    return {
        "told": sum(not problem for *_, problem in told),
        "failed": sum(bool(p) for *_, p in told),
    }
