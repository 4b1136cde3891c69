"""What is to be done in the bucket when the stack has come up.

A LocalStack that was killed has forgotten its queue and its executions: both are asked for again.
One that lives holds back the message of a function that was killed, for as long as the longest
merge may take: while it holds any, what has no receipt is announced once more, which is harmless.
The first time, somebody must be let in: the first admin.

Run by `satispy up` in the environment of the stack: python -m infra.resume [--forgotten]
"""

import json
import sys
from dataclasses import asdict

from pydantic.types import JsonValue

from infra.stack import Resumed
from satispy import journal
from satispy.accounts import Accounts
from satispy.cloud import Queue
from satispy.journal import Actor, Fact, What
from satispy.reports import store as reports
from satispy.retraining import turn
from satispy.retraining.start import start_retrain
from satispy.reviews import ReviewTable, receipts, replay
from satispy.reviews.receipts import Receipt
from satispy.settings import Settings
from satispy.storage import Store


def unreported_version(store: Store, found: list[Receipt]) -> int | None:
    """The newest dataset version for which a retrain was started and no report was written.

    A report of a later version covers it: the later one holds its reviews.
    """
    started = [each.dataset_version for each in found if each.run]
    newest = max((version for version in started if version is not None), default=None)
    if newest is None:
        return None
    reported = max((report.dataset_version for report in reports.all(store)), default=-1)
    return newest if newest > reported else None


def resume(settings: Settings, store: Store, *, forgotten: bool = True) -> Resumed:
    admin = Accounts(store).create_first_admin()
    if admin:
        up = Actor(who="satispy up", via="cli")
        role: dict[str, JsonValue] = {"role": "admin"}
        journal.record(store, Fact(by=up, what=What.ACCOUNT_SET, on=admin[0], after=role))
    queue = Queue(settings)
    if not forgotten and not queue.has_messages_in_flight():
        return Resumed(admin=admin)
    found = receipts.all(store)
    uploads = replay.announce(queue, replay.unanswered(store, found))
    if forgotten:
        turn.clear(store)
    version = unreported_version(store, found) if forgotten else None
    run = None
    if version is not None:
        run = start_retrain(settings, version, dataset=ReviewTable(store).id())
    return Resumed(uploads, run, admin)


if __name__ == "__main__":
    settings = Settings()
    found = resume(settings, Store.bucket(settings), forgotten="--forgotten" in sys.argv)
    print(json.dumps(asdict(found)))  # noqa: T201  # read by up
