"""Uploads made to be hard, handlers killed at random, and a checker that trusts nobody."""

import csv
import io
import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import BaseContext
from typing import Any

from deltalake import DeltaTable, QueryBuilder

from satispy.storage import Store

COLUMNS = ("Commentaire", "star", "source", "company", "index_org", "date")


@dataclass(frozen=True)
class Upload:
    key: str
    data: bytes
    rows: list[dict[str, str]]  # as a careful person reads them
    refused: bool = False


@dataclass
class Work:
    """A delivery in flight."""

    upload: Upload
    process: Any
    dies_at: float | None


@dataclass
class Outcome:
    uploads: int
    deliveries: int = 0
    kills: int = 0
    rows: int = 0
    lost: int = 0
    twice: int = 0
    wrong_fate: int = 0
    seconds: float = 0
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "faults"}


def uploads(seed: int, count: int, largest: int) -> Iterator[Upload]:
    """CSVs of 1 to `largest` rows: overlapping, sent twice, full of twins, some broken."""
    draw = random.Random(seed)
    universe = [_review(draw, number) for number in range(count * largest // 5)]
    sent: list[Upload] = []
    for index in range(count):
        size = draw.randint(1, largest)
        kind = draw.random()
        key = f"uploads/{index:04d}.csv"
        if kind < 0.08:
            yield Upload(key, b"objet,mesure\nbien,5\n", [], refused=True)
            continue
        if kind < 0.2 and sent:
            again = draw.choice(sent)
            yield Upload(key, again.data, again.rows)
            continue
        start = draw.randrange(len(universe))
        rows = [dict(universe[(start + i) % len(universe)]) for i in range(size)]
        if kind < 0.45:  # files without any number: the n-th twin counts
            rows = [
                {**row, "index_org": "", "Commentaire": row["Commentaire"][:12]} for row in rows
            ]
        for row in rows:
            if draw.random() < 0.03:
                row.update(
                    draw.choice([{"star": "6"}, {"Commentaire": "  "}, {"star": "beaucoup"}])
                )
        upload = Upload(key, _csv(draw, rows), rows)
        sent.append(upload)
        yield upload


def _review(draw: random.Random, number: int) -> dict[str, str]:
    text = draw.choice(["parfait", "très bien", "déçue, jamais reçu", "r.a.s", 'le "top"', "a\nb"])
    if draw.random() < 0.5:
        text += f" {number % 5000}"
    return {
        "Commentaire": text,
        "star": str(draw.randint(1, 5)),
        "source": draw.choice(["TrustPilot", "TrustedShop"]),
        "company": draw.choice(["ShowRoom", "VeePee", ""]),
        "index_org": str(number),
        "date": f"{draw.randint(1, 28):02d}/0{draw.randint(1, 9)}/2021",
    }


def _csv(draw: random.Random, rows: Sequence[dict[str, str]]) -> bytes:
    out = io.StringIO()
    columns = list(COLUMNS)
    draw.shuffle(columns)
    writer = csv.DictWriter(out, columns, delimiter=draw.choice(",;\t"))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(draw.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))


def torture(
    store: Store,
    merge: Callable[[str], None],
    seed: int,
    *,
    count: int,
    largest: int,
    at_once: int,
    deliveries: int = 3,
    kill_share: float = 0.4,
    longest_life: float = 1.0,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Deliver every event several times, in any order, killing handlers; then check everything.

    `merge(key)` runs in a process of its own; one that is killed or fails is delivered again, as
    the queue does.
    """
    draw = random.Random(seed + 1000)
    inputs = list(uploads(seed, count, largest))
    for upload in inputs:
        store.write(upload.key, upload.data)
    outcome = Outcome(uploads=count, rows=sum(len(upload.rows) for upload in inputs))
    waiting = [upload for upload in inputs for _ in range(deliveries)]
    draw.shuffle(waiting)
    flying: list[Work] = []
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["functions.merge_upload", merge_module(merge)])
    begin = time.monotonic()
    while waiting or flying:
        while waiting and len(flying) < at_once:
            flying.append(_deliver(context, waiting.pop(), merge, draw, kill_share, longest_life))
            outcome.deliveries += 1
        time.sleep(0.002)
        for work in list(flying):
            if work.dies_at and time.monotonic() > work.dies_at and work.process.is_alive():
                os.kill(work.process.pid, signal.SIGKILL)
                work.process.join()
                outcome.kills += 1
            if not work.process.is_alive():
                work.process.join()
                flying.remove(work)
                if work.process.exitcode != 0:
                    waiting.insert(draw.randint(0, len(waiting)), work.upload)
                if outcome.deliveries % 50 == 0:
                    say(f"{len(waiting)} deliveries to go, {outcome.kills} killed")
    outcome.seconds = round(time.monotonic() - begin, 1)
    check(store, inputs, outcome)
    return outcome


def merge_module(merge: Callable[[str], None]) -> str:
    return str(getattr(merge, "func", merge).__module__)


def _deliver(
    context: BaseContext,
    upload: Upload,
    merge: Callable[[str], None],
    draw: random.Random,
    kill_share: float,
    longest_life: float,
) -> Work:
    process = context.Process(target=merge, args=(upload.key,), daemon=True)  # type: ignore[attr-defined]
    process.start()
    dies = draw.random() < kill_share
    return Work(upload, process, time.monotonic() + draw.uniform(0, longest_life) if dies else None)


# ---- the checker: it reads the inputs, the table and the receipts, and calls none of our code ----


def check(store: Store, inputs: Sequence[Upload], outcome: Outcome) -> None:
    table = list(_table_rows(store))
    expected: Counter[tuple[str, ...]] = Counter()
    for upload in inputs:
        of_file: Counter[tuple[str, ...]] = Counter()
        for row in upload.rows:
            if _is_good(row):
                of_file[_said(row)] += 1
        for said, times in of_file.items():
            # With a number a review is itself; without, the n-th twin of a file counts.
            expected[said] = max(expected[said], 1 if said[4] else times)
    found = Counter(_said(row) for row in table)
    outcome.lost = sum((expected - found).values())
    outcome.twice = sum((found - expected).values())

    by_upload: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in table:
        by_upload[row["upload"]].append(row)
    for upload in inputs:
        if fault := _fault(store, upload, by_upload[upload.key[8:-4]]):
            outcome.wrong_fate += 1
            outcome.faults.append(f"{upload.key}: {fault}")
    positions = sorted(int(row["position"]) for row in table)
    if positions != list(range(len(table))):
        outcome.wrong_fate += 1
        outcome.faults.append("the positions in the table have gaps or repeats")


def _fault(store: Store, upload: Upload, stored: Sequence[dict[str, str]]) -> str | None:
    """What is wrong with what became of this upload."""
    name = upload.key[8:-4]
    if not store.exists(f"receipts/{name}.json"):
        return "no receipt"
    receipt = json.loads(store.read(f"receipts/{name}.json"))
    if upload.refused:
        return None if receipt["refused"] and not stored else "was not refused"
    bad = [row for row in upload.rows if not _is_good(row)]
    if receipt["received"] != len(upload.rows) or receipt["rejected"] != len(bad):
        return f"{receipt['received']} received, {receipt['rejected']} rejected"
    if receipt["added"] != len(stored):
        return f"{receipt['added']} added says the receipt, {len(stored)} stand in the table"
    if receipt["added"] + receipt["duplicate"] + receipt["rejected"] != receipt["received"]:
        return "the receipt does not add up"
    # A rating without words is rejected, but nobody is asked to mend it.
    bad = [row for row in bad if row["Commentaire"].strip() or row["star"] not in "12345"]
    if bad:
        text = store.read(f"quarantine/{name}.csv").decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=receipt["separator"])
        kept = [_cells(row) for row in rows]
        if kept != [_cells(row) for row in bad]:
            return "the quarantine does not hold the bad rows"
    elif store.exists(f"quarantine/{name}.csv"):
        return "a quarantine without bad rows"
    by_line = _by_line(upload)
    for row in stored:
        if _said(by_line[int(row["line"])]) != _said(row):
            return f"line {row['line']} is not what the table says of it"
    return None


def _by_line(upload: Upload) -> dict[int, dict[str, str]]:
    line, found = 2, {}
    for row in upload.rows:
        found[line] = row
        line += 1 + row["Commentaire"].count("\n")
    return found


def _is_good(row: dict[str, str]) -> bool:
    return bool(row["Commentaire"].strip()) and row["star"] in ("1", "2", "3", "4", "5")


def _cells(row: dict[str, str]) -> list[str]:
    return [row[name] for name in COLUMNS]


def _said(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in COLUMNS)


def _table_rows(store: Store) -> Iterator[dict[str, str]]:
    delta = DeltaTable(store.table_url("reviews"), storage_options=store.options)
    names = ("comment", "star", "source", "company", "number", "date", "upload", "line", "position")
    query = QueryBuilder().register("reviews", delta).execute("select * from reviews")
    for batch in query:
        for values in zip(*(batch[name].to_pylist() for name in names), strict=True):
            row = {name: str(value or "") for name, value in zip(names, values, strict=True)}
            row["position"] = row["position"] or "0"
            year, month, day = row["date"].split("-")
            yield {
                **row,
                "Commentaire": row["comment"],
                "index_org": row["number"],
                "date": f"{day}/{month}/{year}",
            }
