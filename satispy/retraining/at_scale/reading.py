"""From a range of the table to token codes: the only functions that see texts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np

from satispy.language import TextPipeline
from satispy.models.training.rows import FOLDS
from satispy.reports.metrics import POSITIVE_STARS
from satispy.retraining.at_scale.blocks import PRIMER, SHARED, Blocks
from satispy.reviews.positions import at_positions
from satispy.runs.primed import Sentences
from satispy.runs.split import Split, on_test_side

#: Reviews of a partition: some 20 MB of features. Few enough that two workers end together.
ROWS: Final = 25_000


@dataclass(frozen=True)
class Part:
    """Positions from `first` to before `end` of a version of the dataset."""

    number: int
    version: int
    first: int
    end: int
    #: Whether only those are read that the block `chosen` names.
    chosen: bool = False


def parts(version: int, positions: int) -> list[Part]:
    """Of even sizes, so that no worker waits for a small rest."""
    count = -(-positions // ROWS)
    edges = [round(positions * at / count) for at in range(count + 1)]
    return [Part(at, version, edges[at], edges[at + 1]) for at in range(count)]


def parts_of(version: int, chosen: np.ndarray, blocks: Blocks) -> list[Part]:
    """Of these positions only, ascending."""
    found = []
    for number, some in enumerate(np.array_split(chosen, -(-len(chosen) // ROWS))):
        blocks.save(number, chosen=some)
        found.append(Part(number, version, int(some[0]), int(some[-1]) + 1, chosen=True))
    return found


@dataclass(frozen=True)
class Facts:
    """What the reductions need to know of a partition beside its blocks."""

    rows: int
    train: int
    positive: int
    #: By (star, source, company): of training rows, a number for each.
    kinds: list[tuple[int, str, str]]
    uploads: list[str]


def read(part: Part, blocks: Blocks, side: Split) -> Facts:
    """Store tokens, labels, digests of texts in their plainest writing; of test rows apart."""
    only = blocks.load(part.number, "chosen")[0].tolist() if part.chosen else None
    rows = at_positions(blocks.place.store, part.version, part.first, part.end, only)
    pipeline = TextPipeline()
    tokens = [pipeline.tokens(comment) for comment in rows.comments]
    plain = np.array([digest(pipeline.normalise(comment)) for comment in rows.comments], np.uint64)
    labels = (np.array(rows.stars) >= POSITIVE_STARS).astype(np.int8)
    test = on_test_side(side, rows.ids)
    train = np.flatnonzero(~test).tolist()
    kinds = [(rows.stars[at], rows.sources[at], rows.companies[at]) for at in train]
    distinct = list(dict.fromkeys(kinds))
    number = {kind: at for at, kind in enumerate(distinct)}
    blocks.save(
        part.number,
        test=test,
        kinds=np.fromiter(map(number.__getitem__, kinds), np.int32, len(kinds)),
    )
    _save_documents(part.number, blocks, "train", [tokens[at] for at in train])
    blocks.save(part.number, labels=labels[train], plain=plain[train])
    _save_polar(part.number, blocks, [tokens[at] for at in train], pipeline)
    out = np.flatnonzero(test).tolist()
    _save_documents(part.number, blocks, "test", [tokens[at] for at in out])
    blocks.save(part.number, test_labels=labels[out], test_plain=plain[out])
    return Facts(len(test), len(train), int(labels.sum()), distinct, [*dict.fromkeys(rows.uploads)])


def read_primer(blocks: Blocks, sentences: Sentences) -> None:
    """As a partition of its own: no source, and a fold for each aspect."""
    folds = np.unique(sentences.aspects, return_inverse=True)[1] % FOLDS
    _save_documents(PRIMER, blocks, "train", sentences.documents)
    _save_polar(PRIMER, blocks, sentences.documents, TextPipeline())
    blocks.save(PRIMER, labels=sentences.labels.astype(np.int8), folds=folds.astype(np.int8))


def words(part: int, blocks: Blocks) -> dict[str, set[str]]:
    """The distinct tokens of a partition's training rows, and what polarity is counted by."""
    return {name: set(blocks.strings(part, f"{name}_vocabulary")) for name in ("train", "polar")}


def all_words(*found: dict[str, set[str]]) -> dict[str, set[str]]:
    return {name: set().union(*(each[name] for each in found)) for name in ("train", "polar")}


def renumber(part: int, blocks: Blocks) -> None:
    """Codes of the partition's own vocabularies become codes of that of all partitions."""
    for name in ("train", "polar"):
        known = blocks.strings(SHARED, f"{name}_vocabulary")
        number = {word: at for at, word in enumerate(known)}
        own = blocks.strings(part, f"{name}_vocabulary")
        of_own = np.fromiter(map(number.__getitem__, own), np.int32, len(own))
        [flat] = blocks.load(part, f"{name}_flat")
        blocks.save(part, **{f"{name}_codes": of_own[flat]})


def documents(part: int, blocks: Blocks, name: str, rows: Any = None) -> list[list[str]]:
    """The tokens of a partition's rows again, `train` or `test`; of these rows only."""
    known = blocks.strings(part, f"{name}_vocabulary")
    flat, sizes = blocks.load(part, f"{name}_flat", f"{name}_sizes")
    ends = np.cumsum(sizes)
    starts = ends - sizes
    wanted = slice(None) if rows is None else rows
    return [
        [known[code] for code in flat[begin:end].tolist()]
        for begin, end in zip(starts[wanted].tolist(), ends[wanted].tolist(), strict=True)
    ]


def lengths(part: int, blocks: Blocks) -> np.ndarray:
    """Tokens of each training row."""
    [sizes] = blocks.load(part, "train_sizes")
    return sizes


def _save_documents(part: int, blocks: Blocks, name: str, found: Sequence[Sequence[str]]) -> None:
    distinct = list(dict.fromkeys(chain.from_iterable(found)))
    number = {token: at for at, token in enumerate(distinct)}
    blocks.save_strings(part, f"{name}_vocabulary", distinct)
    blocks.save(
        part,
        **{
            f"{name}_flat": np.fromiter(
                map(number.__getitem__, chain.from_iterable(found)), np.int32
            ),
            f"{name}_sizes": np.fromiter(map(len, found), np.int32, len(found)),
        },
    )


def _save_polar(
    part: int, blocks: Blocks, found: Sequence[list[str]], pipeline: TextPipeline
) -> None:
    _save_documents(part, blocks, "polar", [pipeline.polar_words(tokens) for tokens in found])


def digest(plain: str) -> int:
    """What twins are known by, from a text in its plainest writing: 64 bits."""
    return int.from_bytes(hashlib.blake2b(plain.encode(), digest_size=8).digest(), "little")
