"""Each step of a retrain, in a process of its own: memory and time beside what its function has.

Generated reviews, merged before. Processor seconds are those of a machine like this one, scaled by
the processors that come with a function's memory (1769 MB each, docs.aws.amazon.com/lambda/latest/
dg/configuration-memory.html); one thread counts one processor at most. ROWS (300000) of the
dataset, MAX_ROWS (the template's MaxTrainingRows) that are read of them, 0 for all; THREADS (1).
A step fits that takes 90 % of the memory at most, and of the time.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from benchmarks._served import REPOSITORY
from infra.template import load
from satispy.costs import MB_OF_A_PROCESSOR, PRICES
from satispy.demo.generate import write_walk
from satispy.models.family import FAMILIES
from satispy.reviews import ReviewTable
from satispy.reviews.identity import content_key, identity
from satispy.reviews.schema import Review
from satispy.reviews.stored import StoredReview
from satispy.storage import Store

FUNCTIONS: Final = {
    "prepare": "Prepare",
    **dict.fromkeys(FAMILIES, "Train"),
    "publish": "Publish",
}
ROOM: Final = 0.9
_AT_ONCE: Final = 50_000
_MB: Final = 1 << 20


@dataclass(frozen=True)
class Took:
    """What a process took here."""

    seconds: float
    processor_seconds: float
    peak_mb: float
    #: Left in the store of models and beside it: what a function needs of /tmp.
    disk_mb: float


@dataclass(frozen=True)
class Has:
    """What the template gives a function."""

    mb: int
    seconds: int
    disk_mb: int

    @property
    def processors(self) -> float:
        return self.mb / MB_OF_A_PROCESSOR

    def seconds_of(self, took: Took) -> float:
        """In the function, with as many threads busy at once as were here, one at least."""
        busy = max(1.0, took.processor_seconds / took.seconds)
        return took.processor_seconds / min(self.processors, busy)

    def fits(self, took: Took) -> bool:
        return (
            took.peak_mb <= ROOM * self.mb
            and self.seconds_of(took) <= ROOM * self.seconds
            and took.disk_mb <= ROOM * self.disk_mb
        )


def given() -> dict[str, Has]:
    template = load(REPOSITORY / "template.yaml")
    usual = template["Globals"]["Function"]
    found = {}
    for step, name in FUNCTIONS.items():
        properties = usual | template["Resources"][name]["Properties"]
        disk = properties["EphemeralStorage"]["Size"]
        found[step] = Has(properties["MemorySize"], properties["Timeout"], disk)
    return found


def rows(folder: Path, wanted: int) -> Iterator[StoredReview]:
    """Of generated reviews, as merging stores them."""
    seen: dict[bytes, int] = {}
    for path in write_walk(folder, scale=wanted / 14_000):
        with path.open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                review = Review(
                    comment=row["Commentaire"],
                    star=int(row["star"]),
                    source=row["source"],
                    company=row["company"],
                    number=row["index_org"],
                )
                content = content_key(review, review.comment)
                twin = seen.get(content, 0)
                seen[content] = twin + 1
                yield StoredReview(
                    id=identity(content, twin),
                    comment=review.comment,
                    star=review.star,
                    source=review.source,
                    company=review.company,
                    number=review.number,
                    date="2026-01-01",
                    dated=False,
                    extra=None,
                    upload=path.stem,
                    put="before",
                    line=line,
                )


def begin(folder: Path, wanted: int) -> int:
    """A table of so many reviews; returns how many there are."""
    table = ReviewTable(Store.folder(folder / "bucket"))
    table.ensure()
    fill(table, folder, wanted)
    return table.count()


def fill(table: ReviewTable, folder: Path, wanted: int) -> None:
    """Append so many generated reviews; `folder` is for their files."""
    made = islice(rows(folder / "walk", wanted), wanted)
    while part := list(islice(made, _AT_ONCE)):
        table.append(part, {"upload": part[0].upload})


def run_step(step: str, folder: Path, environment: Mapping[str, str]) -> Took:
    command = [sys.executable, "-m", "benchmarks._step", step, str(folder)]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=REPOSITORY, env=dict(environment))
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{step} ended with {process.returncode}")
    return Took(
        seconds=time.perf_counter() - start,
        processor_seconds=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss / 1024,
        disk_mb=sum(
            path.stat().st_size for path in (folder / "bentoml").rglob("*") if path.is_file()
        )
        / _MB,
    )


def measured(
    wanted: int,
    max_rows: int,
    threads: int = 1,
    parameters: str = "{}",
    steps: Iterable[str] = FUNCTIONS,
) -> tuple[int, dict[str, Took]]:
    """How many rows there were, and what each step took."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SATISPY_")} | {
        **dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), str(threads)
        ),
        "TF_NUM_INTEROP_THREADS": "1",
        "SATISPY_MAX_TRAINING_ROWS": str(max_rows),
        "SATISPY_PARAMETERS": parameters,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = begin(folder, wanted)
        return rows, {step: run_step(step, folder, environment) for step in steps}


def run() -> dict[str, Any]:
    template = load(REPOSITORY / "template.yaml")
    most = int(os.environ.get("MAX_ROWS", template["Parameters"]["MaxTrainingRows"]["Default"]))
    wanted, threads = int(os.environ.get("ROWS", "300000")), int(os.environ.get("THREADS", "1"))
    return told(*measured(wanted, most, threads), most)


def told(rows: int, found: Mapping[str, Took], most: int) -> dict[str, Any]:
    """Prints the table."""
    has = given()
    print(f"{rows:,} rows, of which {min(rows, most or rows):,} are read\n")
    print(
        f"{'':10}{'processor s':>12}{'s there':>9}{'of s':>6}{'peak MB':>9}{'of MB':>7}"
        f"{'disk MB':>9}{'of MB':>7}{'$ a run':>9}"
    )
    figures: dict[str, Any] = {}
    for step, took in found.items():
        its = has[step]
        there = its.seconds_of(took)
        dollars = PRICES["gb_second"].of(there * its.mb / 1024)
        print(
            f"{step:10}{took.processor_seconds:12.1f}{there:9.1f}{its.seconds:6}{took.peak_mb:9.0f}"
            f"{its.mb:7}{took.disk_mb:9.0f}{its.disk_mb:7}{dollars:9.4f}"
            f"{'' if its.fits(took) else '  does not fit'}"
        )
        figures[step] = {
            "seconds_here": round(took.seconds, 2),
            "processor_seconds": round(took.processor_seconds, 2),
            "seconds_in_lambda": round(there, 2),
            "timeout_seconds": its.seconds,
            "peak_memory_mb": round(took.peak_mb),
            "memory_mb": its.mb,
            "disk_mb": round(took.disk_mb),
            "ephemeral_storage_mb": its.disk_mb,
            "dollars": round(dollars, 5),
            "fits": its.fits(took),
        }
    whole = sum(each["dollars"] for each in figures.values())
    print(f"{'whole':10}{'':59}{whole:9.4f}")
    return {
        "rows": rows,
        "rows_read": min(rows, most or rows),
        "steps": figures,
        "dollars_a_run": round(whole, 5),
        "everything_fits": all(each["fits"] for each in figures.values()),
    }
