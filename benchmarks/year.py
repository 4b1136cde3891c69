"""A year of 1,000 uploads and 24 retrains a day: what each event asks of S3, first and last month.

The real handlers and rooms, over an S3 on loopback that counts (benchmarks/_counted_s3.py). What a
year leaves behind is put there at once (benchmarks/_year.py); then uploads, retrains, polls of the
app and of the service are run for real in the middle of the first month and at the end of the last.
ROWS (20000) reviews at the start of the year, half as many more at its end: a shop with 200,000
that gets 100,000 a year, to a scale. What is read of reviews follows them; nothing else may grow.
Options (environment): DAYS ("15 365"), ROWS, MERGES (22), RETRAINS (2), POLLS (100).
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks._counted_s3 import Asked, CountedS3, counted_s3
from benchmarks._year import FAMILIES, RETRAINS, UPLOADS, VERSIONS, Shop, fill, upload
from satispy import costs

SMALL: Final = {
    "gbc": {"members": 2, "trees": 20, "min_df": 2, "min_rows": 2},
    "ann": {"members": 2, "epochs": 2, "hidden": [8]},
}


@dataclass
class Month:
    """One bucket, what is done in it, and what that asked of S3 by kind of event."""

    s3: CountedS3
    shop: Shop
    home: Path
    asked: dict[str, Asked] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    stored: int = 0  # bytes, at the end

    @contextmanager
    def counted(self, event: str, events: int = 1) -> Iterator[None]:
        before = self.s3.asked()
        yield
        self.asked[event] = self.asked.get(event, Asked()) + (self.s3.asked() - before)
        self.events[event] = self.events.get(event, 0) + events

    def merge(self, uploads: int, named: str = "now") -> None:
        """As S3 announces them; as many bring nothing new as all year."""
        from functions.merge_upload import handler

        for number in range(uploads):
            new = number * VERSIONS // UPLOADS != (number + 1) * VERSIONS // UPLOADS
            key = f"uploads/avis-of-{named}-{number:04d}.csv"
            self.s3.write(key, upload(number if new else -1))
            told = {"eventName": "ObjectCreated:Put", "s3": {"object": {"key": key}}}
            message = {"messageId": key, "body": json.dumps({"Records": [told]})}
            with self.counted("merge"):
                answer = handler({"Records": [message]}, None)
            assert answer == {"batchItemFailures": []}, answer

    def retrain(self) -> None:
        """The newest run that was started, by the handlers of the state machine."""
        from functions import prepare, publish, take_turn, train

        asked = self.s3.started()[-1]
        about = {"run": asked["run"], "input": asked}
        begin = datetime.now(UTC).isoformat()
        with self.counted("retrain"):
            assert take_turn.handler(about, None)["turn"] == "go"
            with self.counted("prepare"):
                prepared = prepare.handler(asked | {"started": begin}, None)
            with self.counted("train", len(FAMILIES)):
                models = [
                    train.handler({"family": family, "prepared": prepared}, None)
                    for family in FAMILIES
                ]
            take_turn.handler(about | {"keep": True}, None)
            given = {"prepared": prepared, "models": models, "started": begin}
            with self.counted("publish"):
                publish.handler(given, None)
            take_turn.handler(about | {"ended": "trained"}, None)

    def poll(self, name: str, look: Callable[[], object], polls: int) -> None:
        """The first look apart: a process begins but once."""
        with self.counted(f"{name}_start"):
            look()
        with self.counted(f"{name}_poll", polls):
            for _ in range(polls):
                look()

    def each(self) -> dict[str, dict[str, float]]:
        return {name: asked.each(self.events[name]) for name, asked in self.asked.items()}

    def dollars(self) -> dict[str, float]:
        """A month of 30 days, somebody looking at the app all the time."""
        polls = costs.DAYS * 86_400 / costs.POLL_SECONDS
        times = {
            "merge": costs.DAYS * UPLOADS,
            "retrain": costs.DAYS * RETRAINS,
            "app_poll": polls,
            "service_poll": polls,
        }
        found = {
            name: self.asked[name].priced().dollars(often / self.events[name])
            for name, often in times.items()
            if name in self.asked
        }
        return found | {"storage": costs.PRICES["gb_month"].of(self.stored / 1e9)}


@contextmanager
def settings_of(values: Mapping[str, str]) -> Iterator[None]:
    """In the environment, where handlers look for them."""
    before = {name: os.environ.get(name) for name in values}
    os.environ |= values
    yield
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


def lived(day: int, rows: int, merges: int, retrains: int, polls: int) -> Month:
    """The bucket of that day, and some events of it."""
    from bentos.follower import Follower
    from satispy.dashboard.feed import Bucket, Snapshot
    from satispy.registry.store import ModelStore
    from satispy.settings import Settings
    from satispy.storage import Store

    with tempfile.TemporaryDirectory() as folder, counted_s3() as s3:
        home = Path(folder)
        with settings_of(
            {
                "AWS_ENDPOINT_URL": s3.serve(),
                "AWS_REGION": "eu-west-3",
                "AWS_ACCESS_KEY_ID": "bench",
                "AWS_SECRET_ACCESS_KEY": "bench",  # of the S3 in this process
                "SATISPY_BUCKET": "year",
                "SATISPY_BENTOML_HOME": str(home / "bentoml"),
                "SATISPY_STATE_MACHINE_ARN": "arn:aws:states:eu-west-3:1:stateMachine:retrain",
                "SATISPY_PRIMER": "0",
                "SATISPY_PARAMETERS": json.dumps(SMALL),
            }
        ):
            shop = Shop(day, rows, datetime.now(UTC).replace(microsecond=0))
            store = Store.bucket(Settings())
            fill(s3, store, shop)
            Month(s3, shop, home).merge(1, "before")  # no function is new all the time
            month = Month(s3, shop, home)
            month.merge(merges)
            for _ in range(retrains):
                month.retrain()
                month.merge(4, f"after {len(s3.started())}")
            feed, known = Bucket(store), Snapshot()

            def look() -> None:
                nonlocal known
                known = feed.snapshot(known)
                assert not known.error, known.error

            month.poll("app", look, polls)
            follower = Follower(store, ModelStore(home / "service"), costs.POLL_SECONDS)
            month.poll("service", follower.look, polls)
            month.stored = s3.stored()
            return month


def run() -> dict[str, Any]:
    first, last = (int(day) for day in os.environ.get("DAYS", "15 365").split())
    rows = int(os.environ.get("ROWS", "20000"))
    merges, retrains, polls = (
        int(os.environ.get(name, default))
        for name, default in (("MERGES", "22"), ("RETRAINS", "2"), ("POLLS", "100"))
    )
    months = [
        lived(day, rows + rows * day // 730, merges, retrains, polls) for day in (first, last)
    ]
    return told(months)


def told(months: list[Month]) -> dict[str, Any]:
    """Prints the table."""
    each = [month.each() for month in months]
    names = list(each[0])
    print(f"{'requests (bytes) of each':18}" + "".join(f"  day {m.shop.day:<20}" for m in months))
    for name in names:
        cells = [f"{e[name]['requests']:10,.1f} ({e[name]['bytes']:12,.0f})" for e in each]
        print(f"  {name:16}" + "".join(cells))
    dollars = [month.dollars() for month in months]
    print("dollars a month")
    for name in dollars[0]:
        print(f"  {name:16}" + "".join(f"{found[name]:10.2f}" for found in dollars))
    sums = [round(sum(found.values()), 2) for found in dollars]
    print(f"  {'in all':16}" + "".join(f"{found:10.2f}" for found in sums))
    return {
        "per_event": {name: [e[name] for e in each] for name in names},
        "dollars_per_month": sums,
        "dollars": dollars,
    }
