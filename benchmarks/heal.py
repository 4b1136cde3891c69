"""A random process of the stack is killed under load, then `satispy up`: what is lost, how long.

60 rounds, or ROUNDS=number, from SEED=number: LocalStack, a function, the service's parent or its
worker, the app is killed (SIGKILL) at a random moment while CSVs are uploaded, reviews posted one
by one and predictions asked for. Twenty odd objects stand in the bucket throughout. Lost is an
upload that was confirmed and gets no receipt, or a confirmed review that is not in the table.
"""

import os
import random
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks._heal import VICTIMS, Load, furnish, kill, settle, up
from infra.stack import Stack
from satispy.settings import Settings
from satispy.storage import Store
from tests.own_stack import stack_in


def run() -> dict[str, Any]:
    rounds = int(os.environ.get("ROUNDS", "60"))
    seed = int(os.environ.get("SEED", "20"))
    with tempfile.TemporaryDirectory() as folder:
        stack = stack_in(Path(folder) / "home")
        try:
            return measure(stack, Path(folder), rounds, random.Random(seed))  # repeatable
        finally:
            stack.down()


def measure(stack: Stack, folder: Path, rounds: int, chance: random.Random) -> dict[str, Any]:
    stack.up()
    load = Load(stack, furnish(stack, folder))
    seconds: list[float] = []
    not_up = 0
    killed: Counter[str] = Counter()
    for number in range(1, rounds + 1):
        time.sleep(chance.uniform(0.5, 5))
        victim = kill(stack, chance.choice(VICTIMS))
        killed[victim] += 1
        time.sleep(chance.uniform(0, 1))
        begin = time.monotonic()
        trouble = up(stack)
        seconds.append(time.monotonic() - begin)
        not_up += bool(trouble)
        told = load.promises
        print(
            f"{number:3} {victim:15} {seconds[-1]:6.1f} s  {len(told.uploads):4} uploads"
            f" {len(told.posted):4} posts {told.predicted:5} predictions {told.refused:4} refused"
            f" {trouble}",
            flush=True,
        )
    promises = load.stop()
    lost = settle(promises, Store.bucket(Settings()))
    print(f"\nkilled: {', '.join(f'{count} × {what}' for what, count in killed.most_common())}")
    print(
        f"confirmed: {len(promises.uploads)} uploads, {len(promises.posted)} posts;"
        f" lost: {len(lost)} {' '.join(lost[:5])}"
    )
    median = statistics.median(seconds)
    print(f"not up again: {not_up} of {rounds}; up after {median:.1f} s (median)")
    return {
        "rounds": rounds,
        "lost": len(lost),
        "not_up": not_up,
        "seconds_median": round(median, 1),
        "seconds_most": round(max(seconds), 1),
        "uploads": len(promises.uploads),
        "posts": len(promises.posted),
        "predictions": promises.predicted,
        "refused": promises.refused,
        "killed": dict(killed),
    }
