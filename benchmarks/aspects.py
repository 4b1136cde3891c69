"""What real reviews speak of, beside labels by hand: F1 of aspects, polarity, coverage, speed.

Beside them the seeds alone: without the sentiment model, which is asked where no word says which
way a clause points.

Reads every aspects*.csv of the real folder (star, comment, aspects, also_right): `aspects` names
what a review speaks of and how (« delivery- quality+ »), `also_right` counts neither way. They are
for measuring only: none is printed, and reviews of the real files that stand in them are left out
of what the sentiment model, gbc, learns from, by their text.

SATISPY_REAL_DATA: folder of the CSVs (default ../shared/data). SEED (default 20).
"""

import csv
import os
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._real_reviews import FOLDER, merged, real_files
from satispy.aspects.model import AspectModel
from satispy.aspects.reading import AspectReader, Documents, by_aspect
from satispy.aspects.taxonomy import shipped
from satispy.language import TextPipeline
from satispy.models.families import load
from satispy.models.parameters import Parameters
from satispy.models.sentiment import SentimentModel
from satispy.promotion.insights import read_all
from satispy.retraining.prepare import read_texts, split
from satispy.retraining.train import fit
from satispy.reviews import ReviewSet, ReviewTable
from satispy.runs.primed import with_primer

SEED = int(os.environ.get("SEED", "20"))
#: Negative reviews of more tokens should speak of something.
SHORT = 5

Figures = dict[str, Any]


@dataclass(frozen=True)
class Labelled:
    text: str
    #: Polarities that were named, by aspect: "+", "-" or both.
    aspects: dict[str, set[str]]
    #: Of the aspects and of those that are right as well.
    also: dict[str, set[str]]


@dataclass
class Counts:
    found: int = 0
    wrong: int = 0
    missed: int = 0

    def figures(self) -> dict[str, float | int]:
        precision = self.found / max(1, self.found + self.wrong)
        recall = self.found / max(1, self.found + self.missed)
        f1 = 2 * self.found / max(1, 2 * self.found + self.wrong + self.missed)
        return {
            "f1": f1,
            "precision": precision,
            "recall": recall,
            "labels": self.found + self.missed,
        }


def run() -> Figures:
    files = {path.stem: labelled(path) for path in sorted(FOLDER.glob("aspects*.csv"))}
    if not files:
        raise SystemExit(f"No aspects*.csv in {FOLDER.resolve()}: set SATISPY_REAL_DATA")
    with tempfile.TemporaryDirectory() as folder:
        store, _ = merged(Path(folder) / "bucket", real_files())
        reviews = ReviewTable(store).read()
        plain = TextPipeline().normalise
        held = {plain(each.text) for read in files.values() for each in read}
        kept = [at for at, text in enumerate(reviews.comments) if plain(text) not in held]
        model = AspectModel.of(shipped())
        reader = AspectReader(model, gbc(reviews, kept, Path(folder) / "gbc").probabilities)
        seeds = AspectReader(model, _no_opinion)
        found: Figures = {stem: scores(read, reader, seeds) for stem, read in files.items()}
        everything = scores([each for read in files.values() for each in read], reader, seeds)
        found = everything | {"files": found} | on_real_reviews(reviews, reader)
    print_tables(found, len(kept), len(reviews))
    return found


def labelled(path: Path) -> list[Labelled]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["comment"].strip()]
    read = []
    for row in rows:
        named = parsed(row["aspects"])
        also = parsed(f"{row['aspects']} {row.get('also_right') or ''}")
        read.append(Labelled(row["comment"], named, also))
    if strange := {name for each in read for name in each.also} - set(shipped().names):
        raise SystemExit(f"{path.name} names aspects that there are not: {sorted(strange)}")
    return read


def parsed(labels: str) -> dict[str, set[str]]:
    """« delivery- quality+ » → {"delivery": {"-"}, "quality": {"+"}}."""
    found: dict[str, set[str]] = {}
    for name, sign in re.findall(r"(\w+)([+-])", labels):
        found.setdefault(name, set()).add(sign)
    return found


def gbc(reviews: ReviewSet, kept: Sequence[int], folder: Path) -> SentimentModel:
    texts = reviews.texts.of(kept)
    ready = split(
        read_texts([texts[at] for at in kept]),
        [reviews.stars[at] for at in kept],
        np.zeros(len(kept), dtype=bool),
        SEED,
        sources=[reviews.sources[at] for at in kept],
    )
    rows = with_primer(ready.training())
    fit("gbc", rows, Parameters(), SEED).save(folder, rows, SEED)
    return load(folder)


def _no_opinion(documents: Documents) -> tuple[np.ndarray, np.ndarray]:
    return np.full(len(documents), 0.5), np.zeros(len(documents), dtype=int)


def scores(read: Sequence[Labelled], reader: AspectReader, seeds: AspectReader) -> Figures:
    return measured(read, reader) | {"seeds_alone": measured(read, seeds), "texts": len(read)}


def measured(read: Sequence[Labelled], reader: AspectReader) -> Figures:
    """Micro-averaged over the aspects of all reviews; polarity of those that were found."""
    by_name = {name: Counts() for name in reader.model.taxonomy.names}
    right = asked = 0
    for each, mentions in zip(read, reader.read([each.text for each in read]), strict=True):
        said = by_aspect(mentions)
        for name, counts in by_name.items():
            if name in each.aspects:
                counts.found += name in said
                counts.missed += name not in said
                if name in said:
                    asked += 1
                    right += ("-" if said[name].complains else "+") in each.aspects[name]
            elif name in said and name not in each.also:
                counts.wrong += 1
    total = Counts(
        sum(each.found for each in by_name.values()),
        sum(each.wrong for each in by_name.values()),
        sum(each.missed for each in by_name.values()),
    ).figures()
    return {
        "micro_f1": total["f1"],
        "precision": total["precision"],
        "recall": total["recall"],
        "polarity": right / max(1, asked),
        "by_aspect": {name: each.figures() for name, each in by_name.items()},
    }


def on_real_reviews(reviews: ReviewSet, reader: AspectReader) -> Figures:
    """Share of the longer negative reviews with an aspect; reviews a second, polarity and all."""
    tokens = TextPipeline().tokens
    texts = list(reviews.comments)
    seconds, mentions = [], []
    for _ in range(3):
        begin = time.process_time()
        mentions = read_all(reader, texts)
        seconds.append(time.process_time() - begin)
    counted = [
        bool(found)
        for text, star, found in zip(texts, reviews.stars, mentions, strict=True)
        if star < 3 and len(tokens(text)) > SHORT
    ]
    return {
        "coverage": float(np.mean(counted)),
        "negative_reviews": len(counted),
        "reviews_per_second": len(texts) / min(seconds),
    }


def print_tables(found: Figures, learned: int, reviews: int) -> None:
    print(f"\n{found['texts']} reviews with labels; learned from {learned} of {reviews} others\n")
    print(f"{'':24}{'F1':>8}{'precision':>11}{'recall':>8}{'polarity':>10}")
    rows = [("all files", found), ("  the seeds alone", found["seeds_alone"])]
    for stem, each in found["files"].items():
        rows += [(stem, each), ("  the seeds alone", each["seeds_alone"])]
    for name, each in rows:
        print(
            f"{name:24}{each['micro_f1']:8.3f}{each['precision']:11.3f}{each['recall']:8.3f}"
            f"{each['polarity']:10.3f}"
        )
    print()
    for name, each in found["by_aspect"].items():
        print(
            f"{name:24}{each['f1']:8.3f}{each['precision']:11.3f}{each['recall']:8.3f}"
            f"{each['labels']:10} labels"
        )
    print(
        f"\n{found['coverage']:.1%} of {found['negative_reviews']} negative reviews of more than "
        f"{SHORT} tokens speak of an aspect; {found['reviews_per_second']:,.0f} reviews a second"
    )
