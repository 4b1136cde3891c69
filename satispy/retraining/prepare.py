"""First step: read one dataset version, tokenise, split, and have word vectors ready."""

import tempfile
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from satispy.embeddings import WordVectors, choice, published, train
from satispy.embeddings.download import Buckets
from satispy.errors import SatispyError
from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.models.training.rows import assign_folds
from satispy.registry.store import VECTORS, ModelStore
from satispy.reports.metrics import POSITIVE_STARS
from satispy.reviews import ReviewTable
from satispy.runs import learned
from satispy.runs.parts import ROWS, Part, Parts
from satispy.runs.prepared import Prepared, latest
from satispy.runs.primed import Sentences, this_primer
from satispy.runs.reading import Reader
from satispy.runs.split import Split, on_test_side
from satispy.runs.stage import stage
from satispy.runs.summaries import PrepareSummary
from satispy.runs.twins import sorted_places
from satispy.storage import Store

#: Reviews of each label, so that all parts of the split and of the folds have some.
FEWEST = 30
#: The same beside the primer, which every part of the folds has sentences of.
FEWEST_WITH_PRIMER = 3


def prepare(
    store: Store,
    models: ModelStore,
    run: str,
    dataset_version: int,
    *,
    seed: int,
    side: Split = "identity",
    embeddings: str = "",
    primer: bool = True,
    max_rows: int = 0,
    buckets: Buckets | None = None,
) -> PrepareSummary:
    """`buckets` opens the one that an `embeddings` of s3:// names."""
    with stage(store, run, "prepare") as measured:
        reviews = ReviewTable(store).read(dataset_version, max_rows)
        measured.say(f"{len(reviews.ids)} reviews of dataset version {dataset_version}")
        demand_enough(reviews.stars, primer)
        ready = split(
            read_texts(reviews.texts, Parts(store, run, len(reviews)), latest(store, but=run)),
            reviews.stars,
            on_test_side(side, reviews.ids),
            seed,
            sources=reviews.sources,
        )
        ready.save(store, run)
        measured.say(f"texts read, {int(ready.test.sum())} of them to be judged on")
        sentences = Sentences.of_primer() if primer else Sentences.none()
        alike = learned.Learned.fit(ready.training(), sentences)
        store.write(learned.key(run), alike.to_bytes())
        tag, digest = word_vectors(store, models, ready, seed, embeddings, sentences, buckets)
    return PrepareSummary(
        run=run,
        dataset_version=dataset_version,
        rows=reviews.rows,
        train_rows=int((~ready.test).sum()),
        test_rows=int(ready.test.sum()),
        unseen_rows=int(ready.unseen.sum()),
        positive_share=float(ready.labels.mean()),
        vectors=tag,
        embedding=digest,
        primer=this_primer() if primer else None,
        seed=seed,
        split=side,
        max_rows=max_rows,
        seconds=measured.seconds,
        peak_memory_mb=measured.peak_memory_mb,
    )


def demand_enough(stars: Sequence[int], primer: bool) -> None:
    """Raises SatispyError where there is too little to learn from, or to judge by."""
    positive = sum(star >= POSITIVE_STARS for star in stars)
    fewest = FEWEST_WITH_PRIMER if primer else FEWEST
    if min(positive, len(stars) - positive) < fewest:
        raise SatispyError(
            "%(stars)s reviews, %(positive)s of them positive, are too few to train "
            "on: it takes %(fewest)s positive and %(fewest)s negative ones. Upload "
            "more; nothing else is needed.",
            stars=len(stars),
            positive=positive,
            fewest=fewest,
        )


class ReadTexts(NamedTuple):
    """The texts of all rows: their tokens, and a number for each, the same for twins, by which
    their plainest writings are sorted."""

    corpus: Corpus
    twins: np.ndarray


def read_texts(
    texts: Iterable[str], parts: Parts | None = None, before: Parts | None = None
) -> ReadTexts:
    """So many at a time, and none is kept. parts: where to write them for the steps that follow.

    Texts that were read `before` are not read again.
    """
    reader = Reader(before)
    read: list[Part] = []
    size = parts.rows_a_part if parts else ROWS
    every = iter(texts)
    while some := list(islice(every, size)):
        part = reader.read(some)
        if parts:
            parts.write(len(read), part)
        read.append(part)
    if parts:
        parts.finish()
    joined = Part.joined(read)
    return ReadTexts(joined.corpus, sorted_places(joined.plain, joined.plain_bounds))


def split(
    read: ReadTexts,
    stars: Sequence[int],
    test: np.ndarray,
    seed: int,
    *,
    sources: Sequence[str] | None = None,
) -> Prepared:
    """The rows by their side (`on_test_side`); folds of the training part keep twins together."""
    train = np.flatnonzero(~test)
    fold = np.full(len(test), -1)
    fold[train] = assign_folds(read.twins[train], seed)
    known = np.zeros(int(read.twins.max(initial=-1)) + 1, dtype=bool)
    known[read.twins[train]] = True
    return Prepared(
        corpus=read.corpus,
        labels=(np.asarray(stars) >= POSITIVE_STARS).astype(int),
        test=test,
        unseen=test & ~known[read.twins],
        folds=fold,
        sources=np.unique(sources or [""] * len(test), return_inverse=True)[1],
    )


def word_vectors(
    store: Store,
    models: ModelStore,
    ready: Prepared,
    seed: int,
    source: str,
    primer: Sentences,
    buckets: Buckets | None = None,
) -> tuple[str, str]:
    """Tag and digest of the vectors of this run: those chosen for all runs, or trained now."""
    if chosen := choice.read(store):
        return chosen.tag, chosen.digest
    with tempfile.TemporaryDirectory() as folder:
        if source:
            vectors = published.load(source, Path(folder) / "vectors", buckets=buckets)
        else:
            documents = Corpus.joined([ready.training().documents, primer.documents])
            vectors = train(documents.map(TextPipeline().words), seed=seed)
            vectors.save(Path(folder) / "vectors")
        return save_vectors(store, models, vectors, Path(folder) / "vectors")


def save_vectors(
    store: Store, models: ModelStore, vectors: WordVectors, folder: Path
) -> tuple[str, str]:
    """Into the model store, named by their digest, and to S3."""
    tag = models.save(
        folder,
        VECTORS,
        vectors.digest[:12],
        labels={"kind": "word-vectors"},
        metadata={"digest": vectors.digest, "words": len(vectors), "dim": vectors.dim},
    )
    models.archive(tag, store)
    return tag, vectors.digest
