"""Broken and odd CSVs by the hundred: each has the fate it must have, and exactly its rows are
stored: comment, star and date. None crashes.

Each file is merged into an empty dataset, in a process whose memory is limited (LIMIT_MB, 900) and
whose time is (SECONDS, 60).
"""

import logging
import multiprocessing
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks._corpus import Odd, corpus
from benchmarks._odd import Said


def outcome(odd: Odd, folder: Path) -> dict[str, Any]:
    """Merge one file; says what became of it and what is wrong with that."""
    from satispy.reviews import ReviewTable, merge_upload
    from satispy.storage import Store

    store = Store.folder(folder)
    key = f"uploads/odd{odd.ending}"
    data = odd.data()
    store.write(key, data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.monotonic()
    receipt = merge_upload(store, key)
    answer = {
        "seconds": time.monotonic() - begin,
        "more_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "outcome": "refused"
        if receipt.refused
        else "with quarantine"
        if receipt.rejected
        else "merged",
        "fault": None,
    }
    fates = receipt.added + receipt.duplicate + receipt.rejected
    stored = _stored(ReviewTable(store)) if receipt.dataset_version else []
    wrong = _wrong(stored, odd.stored) if odd.stored is not None else 0
    answer["wrong_rows"] = wrong
    answer["exact"] = odd.exact
    if odd.refused != bool(receipt.refused) and odd.rows is not None:
        answer["fault"] = f"refused: {receipt.refused}" if receipt.refused else "was not refused"
    elif fates != receipt.received or (odd.rows is not None and receipt.received != odd.rows):
        answer["fault"] = (
            f"{receipt.received} rows received, {fates} with a fate; wanted {odd.rows}"
        )
    elif odd.bad is not None and receipt.rejected != odd.bad:
        answer["fault"] = f"{receipt.rejected} rejected, not {odd.bad}: {receipt.reasons}"
    elif len(stored) != receipt.added:
        answer["fault"] = f"{receipt.added} added, {len(stored)} in the table"
    elif wrong:
        answer["fault"] = f"{wrong} wrong rows: stored {stored[:4]}, wanted {list(odd.stored)[:4]}"
    return answer


def _stored(table: Any) -> list[Said]:
    """Comment, star and date of every row, in their order."""
    from deltalake import QueryBuilder

    query = "select comment, star, date, dated from reviews order by position"
    found: list[Said] = []
    for batch in QueryBuilder().register("reviews", table.at()).execute(query):
        columns = [batch[name].to_pylist() for name in ("comment", "star", "date", "dated")]
        for comment, star, date, dated in zip(*columns, strict=True):
            found.append((comment, star, date if dated else None))
    return found


def _wrong(stored: Sequence[Said], wanted: Sequence[Said]) -> int:
    """Rows that are not there, should not be, or stand elsewhere."""
    missing, unwanted = Counter(wanted) - Counter(stored), Counter(stored) - Counter(wanted)
    moved = 0 if missing or unwanted else sum(a != b for a, b in zip(stored, wanted, strict=True))
    return max(missing.total(), unwanted.total()) + moved


def _in_process(odd: Odd, pipe: Any) -> None:
    limit = int(os.environ.get("LIMIT_MB", "900")) << 20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        pipe.send(outcome(odd, Path(folder)))


def run() -> dict[str, Any]:
    context = multiprocessing.get_context("fork")  # the files are made by closures
    patience = float(os.environ.get("SECONDS", "60"))
    found: Counter[str] = Counter()
    failures, slowest, largest = [], (0.0, ""), (0.0, "")
    files = exact = wrong_rows = 0
    for odd in corpus():
        files += 1
        mine, theirs = context.Pipe()
        process = context.Process(target=_in_process, args=(odd, theirs))
        process.start()
        theirs.close()
        answer: dict[str, Any] | None = None
        try:
            if mine.poll(patience):
                answer = mine.recv()
        except EOFError:
            answer = None
        process.join(5)
        if process.is_alive():
            process.kill()
            process.join()
        if answer is None:
            failures.append(f"{odd.name}: crashed, or took over {patience:.0f} s")
            found["failed"] += 1
            continue
        found[answer["outcome"]] += 1
        exact += answer["exact"]
        wrong_rows += answer["wrong_rows"]
        slowest = max(slowest, (answer["seconds"], odd.name))
        largest = max(largest, (answer["more_mb"], odd.name))
        if answer["fault"]:
            failures.append(f"{odd.name}: {answer['fault']}")
    print(f"{files} files: " + ", ".join(f"{n} {name}" for name, n in found.most_common()))
    print(
        f"slowest {slowest[0]:.1f} s ({slowest[1]}),"
        f" most memory +{largest[0]:.0f} MB ({largest[1]})"
    )
    print(f"{exact} of them with every row told beforehand: {wrong_rows} wrong rows")
    print(f"{len(failures)} failures")
    for failure in failures:
        print(f"  {failure}")
    return {
        "files": files,
        "failures": len(failures),
        "exact": exact,
        "wrong_rows": wrong_rows,
        "by_outcome": dict(found),
        "slowest_seconds": round(slowest[0], 2),
        "most_memory_mb": round(largest[0]),
    }
