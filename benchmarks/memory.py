"""Memory of each step of a retrain of 125,000 generated reviews, beside what it took before 0071.

Each step in a process of its own, one thread, all rows read. The baseline is commit 648129b on the
machine of two cores where decision 0071 was measured; there is none for other ROWS. Processor
seconds stand beside it too: on a busy machine or another one they say little.
"""

import os
from typing import Any, Final

from benchmarks.limits import measured

BASELINE_ROWS: Final = 125_000
#: (peak MB, processor seconds) of each step.
BASELINE: Final = {
    "prepare": (798, 55.8),
    "gbc": (425, 23.8),
    "svm": (2741, 58.4),
    "ann": (1242, 29.7),
    "publish": (553, 18.9),
}


def run() -> dict[str, Any]:
    wanted = int(os.environ.get("ROWS", str(BASELINE_ROWS)))
    rows, took = measured(wanted, 0)
    baseline = BASELINE if rows == BASELINE_ROWS else {}
    print(f"{rows:,} rows\n")
    print(f"{'':10}{'peak MB':>9}{'before':>9}{'ratio':>7}{'processor s':>13}{'before':>9}")
    for step, its in took.items():
        line = f"{step:10}{its.peak_mb:9.0f}"
        if step in baseline:
            mb, seconds = baseline[step]
            line += f"{mb:9}{its.peak_mb / mb:7.2f}{its.processor_seconds:13.1f}{seconds:9.1f}"
        print(line)
    figures: dict[str, Any] = {
        "rows": rows,
        "peak_memory_mb": {step: round(its.peak_mb) for step, its in took.items()},
        "processor_seconds": {step: round(its.processor_seconds, 1) for step, its in took.items()},
    }
    if baseline:
        most = max(its.peak_mb for its in took.values()) / max(mb for mb, _ in baseline.values())
        spent = sum(its.processor_seconds for its in took.values())
        before = sum(seconds for _, seconds in baseline.values())
        print(f"\nthe largest step: {most:.2f} of before; processor seconds of all: {spent:.0f},")
        print(f"{before:.0f} before")
        figures |= {
            "ratio": {s: round(its.peak_mb / baseline[s][0], 3) for s, its in took.items()},
            "ratio_of_largest": round(most, 3),
            "processor_ratio": round(spent / before, 3),
        }
    return figures
