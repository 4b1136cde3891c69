"""By schedule: small files of the table are joined, and those go that no kept version needs.

The event is `{"days": 14}`: versions replaced not longer ago stay readable, and those that a model
learned from which serves or can come back.
"""

import logging
from collections.abc import Mapping
from typing import Any

from satispy import journal
from satispy.journal import Actor, Fact, What
from satispy.registry import pointer
from satispy.reviews import ReviewTable, retention, versions
from satispy.settings import Settings
from satispy.storage import Store

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event: Mapping[str, Any], context: object) -> dict[str, bool | int]:
    store = Store.bucket(Settings())
    table = ReviewTable(store)
    if not table.version():
        return {"joined": False, "deleted": 0}
    days = float(event["days"])
    what = Fact(
        by=Actor(who="vacuum", via="pipeline"),
        what=What.REVIEWS_VACUUMED,
        on="reviews",
        after={"days": days},
    )
    with journal.acting(store, what):
        retention.promise(table, days)
        joined = versions.tidy(table)
        deleted = retention.vacuum(table, days, pointer.read(store).dataset_versions())
    log.info("small files joined: %s, files deleted: %s", joined, len(deleted))
    return {"joined": joined, "deleted": len(deleted)}
