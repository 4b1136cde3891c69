"""What models of the real reviews make of plain remarks, short reviews and each source.

Trains at the newest update of the real folder, on the published split, and asks gbc, svm, ann,
their ensemble and a linear model about every plain_french*.csv there (label, kind, text). The
texts are for measuring only: none is printed, and none may stand in the primer.

SATISPY_REAL_DATA: folder of the CSVs (default ../shared/data). SEEDS: how many (default 3).
PRIMER=0 leaves the primer out. DATA=demo trains on the reviews of `make demo` instead; the
remarks are still those of the real folder.
"""

import csv
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._real_reviews import FOLDER, merged, real_files
from benchmarks._scored import MODELS, Scorers, newest, scorers
from satispy.demo.generate import DEMO_SCALE, write_walk
from satispy.language import TextPipeline
from satispy.primer import sentences
from satispy.reports.metrics import measure
from satispy.reviews import ReviewSet

SEEDS = range(20, 20 + int(os.environ.get("SEEDS", "3")))
PRIMER = os.environ.get("PRIMER") != "0"
LENGTHS = {"1-8": (1, 8), "9-16": (9, 16)}
NEGATIVE = frozenset(("0", "0.0", "-1", "negative", "négatif", "negatif", "neg", "nég", "n"))
POSITIVE = frozenset(("1", "1.0", "positive", "positif", "pos", "p"))

Figures = dict[str, Any]


@dataclass(frozen=True)
class Remarks:
    texts: list[str]
    labels: np.ndarray


def run() -> Figures:
    files = {path.stem: remarks(path) for path in sorted(FOLDER.glob("plain_french*.csv"))}
    with tempfile.TemporaryDirectory() as folder:
        demo = os.environ.get("DATA") == "demo"
        uploads = write_walk(Path(folder) / "csv", scale=DEMO_SCALE) if demo else real_files()
        store, _ = merged(Path(folder) / "bucket", uploads)
        new = {stem: not_in_primer(read) for stem, read in files.items()}
        found = []
        for seed in SEEDS:
            reviews, ready = newest(store, seed)
            trained = scorers(ready, seed, primer=PRIMER)
            found.append(figures_of(trained, reviews, files) | {"new": plain(trained, new)})
    average = {"rows": len(reviews)} | {
        part: combined([each[part] for each in found], np.mean) for part in found[0]
    }
    spread = {part: combined([each[part] for each in found], np.std) for part in found[0]}
    for stem, read in files.items():
        average["plain"].setdefault(stem, {})
        for model in MODELS:
            average["plain"][stem][model]["texts"] = len(read.texts)
    print_tables(average, spread, files, new)
    del average["new"]
    return average


def remarks(path: Path) -> Remarks:
    """Raises SystemExit for a label that is neither."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["text"].strip()]
    said = [row["label"].strip().lower() for row in rows]
    if strange := set(said) - NEGATIVE - POSITIVE:
        raise SystemExit(f"{path.name} has labels that are neither: {', '.join(sorted(strange))}")
    return Remarks(
        [row["text"] for row in rows], np.array([each in POSITIVE for each in said], int)
    )


def not_in_primer(read: Remarks) -> Remarks:
    """Those that no sentence of the primer says word for word."""
    plain = TextPipeline().normalise
    known = {plain(each.text) for each in sentences()}
    kept = [at for at, text in enumerate(read.texts) if plain(text) not in known]
    return Remarks([read.texts[at] for at in kept], read.labels[kept])


def plain(trained: Scorers, files: dict[str, Remarks]) -> Figures:
    tokens = TextPipeline().tokens
    return {
        stem: {
            model: recalls(read.labels, trained.ask(model, map(tokens, read.texts)))
            for model in MODELS
        }
        for stem, read in files.items()
    }


def figures_of(trained: Scorers, reviews: ReviewSet, files: dict[str, Remarks]) -> Figures:
    """Everything of one seed, by part of the report."""
    test, labels, unseen = trained.test, trained.labels, trained.unseen
    sources = np.array([reviews.sources[at] for at in test], dtype=object)
    lengths = trained.documents.lengths
    answers = {model: trained.ask(model, trained.documents) for model in MODELS}
    # As served: a text with no known word has the share of positive reviews.
    served = {m: np.nan_to_num(said, nan=trained.base_rate) for m, said in answers.items()}
    return {
        "accuracy": {m: right(labels, served[m]) for m in MODELS},
        "unseen": {m: right(labels[unseen], served[m][unseen]) for m in MODELS},
        "plain": plain(trained, files),
        "short": {
            m: {
                name: recalls(labels[rows], answers[m][rows])
                for name, (least, most) in LENGTHS.items()
                for rows in [(lengths >= least) & (lengths <= most)]
            }
            for m in MODELS
        },
        "f1_0_by_source": {
            m: {
                source: measure(labels[rows], served[m][rows]).f1_0
                for source in sorted(set(sources))
                for rows in [sources == source]
            }
            for m in MODELS
        },
    }


def right(labels: np.ndarray, answers: np.ndarray) -> float:
    return float(np.mean((answers >= 0.5) == labels))


def recalls(labels: np.ndarray, answers: np.ndarray) -> dict[str, float | None]:
    """Share recognised of each label, None where there is none; unknown (NaN) is not recognised."""
    said = {"negative": answers < 0.5, "positive": answers >= 0.5}
    return {
        name: float(said[name][labels == label].mean()) if (labels == label).any() else None
        for label, name in enumerate(said)
    }


def combined(parts: list[Any], how: Any) -> Any:
    """The same tree of figures, each the mean (or deviation) over the seeds."""
    if isinstance(parts[0], dict):
        return {key: combined([part[key] for part in parts], how) for key in parts[0]}
    return None if parts[0] is None else float(how(parts))


def print_tables(
    mean: Figures, sd: Figures, files: dict[str, Remarks], new: dict[str, Remarks]
) -> None:
    def row(name: str, *path: str) -> None:
        cells = []
        for model in MODELS:
            value, spread = mean, sd
            for key in (model if key == "*" else key for key in path):
                value, spread = value[key], spread[key]
            cells.append("       –       " if value is None else f"{value:>7.3f} ±{spread:<6.3f}")
        print(f"  {name:34}" + "".join(cells))

    with_it = "with" if PRIMER else "without"
    print(f"\n{mean['rows']} reviews, {len(SEEDS)} seeds, {with_it} the primer\n")
    print(" " * 36 + "".join(f"{model:>9}      " for model in MODELS))
    row("accuracy", "accuracy", "*")
    row("accuracy, texts not in training", "unseen", "*")
    for stem, read in files.items():
        print(f"\n  {stem}, {len(read.texts)} texts: recognised")
        for label in ("negative", "positive"):
            row(label, "plain", stem, "*", label)
        print(f"  … the {len(new[stem].texts)} that the primer does not say word for word")
        for label in ("negative", "positive"):
            row(label, "new", stem, "*", label)
    for name in LENGTHS:
        print(f"\n  test reviews of {name} tokens: recognised")
        for label in ("negative", "positive"):
            row(label, "short", "*", name, label)
    print("\n  f1_0 within a source")
    for source in mean["f1_0_by_source"][MODELS[0]]:
        row(source, "f1_0_by_source", "*", source)
