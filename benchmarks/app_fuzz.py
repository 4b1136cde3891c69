"""Every action of the app, by nobody, a user, and an admin whose visit has ended: 0 bypasses.

Over HTTP and over raw websockets, which send events to widgets that a page never showed. ATTEMPTS
(10000), SEED (1). A line tells of each 500; one that the app leaves without an answer for two
minutes ends the run with its name. Events take most of the time: the app does and answers each, and
closes a page whose visit has ended within 15 s, however few a busy machine has tried by then. At
the end each action is done by who may: that it works shows that the attempts were well made.
"""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime

import boto3

from benchmarks._app_actions import OF_A_FILE, OF_A_REVIEW, OF_A_ROW
from benchmarks._app_attempts import Attempts
from benchmarks._app_server import KEY, app, bucket_at, door
from benchmarks._served import moto
from satispy.dashboard.progress import StageProgress
from satispy.journal import Actor
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.reports import recent
from satispy.reports import store as reports
from satispy.retraining import turn
from satispy.storage import Store
from tests.dashboard.made_up_reports import make_report
from tests.dashboard.made_up_service import made_up_service

_MERGE = """
import sys
from satispy.reviews import merge_upload
from satispy.settings import Settings
from satispy.storage import Store

merge_upload(Store.bucket(Settings()), sys.argv[1])
"""


def run() -> dict[str, object]:
    with moto() as (s3, _), made_up_service() as service:
        store = _bucket(s3)
        furnish(store)
        os.environ["SATISPY_SERVICE_URL"] = service.url
        with app() as (address, _):
            seed = int(os.environ.get("SEED", "1"))
            attempts = Attempts(address, store, door(store, KEY), lambda: service.asked, seed)
            count = int(os.environ.get("ATTEMPTS", "10000"))
            outcome = asyncio.run(attempts.make(count))
    for who, tried in sorted(outcome.attempts.items()):
        print(f"  {who:44} {tried:6}")
    print(f"  {'all':44} {outcome.attempts.total():6}   {len(outcome.bypasses)} bypasses")
    for bypass in outcome.bypasses[:20]:
        print(f"    {bypass}")
    idle = [name for name, works in outcome.works.items() if not works]
    if idle:
        sys.exit(f"By who may, these had no effect, so the attempts prove nothing: {idle}")
    return {
        "attempts": outcome.attempts.total(),
        "bypasses": len(outcome.bypasses),
        "by_kind": dict(outcome.attempts),
    }


def furnish(store: Store) -> None:
    """So that there is something to act on: reviews, a file that was refused, rejected rows, two
    promotions, models that do not serve, a run that goes on and one that failed, an alert."""
    files = {
        "refused": f"Fiche;Ressenti;Dit\n{OF_A_FILE};9;Robe reçue en deux jours\n",
        "mixed": f"Commentaire,star\n{OF_A_REVIEW},5\n{OF_A_ROW},zéro\n",
    }
    for name, content in files.items():
        key = f"uploads/{name}.csv"
        store.write(key, content.encode())
        # Elsewhere: a merge holds the interpreter's lock, which an S3 server may need.
        subprocess.run([sys.executable, "-c", _MERGE, key], check=True)
    poor = make_report(1, -0.12)
    reports.save(store, poor)
    recent.note(store, poor)
    _promote_twice(store)
    now = datetime.now(UTC)
    for run, state in (("v00008", "failed"), ("v00009", "running")):
        progress = StageProgress(state=state, started=now)
        store.write(f"runs/{run}/progress/prepare.json", progress.model_dump_json().encode())
        turn.take(store, run, now)


def _promote_twice(store: Store) -> None:
    for version in ("v1", "v2"):
        production = Production(
            tag=f"satispy-gbc:{version}",
            archive=f"models/satispy-gbc/{version}.bentomodel",
            digest="0badcafe",
            run="v00001",
            dataset_version=1,
            since=datetime.now(UTC),
            accuracy=0.9,
        )
        pointer.promote(store, "gbc", production, "a run", Actor(who="publish", via="pipeline"))


def _bucket(s3: str) -> Store:
    store = bucket_at(s3)
    where = {"LocationConstraint": "eu-west-3"}
    boto3.client("s3").create_bucket(Bucket="satispy", CreateBucketConfiguration=where)
    return store
