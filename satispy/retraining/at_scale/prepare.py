"""First step: read, tokenise, count, and have features of every partition ready."""

import tempfile
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from satispy.embeddings import WordVectors, choice, published
from satispy.embeddings.download import Buckets
from satispy.engine import Engine
from satispy.engine.alone import alone
from satispy.engine.here import Tell
from satispy.errors import SatispyError
from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.models.log_odds import LogOdds
from satispy.models.parameters import GbcParameters
from satispy.models.polarity import COLUMNS, Polarity
from satispy.models.pooling import weight_of_row
from satispy.models.training.counted import spelled
from satispy.models.training.log_odds import MIN_DF
from satispy.models.training.pooled import NEUTRAL, word_weights
from satispy.models.training.rows import FOLDS, FittedPolarity, TrainingRows
from satispy.registry.store import ModelStore
from satispy.retraining.at_scale import counting, features, gbc, reading, sampled
from satispy.retraining.at_scale.blocks import PRIMER, SHARED, Blocks, Place, opened_vectors
from satispy.retraining.at_scale.counting import Expected
from satispy.retraining.at_scale.features import Moments
from satispy.retraining.prepare import FEWEST, FEWEST_WITH_PRIMER, save_vectors
from satispy.reviews.positions import newest_positions, positions
from satispy.reviews.table import ReviewTable
from satispy.runs import learned
from satispy.runs.learned import Learned
from satispy.runs.primed import Sentences, this_primer
from satispy.runs.split import Split
from satispy.runs.stage import stage
from satispy.runs.summaries import PrepareSummary


@dataclass(frozen=True)
class Plan:
    """What the steps after this one need to know of its blocks."""

    stamp: str
    parts: int
    reviews: int
    sentences: int
    #: Distinct tokens as typed.
    words: int
    positive_of_train: int
    digest: str

    @property
    def numbers(self) -> list[int]:
        return list(range(self.parts))

    @property
    def every(self) -> list[int]:
        return [*self.numbers, PRIMER] if self.sentences else self.numbers


def plan_of(place: Place, run: str) -> tuple[Plan, Blocks]:
    """Raises NotFound where the run was not prepared at scale."""
    plan = Plan(**Blocks(place, run).facts("plan"))
    return plan, Blocks(place, run, plan.stamp)


def prepare(
    engine: Engine,
    place: Place,
    models: ModelStore,
    run: str,
    dataset_version: int,
    *,
    seed: int,
    side: Split = "identity",
    embeddings: str = "",
    primer: bool = True,
    max_rows: int = 0,
    parameters: GbcParameters | None = None,
    buckets: Buckets | None = None,
) -> PrepareSummary:
    """As `satispy.retraining.prepare.prepare`. Raises SatispyError, EngineLost among them."""
    store = place.store
    with stage(store, run, "prepare") as measured:
        blocks = Blocks(place, run, uuid.uuid4().hex)
        parts = _parts(blocks, dataset_version, max_rows)
        numbers = [part.number for part in parts]
        facts = engine.map(reading.read, parts, blocks, side, tell=measured.count)
        _demand_enough(facts, primer)
        sentences = Sentences.of_primer() if primer else Sentences.none()
        if primer:
            reading.read_primer(blocks, sentences)
        every = [*numbers, PRIMER] if primer else numbers
        sides = _Sides.of(blocks, numbers, facts, seed)
        _choose_samples(blocks, numbers, facts)
        words = _vocabularies(engine, blocks, every)
        of_its_own = not embeddings and choice.read(store) is None
        with ThreadPoolExecutor(1) as beside:
            # The longest task of this step: others are done meanwhile.
            train = partial(alone, sampled.vectors)
            asked = [blocks] if of_its_own else []
            vectors = beside.submit(
                lambda: engine.map(train, asked, numbers, primer, seed, first=True)
            )
            typed = engine.reduce(
                counting.frequencies, counting.added, every, blocks, "train", len(words)
            )
            log_odds = _log_odds(engine, blocks, every, sides, primer, measured.count)
            [coefficients] = engine.map(sampled.regression, [blocks], numbers, primer)
            vectors.result()
        sampled.save_coefficients(blocks, coefficients, words, typed.keys[typed.figures >= MIN_DF])
        polarity = Polarity(log_odds, coefficients)
        known = Learned(sentences, FittedPolarity(polarity, np.zeros((0, COLUMNS), np.float32)))
        store.write(learned.key(run), known.to_bytes())
        tag, digest = _vectors(blocks, models, embeddings, buckets)
        _save_pooling(blocks, words, polarity, tag)
        least = (parameters or GbcParameters()).min_df
        blocks.save(SHARED, gbc_keys=typed.keys[typed.figures >= least])
        moments = engine.reduce(
            *(features.columns, features.all_moments, every, blocks),
            *(len(blocks.strings(SHARED, "polar_vocabulary")), len(words), tag),
            tell=measured.count,
        )
        _save_moments(blocks, moments)
        plan = Plan(
            blocks.stamp,
            len(parts),
            sum(each.train for each in facts),
            len(sentences.documents),
            len(words),
            sides.positive,
            digest,
        )
        blocks.save_facts("plan", asdict(plan))
    rows = sum(each.rows for each in facts)
    return PrepareSummary(
        run=run,
        dataset_version=dataset_version,
        rows=int(ReviewTable(store).at(dataset_version).count()),
        train_rows=plan.reviews,
        test_rows=rows - plan.reviews,
        unseen_rows=sides.unseen,
        positive_share=sum(each.positive for each in facts) / rows,
        vectors=tag,
        embedding=digest,
        primer=this_primer() if primer else None,
        seed=seed,
        split=side,
        max_rows=max_rows,
        seconds=measured.seconds,
        peak_memory_mb=measured.peak_memory_mb,
    )


def _parts(blocks: Blocks, version: int, max_rows: int) -> list[reading.Part]:
    store = blocks.place.store
    top = positions(store, version)
    if not top:
        raise SatispyError("there are no reviews yet: upload some; nothing else is needed")
    if max_rows and int(ReviewTable(store).at(version).count()) > max_rows:
        chosen = np.array(newest_positions(store, version, max_rows))
        return reading.parts_of(version, chosen, blocks)
    return reading.parts(version, top)


def _demand_enough(facts: Sequence[reading.Facts], primer: bool) -> None:
    rows, positive = sum(each.rows for each in facts), sum(each.positive for each in facts)
    fewest = FEWEST_WITH_PRIMER if primer else FEWEST
    if min(positive, rows - positive) < fewest:
        raise SatispyError(
            "%(rows)s reviews, %(positive)s of them positive, are too few to train "
            "on: it takes %(fewest)s positive and %(fewest)s negative ones. Upload "
            "more; nothing else is needed.",
            rows=rows,
            positive=positive,
            fewest=fewest,
        )


@dataclass(frozen=True)
class _Sides:
    """Folds of training rows and twins of test rows are stored; these are what is left to know."""

    sources: int
    unseen: int
    positive: int
    #: (FOLDS, 2): training rows and sentences of each fold by label.
    labels: np.ndarray

    @classmethod
    def of(
        cls, blocks: Blocks, numbers: Sequence[int], facts: Sequence[reading.Facts], seed: int
    ) -> "_Sides":
        """Twins share a fold: known by digests of their plainest writing, 8 bytes a review, which
        are all that is ever gathered of every row."""
        plain = [blocks.load(number, "plain")[0] for number in numbers]
        distinct, which = np.unique(np.concatenate(plain), return_inverse=True)
        fold = np.random.default_rng(seed).permutation(len(distinct)) % FOLDS
        ends = np.cumsum([len(each) for each in plain])[:-1]
        source: dict[str, int] = {}
        unseen = positive = 0
        counts = np.zeros((FOLDS, 2))
        for number, its, fact in zip(numbers, np.split(fold[which], ends), facts, strict=True):
            kinds, labels, tested = blocks.load(number, "kinds", "labels", "test_plain")
            of_kind = [source.setdefault(name, len(source)) for _, name, _ in fact.kinds]
            is_new = ~np.isin(tested, distinct)
            blocks.save(
                number,
                folds=its.astype(np.int8),
                sources=np.array(of_kind, np.int32)[kinds],
                unseen=is_new,
            )
            unseen += int(is_new.sum())
            positive += int(labels.sum())
            np.add.at(counts, (its, labels.astype(int)), 1)
        return cls(len(source), unseen, positive, counts)


def _choose_samples(blocks: Blocks, numbers: Sequence[int], facts: Sequence[reading.Facts]) -> None:
    number_of: dict[tuple[int, str, str], int] = {}
    kinds = []
    for number, fact in zip(numbers, facts, strict=True):
        of_kind = [number_of.setdefault(kind, len(number_of)) for kind in fact.kinds]
        kinds.append(np.array(of_kind, np.int32)[blocks.load(number, "kinds")[0]])
    for name, most in (
        ("sample", sampled.ROWS),
        ("vector_sample", sampled.VECTOR_ROWS),
        ("tree_sample", gbc.ROWS),
    ):
        for number, chosen in zip(numbers, sampled.choose(kinds, most), strict=True):
            blocks.save(number, **{name: chosen})


def _vocabularies(engine: Engine, blocks: Blocks, every: Sequence[int]) -> list[str]:
    """Store those of all partitions, and every token as its number in them; returns the first."""
    found = engine.reduce(reading.words, reading.all_words, every, blocks)
    for name, words in found.items():
        blocks.save_strings(SHARED, f"{name}_vocabulary", sorted(words))
    engine.map(reading.renumber, every, blocks)
    return sorted(found["train"])


def _log_odds(
    engine: Engine,
    blocks: Blocks,
    every: Sequence[int],
    sides: _Sides,
    primer: bool,
    tell: Tell,
) -> LogOdds:
    """Store those of all folds but each as well, for the columns of the rows left out."""
    polar = blocks.strings(SHARED, "polar_vocabulary")
    numbers = [number for number in every if number != PRIMER]
    frequent = engine.reduce(
        counting.frequencies, counting.added, every, blocks, "polar", len(polar)
    )
    keys = frequent.keys[frequent.figures >= MIN_DF]
    blocks.save(SHARED, polar_keys=keys)
    by_class = engine.reduce(counting.classes, counting.all_classes, numbers, blocks, sides.sources)
    expected = Expected.of(by_class)
    sums = engine.reduce(
        counting.sums, counting.added, every, blocks, len(polar), expected, tell=tell
    )
    labels = sides.labels.copy()
    if primer:
        label, fold = blocks.load(PRIMER, "labels", "folds")
        np.add.at(labels, (fold.astype(int), label.astype(int)), 1)
    values, without = counting.log_odds(sums, len(keys), labels)
    blocks.save(SHARED, log_odds_without=without)
    return LogOdds(spelled(polar, keys), values)


def _vectors(
    blocks: Blocks, models: ModelStore, source: str, buckets: Buckets | None
) -> tuple[str, str]:
    """Tag and digest: of those chosen for all runs, or published, or trained on a sample."""
    store = blocks.place.store
    if chosen := choice.read(store):
        return chosen.tag, chosen.digest
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "vectors"
        if source:
            vectors = published.load(source, folder, buckets=buckets)
        else:
            folder.mkdir()
            vectors = WordVectors.open(blocks.folder("vectors", folder))
        return save_vectors(store, models, vectors, folder)


def _save_pooling(blocks: Blocks, words: list[str], polarity: Polarity, tag: str) -> None:
    """Store what a word of the vectors weighs: by its row, and by itself for the artefacts."""
    # All tokens as one document: weights are looked up token by token.
    tokens = TrainingRows(Corpus.of([words]), np.zeros(1, int), np.zeros(1, int))
    weights = word_weights(tokens, polarity.log_odds, TextPipeline())
    vectors = opened_vectors(blocks.place, tag)
    blocks.save_strings(SHARED, "weight_words", list(weights))
    blocks.save(
        SHARED,
        weights=np.array(list(weights.values())),
        weight_of_row=weight_of_row(vectors, weights, NEUTRAL),
    )


def _save_moments(blocks: Blocks, moments: Moments) -> None:
    blocks.save(SHARED, centre=moments.centre, scale=moments.scale)
    blocks.save(
        SHARED, **{f"moments_{name}": np.array(each) for name, each in moments._asdict().items()}
    )


def moments_of(blocks: Blocks) -> Moments:
    found: list[Any] = blocks.load(SHARED, *(f"moments_{name}" for name in Moments._fields))
    return Moments(*found)
