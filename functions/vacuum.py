"""By schedule: small files of the table are joined, and those go that no kept version needs.

The event is `{"days": 30}`: versions younger than that stay readable.
"""

import logging
from collections.abc import Mapping
from typing import Any

from satispy.reviews import ReviewTable, versions
from satispy.settings import Settings
from satispy.storage import Store

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event: Mapping[str, Any], context: object) -> dict[str, bool | int]:
    table = ReviewTable(Store.bucket(Settings()))
    if not table.version():
        return {"joined": False, "deleted": 0}
    joined = versions.tidy(table)
    deleted = versions.vacuum(table, float(event["days"]), dry_run=False)
    log.info("small files joined: %s, files deleted: %s", joined, len(deleted))
    return {"joined": joined, "deleted": len(deleted)}
