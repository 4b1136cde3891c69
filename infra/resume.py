"""What is to be done in the bucket when the stack has come up.

A LocalStack that was killed has forgotten its queue and its executions: both are asked for again.
The first time, somebody must be let in: the first admin.

Run by `satispy up` in the environment of the stack: python -m infra.resume
"""

import json
from dataclasses import asdict

from infra.stack import Resumed
from satispy.accounts import Accounts
from satispy.reports import store as reports
from satispy.retraining.start import start_retrain
from satispy.reviews import receipts, replay
from satispy.settings import Settings
from satispy.storage import Store


def unreported_version(store: Store) -> int | None:
    """The newest dataset version for which a retrain was started and no report was written.

    A report of a later version covers it: the later one holds its reviews.
    """
    started = [each.dataset_version for each in receipts.all(store) if each.run]
    newest = max((version for version in started if version is not None), default=None)
    if newest is None:
        return None
    reported = max((report.dataset_version for report in reports.all(store)), default=-1)
    return newest if newest > reported else None


def resume(settings: Settings, store: Store) -> Resumed:
    uploads = replay.queue(settings, replay.unanswered(store))
    version = unreported_version(store)
    run = start_retrain(settings, version) if version is not None else None
    return Resumed(uploads, run, Accounts(store).create_first_admin())


if __name__ == "__main__":
    settings = Settings()
    print(json.dumps(asdict(resume(settings, Store.bucket(settings)))))  # noqa: T201  # read by up
