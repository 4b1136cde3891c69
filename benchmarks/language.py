"""Text pipeline: reviews of 30 words a second on one core, beside the origin's token pattern.

And what a retrain reads: all texts anew, or what the run before it kept of them.
On the real reviews of SATISPY_REAL_DATA (or ../shared/data), else on generated ones.
"""

import csv
import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from satispy.language import TextPipeline
from satispy.retraining.prepare import read_texts
from satispy.runs.parts import Parts
from satispy.storage import Store

#: What the origin counted: no marks, no emoji, no numbers, one letter words lost.
ORIGIN = re.compile(r"[a-zéèêàâîïàùçôëûæœ]{2,}")


def reviews() -> tuple[str, list[str]]:
    folder = Path(os.environ.get("SATISPY_REAL_DATA", "../shared/data"))
    files = sorted(folder.glob("*data*.csv"))
    if not files:
        from satispy.demo.generate import FORUM, Writer

        writer = Writer(seed=1)
        return "generated", [writer.review(FORUM)[0] for _ in range(5_000)]
    texts: list[str] = []
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as file:
            texts += [row["Commentaire"] for row in csv.DictReader(file)]
    return "real", texts


def rate(work: Callable[[str], object], texts: list[str]) -> float:
    """Texts a second of processor time: the best of five."""
    seconds = []
    for _ in range(5):
        begin = time.process_time()
        for text in texts:
            work(text)
        seconds.append(time.process_time() - begin)
    return len(texts) / min(seconds)


def prepared_rates(texts: list[str]) -> tuple[float, float]:
    """Texts a second as a retrain reads them: all anew, and all known from the run before."""
    anew, known = [], []
    with tempfile.TemporaryDirectory() as folder:
        store = Store.folder(Path(folder))
        for _ in range(5):
            begin = time.process_time()
            read_texts(texts, Parts(store, "before", len(texts)))
            anew.append(time.process_time() - begin)
            begin = time.process_time()
            read_texts(texts, Parts(store, "now", len(texts)), Parts.of_run(store, "before"))
            known.append(time.process_time() - begin)
    return len(texts) / min(anew), len(texts) / min(known)


def run() -> dict[str, Any]:
    kind, found = reviews()
    words = " ".join(found).split()
    start = Random(1).randrange(1_000)
    texts = [" ".join(words[i : i + 30]) for i in range(start, len(words) - 30, 30)]
    pipeline = TextPipeline()
    rates = {
        "tokens": rate(pipeline.tokens, texts),
        "tokens and words": rate(lambda text: pipeline.words(pipeline.tokens(text)), texts),
        "normalise": rate(pipeline.normalise, texts),
        "origin": rate(lambda text: ORIGIN.findall(text.lower()), texts),
    }
    rates["a retrain, all new"], rates["… all known"] = prepared_rates(texts)
    print(f"{len(texts):,} texts of 30 words from {kind} reviews, one core\n")
    for name, per_second in rates.items():
        ratio = rates["origin"] / per_second
        print(f"{name:18} {per_second:9,.0f} a second   {ratio:4.1f} × the origin's time")
    return {
        "reviews": kind,
        "per_second": rates["tokens"],
        "per_second_by_step": rates,
        "time_ratio_to_origin": rates["origin"] / rates["tokens"],
    }
