"""What is learned of a sample of the rows: the newest of each source, company and star.

More than these would take longer and say the same; every row gets what comes of it.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from satispy.embeddings import train as train_vectors
from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.models.polarity import Coefficients
from satispy.models.training.counted import spelled
from satispy.models.training.polarity import fit_coefficients
from satispy.models.training.rows import TrainingRows
from satispy.retraining.at_scale.blocks import PRIMER, SHARED, Blocks
from satispy.retraining.at_scale.counting import terms_of
from satispy.retraining.at_scale.reading import documents
from satispy.reviews.newest import newest

#: Rows that the regression beside the log-odds learns from, and word vectors: as many as a retrain
#: of one machine reads.
ROWS: Final = 100_000
VECTOR_ROWS: Final = 50_000


def choose(kinds: Sequence[np.ndarray], most: int) -> list[np.ndarray]:
    """Of each partition, which training rows; `kinds` has a number of each row's kind."""
    every = np.concatenate(kinds)
    chosen = np.zeros(len(every), dtype=bool)
    chosen[newest(every.tolist(), most)] = True
    return np.split(chosen, np.cumsum([len(each) for each in kinds])[:-1])


def rows_of(blocks: Blocks, numbers: Sequence[int], primer: bool) -> TrainingRows:
    """The sampled reviews, then the sentences of the primer."""
    found: list[list[str]] = []
    labels, folds = [], []
    for number in [*numbers, PRIMER] if primer else numbers:
        label, fold = blocks.load(number, "labels", "folds")
        chosen = np.ones(len(label), bool) if number == PRIMER else blocks.load(number, "sample")[0]
        found += documents(number, blocks, "train", chosen)
        labels.append(label[chosen].astype(int))
        folds.append(fold[chosen].astype(int))
    sentences = len(labels[-1]) if primer else 0
    of_primer = np.zeros(len(found), dtype=bool)
    of_primer[len(found) - sentences :] = True
    return TrainingRows(
        Corpus.of(found), np.concatenate(labels), np.concatenate(folds), primer=of_primer
    )


def regression(blocks: Blocks, numbers: Sequence[int], primer: bool) -> Coefficients:
    """Its coefficients; stores the logits of sampled rows and of the primer, by regressions that
    did not learn from them."""
    rows = rows_of(blocks, numbers, primer)
    coefficients, logits = fit_coefficients(rows)
    sizes = [int(blocks.load(number, "sample")[0].sum()) for number in numbers]
    *found, of_primer = np.split(logits, np.cumsum(sizes))
    for number, its in zip(numbers, found, strict=True):
        blocks.save(number, sample_logits=its)
    if primer:
        blocks.save(PRIMER, sample_logits=of_primer)
    return coefficients


def save_coefficients(
    blocks: Blocks, coefficients: Coefficients, words: Sequence[str], keys: np.ndarray
) -> None:
    """By key, for partitions; `keys` are those of all terms that stand in two texts or more."""
    names = spelled(words, keys)
    value = dict(zip(coefficients.terms, coefficients.values.tolist(), strict=True))
    found = np.array([name in value for name in names])
    values = [value[name] for name, here in zip(names, found.tolist(), strict=True) if here]
    blocks.save(
        SHARED,
        weighed_keys=keys[found],
        weighed_values=np.array(values, dtype=np.float32),
    )


def logits(part: int, blocks: Blocks, words: int) -> np.ndarray:
    """Float32 (rows,): of each row, by a regression that did not learn from it."""
    kept, values = blocks.shared("weighed_keys"), blocks.shared("weighed_values")
    [sizes] = blocks.load(part, "train_sizes")
    texts, at = terms_of(part, blocks, "train", words).among(kept)
    total = np.bincount(texts, values[at], len(sizes))
    count = np.bincount(texts, minlength=len(sizes))
    answer = (total / np.sqrt(np.maximum(count, 1))).astype(np.float32)
    chosen = np.ones(len(sizes), bool) if part == PRIMER else blocks.load(part, "sample")[0]
    answer[chosen] = blocks.load(part, "sample_logits")[0]
    return np.asarray(answer)


def vectors(blocks: Blocks, numbers: Sequence[int], primer: bool, seed: int) -> None:
    """Train word vectors on sampled rows, and store them as `vectors` of all partitions."""
    found: list[list[str]] = []
    for number in [*numbers, PRIMER] if primer else numbers:
        chosen = None if number == PRIMER else blocks.load(number, "vector_sample")[0]
        found += documents(number, blocks, "train", chosen)
    of = TextPipeline().words
    trained = train_vectors([of(document) for document in found], seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        trained.save(Path(folder))
        blocks.save_folder("vectors", Path(folder))
