"""Training time at 1, 2, 4 and 8 times the rows; the approximate SVM beside the exact one.

Generated reviews, so that there are enough. ROWS: training rows at 1× (default 12,500). DOUBLINGS:
default 3. Word vectors are trained once: with so many reviews an operator would keep them.
"""

import csv
import os
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from satispy.demo.generate import write_walk
from satispy.embeddings import train as train_vectors
from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.models import FAMILIES
from satispy.models.parameters import Parameters, SvmParameters
from satispy.models.training.rows import TrainingRows, assign_folds
from satispy.retraining.train import fit

ROWS = int(os.environ.get("ROWS", "12500"))
DOUBLINGS = int(os.environ.get("DOUBLINGS", "3"))


def run() -> dict[str, object]:
    rows = generated(ROWS * 2**DOUBLINGS)
    seconds: list[float] = []
    print(f"{'rows':>9}{'gbc':>9}{'svm':>9}{'ann':>9}{'sum':>9}   seconds")
    for doubling in range(DOUBLINGS + 1):
        part = first(rows, ROWS * 2**doubling)
        each = [timed(family, part) for family in FAMILIES]
        seconds.append(sum(each))
        print(f"{len(part.labels):>9,}" + "".join(f"{s:9.1f}" for s in (*each, sum(each))))
    per_row = [after / before / 2 for before, after in pairwise(seconds)]
    print("time of a row, from one size to the next: " + ", ".join(f"{r:.2f}" for r in per_row))

    small = first(rows, ROWS)
    exact, near = (accuracy(small, SvmParameters(exact_up_to=limit)) for limit in (10**9, 0))
    print(f"svm on {ROWS:,} rows, by rows left out: exact {exact:.4f}, Nystroem {near:.4f}")
    return {
        "rows": [ROWS * 2**doubling for doubling in range(DOUBLINGS + 1)],
        "seconds": [round(s, 2) for s in seconds],
        "time_ratio_per_row": [round(r, 3) for r in per_row],
        "svm_exact": exact,
        "svm_approximate": near,
    }


def timed(family: str, rows: TrainingRows) -> float:
    begin = time.perf_counter()
    fit(family, rows, Parameters(), seed=20)
    return time.perf_counter() - begin


def accuracy(rows: TrainingRows, parameters: SvmParameters) -> float:
    """By the member that left each row out."""
    fitted = fit("svm", rows, Parameters(svm=parameters), seed=20)
    return float(np.mean((fitted.out_of_fold > 0) == rows.labels))


def generated(wanted: int) -> TrainingRows:
    pipeline = TextPipeline()
    documents, labels, keys = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for path in write_walk(Path(folder), scale=wanted / 15_000):
            with path.open(encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    documents.append(pipeline.tokens(row["Commentaire"]))
                    keys.append(pipeline.normalise(row["Commentaire"]))
                    labels.append(int(int(row["star"]) >= 3))
    order = np.random.default_rng(0).permutation(len(documents))
    shuffled = [documents[at] for at in order]
    vectors = train_vectors([pipeline.words(document) for document in shuffled[:ROWS]], seed=20)
    folds = assign_folds([keys[at] for at in order], seed=20)
    return TrainingRows(Corpus.of(shuffled), np.array(labels)[order], folds, vectors)


def first(rows: TrainingRows, count: int) -> TrainingRows:
    return TrainingRows(
        rows.documents[:count], rows.labels[:count], rows.folds[:count], rows.vectors
    )
