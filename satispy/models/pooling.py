"""A text as one vector: means of its words' vectors, its marks, and the polarity of its terms."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise, repeat
from typing import TYPE_CHECKING

import numpy as np

from satispy.language.pipeline import TONELESS
from satispy.language.remembered import LETTERS, WORDS
from satispy.models.polarity import Polarity, Read

if TYPE_CHECKING:
    from satispy.embeddings import WordVectors

MARKS = sorted(TONELESS)
#: Codes of tokens that are no row of the table: not known, a number, then the marks.
UNKNOWN, NUMBER = -1, -2
#: Not looked up yet.
NEW = -1_000
MARK = {mark: NUMBER - 1 - at for at, mark in enumerate(MARKS)}
#: Columns after the vectors: each mark, numbers, the length.
COUNTS = len(MARKS) + 2
#: The mean of so many words is drawn half-way to none: of one word it says little, and says it
#: loudly. Without, a short text is far from all others and the kernel knows nothing near it.
HALF_WAY = 10


class Codes:
    """Each token's row in the table of vectors, or what it is instead."""

    def __init__(self, vectors: "WordVectors", words: Callable[[list[str]], list[str]]) -> None:
        self.vectors = vectors
        self._words = words
        self._known: dict[str, int] = {}

    def of(self, documents: Sequence[list[str]]) -> np.ndarray:
        """The codes of all tokens, one document after another."""
        tokens = list(chain.from_iterable(documents))
        known = self._known
        codes = np.fromiter(map(known.get, tokens, repeat(NEW)), np.int64, len(tokens))
        if NEW not in codes:
            return codes
        new = set(tokens).difference(known)
        if len(known) + len(new) > WORDS or any(len(token) > LETTERS for token in new):
            # For this once, and without a change to what another thread may be reading.
            known = {**known, **self._find(new)}
        else:
            known.update(self._find(new))
        return np.fromiter(map(known.__getitem__, tokens), np.int64, len(tokens))

    def _find(self, tokens: Iterable[str]) -> dict[str, int]:
        found, looked_up = {}, {}
        for token in tokens:
            if word := self._words([token]):
                looked_up[token] = word[0]
            else:
                found[token] = NUMBER if token[0] == "<" else MARK.get(token, UNKNOWN)
        rows = self.vectors.rows(list(looked_up.values())).tolist()
        return {**found, **dict(zip(looked_up, rows, strict=True))}


@dataclass(frozen=True)
class Pooling:
    """Mean and polarity-weighted mean of the word vectors, marks and log-odds, standardised."""

    vectors: "WordVectors"
    words: Callable[[list[str]], list[str]]
    #: How far each word seen in training points to one side; the others weigh `unseen`.
    weights: dict[str, float]
    unseen: float
    polarity: Polarity
    centre: np.ndarray
    scale: np.ndarray
    _codes: Codes = field(init=False, repr=False, compare=False)
    _weight_of_row: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        weights = weight_of_row(self.vectors, self.weights, self.unseen)
        object.__setattr__(self, "_weight_of_row", weights)
        object.__setattr__(self, "_codes", Codes(self.vectors, self.words))

    @property
    def finder(self) -> Polarity:
        return self.polarity

    def read(self, documents: Sequence[list[str]], terms: Read) -> tuple[np.ndarray, np.ndarray]:
        """Returns float32 (documents, features) and the number of known words of each."""
        pooled, known = pool(documents, self._codes, self._weight_of_row)
        raw = np.hstack([pooled, terms.columns])
        raw -= self.centre
        raw /= self.scale
        return raw, known


def weight_of_row(vectors: "WordVectors", weights: dict[str, float], unseen: float) -> np.ndarray:
    """The weights by row of the vectors' table: one look-up a word serves both."""
    by_row = np.full(len(vectors.vocabulary), unseen, dtype=np.float32)
    rows = np.asarray(vectors.rows(list(weights)))
    by_row[rows[rows >= 0]] = np.fromiter(weights.values(), np.float32, len(weights))[rows >= 0]
    return by_row


def pool(
    documents: Sequence[list[str]], codes: Codes, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Before standardising."""
    lengths = np.fromiter(map(len, documents), np.int64, len(documents))
    return pool_codes(codes.of(documents), lengths, codes.vectors, weights)


def pool_codes(
    code: np.ndarray, lengths: np.ndarray, vectors: "WordVectors", weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """`pool` of texts by the codes of their tokens, and how many each has."""
    texts, dim = len(lengths), vectors.dim
    document = np.repeat(np.arange(texts), lengths)
    hit = code >= 0
    rows, of_row = code[hit], document[hit]
    known = np.bincount(of_row, minlength=texts)
    pooled = np.empty((texts, 2 * dim + COUNTS), dtype=np.float32)
    pooled[:, 2 * dim :] = counts(texts, lengths, document, code)
    weight = weights[rows]
    total = np.bincount(of_row, weight, texts)
    # Two rows of shares: all words alike, and by polarity.
    shares = np.empty((2, len(rows)), dtype=np.float32)
    shares[0] = 1 / known[of_row]
    shares[1] = weight / total[of_row]
    table = np.asarray(vectors.table).take(rows, axis=0)
    means = np.zeros((texts, 2, dim), dtype=np.float32)
    ends = np.cumsum(known).tolist()
    for text, (begin, end) in enumerate(pairwise([0, *ends])):
        if begin < end:
            np.dot(shares[:, begin:end], table[begin:end], out=means[text])
    means *= (known / (known + HALF_WAY)).astype(np.float32)[:, None, None]
    pooled[:, : 2 * dim] = means.reshape(texts, 2 * dim)
    return pooled, known


def counts(texts: int, lengths: np.ndarray, document: np.ndarray, code: np.ndarray) -> np.ndarray:
    """What vectors do not see: logarithms of how often each mark stands, numbers, and the length.

    Each mark's number and the text's length go up to thousands; the first few tell the most.
    """
    signs = COUNTS - 1
    is_sign = code < UNKNOWN
    # Marks in their order, numbers last.
    column = np.where(code[is_sign] == NUMBER, signs - 1, NUMBER - 1 - code[is_sign])
    found = np.bincount(document[is_sign] * signs + column, minlength=texts * signs)
    return np.log1p(np.column_stack([found.reshape(texts, signs), lengths]).astype(np.float32))
