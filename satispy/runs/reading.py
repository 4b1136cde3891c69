"""Texts → parts, as the pipeline reads them; what an earlier run has read comes from its parts."""

import hashlib
import logging
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from satispy.errors import BrokenArtefact, NotFound
from satispy.language import TextPipeline
from satispy.language.corpus import Corpus, bounds_of
from satispy.runs.parts import Part, Parts

log = logging.getLogger(__name__)


class Reader:
    """Reads the texts of a run, one part after another.

    An earlier run whose parts are gone or broken costs time: the texts are read anew.
    """

    def __init__(self, before: Parts | None = None) -> None:
        self._earlier = _Earlier(before) if before else None

    def read(self, comments: Sequence[str]) -> Part:
        """Whatever is known already, the part is the same to the byte."""
        digests = digests_of(comments)
        distinct, first, of_row = np.unique(digests, return_index=True, return_inverse=True)
        where = np.full(len(distinct), -1)
        known = self._known(distinct, where)
        size = sum(map(len, known))
        new = np.flatnonzero(where < 0)
        where[new] = size + np.arange(len(new))
        anew = [comments[at] for at in first[new].tolist()]
        every = Part.joined([*known, read_anew(anew, distinct[new])])
        return every.take(where[of_row])

    def _known(self, wanted: np.ndarray, where: np.ndarray) -> list[Part]:
        if self._earlier is None:
            return []
        try:
            return self._earlier.find(wanted, where)
        except (BrokenArtefact, NotFound) as error:
            log.warning("texts are read anew: %s", error)
            self._earlier = None
            where[:] = -1
            return []


def digests_of(comments: Sequence[str]) -> np.ndarray:
    """By which texts are known again, uint64.

    64 bits: among a million texts, two of one digest once in forty million retrains.
    """
    salt = TextPipeline.version.encode()
    joined = b"".join(
        hashlib.blake2b(comment.encode(), digest_size=8, salt=salt).digest() for comment in comments
    )
    return np.frombuffer(joined, "<u8").astype(np.uint64)


def read_anew(comments: Sequence[str], digests: np.ndarray) -> Part:
    pipeline = TextPipeline()
    corpus = Corpus.of(map(pipeline.tokens, comments))
    plain = [pipeline.normalise(comment).encode() for comment in comments]
    joined = np.frombuffer(b"".join(plain), np.uint8)
    return Part(corpus, digests, joined, bounds_of([*map(len, plain)]))


class _Earlier:
    """The parts of an earlier run by the digests of their texts.

    A table only grows: the texts of a part stand mostly in the part where those of the one before
    ended, or in the next. Looked for there first, a part is opened once; its last two stay open.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._open: dict[int, Part] = {}
        self._at = 0

    @cached_property
    def _digests(self) -> np.ndarray:
        return self._parts.digests()

    @cached_property
    def _sorted(self) -> tuple[np.ndarray, np.ndarray]:
        """The digests in their order, and the row of each."""
        order = np.argsort(self._digests, kind="stable")
        return self._digests[order], order

    def find(self, wanted: np.ndarray, where: np.ndarray) -> list[Part]:
        """Parts that hold wanted texts; `where` is told the place of each that is found in these
        parts, one after another."""
        found: list[Part] = []
        size = 0
        if not self._parts.rows:
            return found
        hits: dict[int, int] = {}

        def take(number: int, texts: np.ndarray, rows: np.ndarray) -> None:
            nonlocal size
            part = self._part(number)
            where[texts] = size + rows
            found.append(part)
            size += len(part)
            hits[number] = len(texts)

        for number in range(self._at, min(self._at + 2, len(self._parts))):
            missing = np.flatnonzero(where < 0)
            texts, rows = _places(wanted[missing], self._digests[self._parts.rows_of(number)])
            if len(texts):
                take(number, missing[texts], rows)
        missing = np.flatnonzero(where < 0)
        digests, row_of = self._sorted
        at = np.minimum(digests.searchsorted(wanted[missing]), len(digests) - 1)
        there = digests[at] == wanted[missing]
        missing, rows = missing[there], row_of[at[there]]
        part_of = rows // self._parts.rows_a_part
        for number in np.unique(part_of).tolist():
            here = part_of == number
            take(number, missing[here], rows[here] - self._parts.rows_of(number).start)
        if hits:
            self._at = max(hits, key=lambda number: hits[number])
        return found

    def _part(self, number: int) -> Part:
        part = self._open.pop(number, None) or self._parts.read(number)
        self._open[number] = part
        while len(self._open) > 2:
            del self._open[next(iter(self._open))]
        return part


def _places(wanted: np.ndarray, digests: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of the wanted are among these digests, and where (the first of equal ones)."""
    order = np.argsort(digests, kind="stable")
    at = np.minimum(digests.searchsorted(wanted, sorter=order), len(digests) - 1)
    texts = np.flatnonzero(digests[order[at]] == wanted)
    return texts, order[at[texts]]
