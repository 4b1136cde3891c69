"""A bucket as it stands after so many days of a year, without living them."""

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Final

from benchmarks._counted_s3 import CountedS3, Object
from satispy.reports import recent
from satispy.reports.schema import Metrics, ModelReport, Report, Slice
from satispy.reviews import ReviewTable
from satispy.reviews.receipts import Receipt, put_id
from satispy.reviews.stored import StoredReview
from satispy.reviews.table import PREFIX
from satispy.storage import Store

#: A day of the shop, and how its dataset grows: of 1,000 uploads 274 bring something new.
UPLOADS: Final = 1_000
RETRAINS: Final = 24
VERSIONS: Final = 274
FAMILIES: Final = ("gbc", "svm", "ann")
PRAISE: Final = ("livraison rapide", "très contente", "parfait", "super produit", "je recommande")
BLAME: Final = ("jamais reçu", "produit nul", "aucune réponse", "arnaque", "très déçu")
#: What the template's lifecycle keeps of runs and posts.
KEPT_DAYS: Final = 30
#: How long the table keeps word of files that tidying replaced: `KeepDays` of the template.
KEEP_DAYS: Final = 14
#: Rows that are appended to the table at once.
_AT_ONCE: Final = 50_000


@dataclass(frozen=True)
class Shop:
    """What has happened until a day of the year, and how many reviews there are."""

    day: int
    rows: int
    now: datetime

    @property
    def uploads(self) -> int:
        return self.day * UPLOADS

    @property
    def versions(self) -> int:
        return self.day * VERSIONS

    @property
    def reports(self) -> int:
        return self.day * RETRAINS

    def run(self, number: int) -> str:
        """The name of the n-th retrain."""
        return f"v{(number + 1) * self.versions // self.reports:05d}"

    def at(self, number: int, of: int) -> datetime:
        """When the n-th of so many happened."""
        return self.now - timedelta(days=self.day) * ((of - number) / of)


def text(number: int) -> tuple[str, int]:
    """A review nobody else has written, and its stars."""
    draw = Random(number)
    good = draw.random() < 0.7
    words = draw.choices(PRAISE if good else BLAME, k=draw.randint(1, 4))
    name = "".join("abcdefghij"[int(digit)] for digit in str(number))
    return f"{' et '.join(words)} commande {name}", 5 if good else 1


def upload(number: int, rows: int = 2) -> bytes:
    lines = ["Commentaire,star,source,company,index_org,date"]
    for row in range(rows):
        comment, star = text(10_000_000 + number * rows + row)
        lines.append(f"{comment},{star},TrustPilot,ShowRoom,{number * rows + row},02/03/2026")
    return "\n".join(lines).encode()


def fill(s3: CountedS3, store: Store, shop: Shop) -> None:
    """All that a year leaves behind but for what a retrain leaves: that is run for real."""
    begin_table(store, shop.rows)
    age_table(s3, store, shop)
    s3.seed(history, shop)
    # As publishing has left it, update after update: the newest runs, and the last of each day.
    numbers = [
        number
        for number in range(shop.reports)
        if number >= shop.reports - recent.NEWEST or number % RETRAINS == RETRAINS - 1
    ]
    made = [Report.model_validate_json(report(shop, number)) for number in numbers]
    said = recent.Recent(reports=recent.kept(map(recent.short, made)), count=shop.reports)
    store.write(recent.KEY, said.model_dump_json(exclude_defaults=True).encode())


def history(shop: Shop) -> dict[str, Object]:
    """Uploads and receipts, reports, models, and what is kept of runs for a month."""
    objects: dict[str, Object] = {}
    for number in range(shop.uploads):
        when = shop.at(number, shop.uploads)
        name = f"avis-{when:%Y-%m-%d}-{number:06d}"
        etag = f'"{number:032x}"'
        objects[f"uploads/{name}.csv"] = Object(180, etag, when, partial(upload, number))
        objects[f"receipts/{name}.json"] = _lazy(when, partial(receipt, name, etag, when, number))
    for number in range(shop.reports):
        when, run = shop.at(number, shop.reports), shop.run(number)
        objects[f"reports/{run}.json"] = _lazy(when, partial(report, shop, number))
        for family in FAMILIES:
            name = f"models/satispy-{family}/{run}-{number:08x}"
            objects[f"{name}.bentomodel"] = Object(2_000_000, '"m"', when, bytes)
            objects[f"{name}.native.zip"] = Object(2_000_000, '"n"', when, bytes)
        if when > shop.now - timedelta(days=KEPT_DAYS):
            for step in ("prepare", *FAMILIES, "publish"):
                objects[f"runs/{run}/progress/{step}.json"] = _lazy(when, partial(_progress, when))
            objects[f"runs/{run}/verdict.json"] = _lazy(when, bytes)
    return objects


def begin_table(store: Store, rows: int) -> None:
    """So many reviews in as few files as tidying leaves of them."""
    table = ReviewTable(store)
    table.ensure()
    for first in range(0, rows, _AT_ONCE):
        reviews = [_row(number) for number in range(first, min(first + _AT_ONCE, rows))]
        table.append(reviews, {"upload": "before"})


def age_table(s3: CountedS3, store: Store, shop: Shop) -> None:
    """Let the log of the table be as long as that day's: a checkpoint of it, and the commits of
    before under their names. What was tidied in KEEP_DAYS is in the checkpoint."""
    delta = ReviewTable(store).at()
    version = int(delta.version()) + 1
    log = f"{PREFIX}/_delta_log"
    kept = min(shop.versions, KEEP_DAYS * VERSIONS)
    tidied = [
        {
            "remove": {
                "path": f"part-{number:05d}-{hashlib.md5(b'%d' % number).hexdigest()}.parquet",  # noqa: S324  a made-up name
                "deletionTimestamp": int(shop.at(number, kept).timestamp() * 1000),
                "dataChange": False,
                "extendedFileMetadata": True,
                "partitionValues": {},
                "size": 12_000,
            }
        }
        for number in range(kept)
    ]
    about = {"commitInfo": {"timestamp": int(time.time() * 1000), "operation": "OPTIMIZE"}}
    lines = "\n".join(json.dumps(action) for action in (about, *tidied))
    s3.write(f"{log}/{version:020d}.json", lines.encode())
    delta = ReviewTable(store).at()
    delta.create_checkpoint()
    here = max(shop.versions, version)
    checkpoint = s3.read(f"{log}/{version:020d}.checkpoint.parquet")
    said = json.loads(s3.read(f"{log}/_last_checkpoint")) | {"version": here}
    for number in range(version + 1):
        s3.delete(f"{log}/{number:020d}.json")
    s3.delete(f"{log}/{version:020d}.checkpoint.parquet")
    s3.seed(commits, shop, here)
    s3.write(f"{log}/{here:020d}.checkpoint.parquet", checkpoint)
    s3.write(f"{log}/_last_checkpoint", json.dumps(said).encode())
    s3.write(f"{log}/{here:020d}.json", json.dumps(about).encode())


def commits(shop: Shop, here: int) -> dict[str, Object]:
    log = f"{PREFIX}/_delta_log"
    return {
        f"{log}/{number:020d}.json": Object(900, '"c"', shop.at(number, here), bytes)
        for number in range(here)
    }


def receipt(name: str, etag: str, when: datetime, number: int) -> bytes:
    key = f"uploads/{name}.csv"
    new = number % UPLOADS < VERSIONS
    found = Receipt(
        upload=name,
        key=key,
        put=put_id(None, etag, when),
        put_at=when,
        digest=f"{number:064x}",
        received=2,
        added=2 if new else 0,
        duplicate=0 if new else 2,
        dataset_version=number * VERSIONS // UPLOADS,
        encoding="utf-8",
        separator=",",
        columns={each: each for each in ("comment", "star", "source", "company", "date")},
        finished=when,
        seconds=0.5,
    )
    return found.model_dump_json(indent=2).encode()


def report(shop: Shop, number: int) -> bytes:
    when, run = shop.at(number, shop.reports), shop.run(number)
    scores = Metrics(
        rows=shop.rows // 5, accuracy=0.9, f1_0=0.85, f1_1=0.93, macro_f1=0.89, roc_auc=0.95,
        confusion=[[1000, 100], [100, 3000]], brier=0.08, calibration_error=0.01,
    )  # fmt: skip
    parts = [
        Slice(by="company", value=f"shop {at}", rows=200, accuracy=0.9, f1_0=0.8, f1_1=0.9)
        for at in range(20)
    ]
    models = {
        family: ModelReport(
            family=family, tag=f"satispy-{family}:{run}-{number:08x}", origin=scores, unseen=scores,
            requirement_met=True, promoted=True, seconds=60, peak_memory_mb=900, slices=parts,
        )
        for family in FAMILIES
    }  # fmt: skip
    found = Report(
        run=run, created=when, code_version="0.1.0", dataset_version=int(run[1:]), uploads=[],
        rows=shop.rows, train_rows=shop.rows * 4 // 5, test_rows=shop.rows // 5,
        unseen_rows=shop.rows // 5, positive_share=0.7, seed=20, split="identity", seconds=300,
        stages={}, embedding="0" * 64, models=models, alerts=[],
    )  # fmt: skip
    return found.model_dump_json(indent=1).encode()


def _progress(when: datetime) -> bytes:
    return json.dumps({"state": "done", "started": when.isoformat(), "seconds": 60}).encode()


def _row(number: int) -> StoredReview:
    comment, star = text(number)
    return StoredReview(
        id=hashlib.blake2b(b"%d" % number, digest_size=16).digest(),
        comment=comment,
        star=star,
        source="TrustPilot",
        company="ShowRoom",
        number=str(number),
        date="2026-03-02",
        dated=True,
        extra=None,
        upload=f"avis-{number // 2:06d}",
        put="before",
        line=number % 2 + 2,
    )


def _lazy(when: datetime, read: Any) -> Object:
    """Made when it is read: a year of receipts is half a gigabyte."""
    key = f"{when.isoformat()} {read.args if hasattr(read, 'args') else ''}"
    etag = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
    return Object(1_000, f'"{etag}"', when.astimezone(UTC), read)
