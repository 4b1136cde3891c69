"""How much more praise a term stands in than the length and the source of its reviews promise.

Long reviews are mostly angry and short ones mostly glad, and so is one source beside another. By
plain counts each word of a long story (« commande », « bonjour ») blames, and « injoignable » in
three words is praise. Against what is expected of such a review, words mean what they say:
docs/decisions/0044.
"""

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from satispy.language import TextPipeline
from satispy.language.corpus import Corpus
from satispy.language.negation import NEGATORS
from satispy.language.pipeline import DENIED
from satispy.models.log_odds import COLUMNS, KINDS, LogOdds, summed_up
from satispy.models.training.counted import incidence, seen, spelled
from satispy.models.training.rows import TrainingRows

#: A term counts as seen so many times more, with the share of praise that is expected.
SMOOTHING = 2
#: A term stands in at least so many texts. The primer says many of its words no oftener.
MIN_DF = 2
#: A sentence of the primer counts as so many reviews: what it says, it says without a doubt.
PRIMER_COUNTS = 2
#: Lengths from which on a review is of the next class, in tokens.
LENGTHS = (2, 3, 5, 9, 13, 17, 25, 33, 49, 65, 97, 129)
#: Tokens up to which a text counts whole, and how fast it counts less beyond: (8 / length)^.75.
SHORT = 8
DILUTION = 0.75
#: Rows of a class count as so many more, with the share of praise among all reviews.
CLASS_SMOOTHING = 2


def fit_log_odds(rows: TrainingRows) -> tuple[LogOdds, np.ndarray]:
    """From training rows; also their columns, float32 (rows, COLUMNS).

    Each row's columns are by the terms of the other folds: by terms that had seen its own label
    they would be far clearer than those of a new text.
    """
    present, terms = presence(rows)
    shares = expected_shares(rows)
    weights = weights_of_texts(rows)
    columns = np.zeros((len(rows.documents), COLUMNS), dtype=np.float32)
    for fold in np.unique(rows.folds):
        # Rows of no weight add nothing, to the last digit: no copy of the others is made.
        others = rows.folds != fold
        values = log_odds(present, rows.labels, shares, weights * others[:, None])
        own = np.flatnonzero(~others)
        columns[own] = _columns(present[own], values)
    return LogOdds(terms, log_odds(present, rows.labels, shares, weights)), columns


def presence(rows: TrainingRows) -> tuple[Any, list[str]]:
    """A sparse (rows, terms) of ones, and the terms."""
    corpus = polar_corpus(rows.documents.compact())
    frequent = seen(corpus).in_texts(MIN_DF).terms
    found, bounds = incidence(corpus, frequent)
    present = csr_matrix((np.ones(len(found)), found, bounds), shape=(len(corpus), len(frequent)))
    return present, spelled(corpus.vocabulary, frequent)


def polar_corpus(corpus: Corpus) -> Corpus:
    """`TextPipeline.polar_words` of each text."""
    pipeline = TextPipeline()
    said = [pipeline.polar_word(token) for token in corpus.vocabulary]
    number = {word: at for at, word in enumerate(dict.fromkeys(filter(None, said)))}
    of_code = np.array([number.get(word, -1) for word in said], np.int32)
    codes = of_code[corpus.flat]
    denies = np.array([token in NEGATORS for token in corpus.vocabulary], dtype=bool)
    negators = np.flatnonzero(denies[corpus.flat])
    begins = corpus.bounds[:-1] - corpus.bounds[0]
    texts = np.unique(begins.searchsorted(negators, side="right") - 1)
    denied: list[int] = []
    for begin, tokens in zip(begins[texts].tolist(), corpus.take(texts), strict=True):
        denied += [begin + at for at in set(pipeline.denied(tokens))]
    places = np.array(denied, dtype=np.int64)
    codes[places] += np.where(codes[places] < 0, 0, len(number)).astype(np.int32)
    kept = codes >= 0
    ends = np.concatenate([[0], np.cumsum(kept)])
    words = [*number, *(DENIED + word for word in number)]
    return Corpus(words, codes[kept], ends[corpus.bounds - corpus.bounds[0]])


def expected_shares(rows: TrainingRows) -> np.ndarray:
    """Float64 (rows, KINDS): the share of praise in reviews of that length; and of that source.

    Sentences of the primer are as often praise as blame, whatever their length.
    """
    shares = np.full((len(rows.labels), KINDS), 0.5)
    reviews = rows.reviews
    labels = rows.labels[reviews]
    overall = (labels.sum() + 1) / (len(labels) + 2)
    lengths = np.digitize(rows.lengths, LENGTHS)[reviews]
    sources = rows.sources[reviews]
    for kind, of in enumerate((lengths, lengths + (len(LENGTHS) + 1) * sources)):
        _, which = np.unique(of, return_inverse=True)
        praised = np.bincount(which, weights=labels) + CLASS_SMOOTHING * overall
        shares[reviews, kind] = (praised / (np.bincount(which) + CLASS_SMOOTHING))[which]
    return shares


def weights_of_texts(rows: TrainingRows) -> np.ndarray:
    """Float64 (rows, KINDS): for what a text says of its terms, in the second kind less if long.

    A text's label is that of the whole. Of three words it is each word's; of a hundred it says
    little of any: « je regrette seulement que … » stands in the praise of who writes much.
    """
    return weights_by_length(rows.lengths, np.where(rows.reviews, 1, PRIMER_COUNTS))


def weights_by_length(lengths: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Float64 (rows, KINDS), of texts that count as so many."""
    diluted = np.minimum(1.0, (SHORT / np.maximum(lengths, 1)) ** DILUTION)
    return np.column_stack([counts, counts * diluted])


def log_odds(
    present: Any, labels: np.ndarray, shares: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Float32 (terms, KINDS): log-odds of praise where a term is, less those expected there.

    Rows of no weight count for nothing.
    """
    counted = weights[:, 0] > 0
    return of_sums(
        present.T @ weights,
        present.T @ (shares * weights),
        present.T @ (labels[:, None] * weights),
        praise=int(labels[counted].sum()),
        texts=int(counted.sum()),
    )


def of_sums(
    seen: np.ndarray, expected: np.ndarray, praised: np.ndarray, *, praise: int, texts: int
) -> np.ndarray:
    """Float32 (terms, KINDS) from sums over the texts that a term stands in: how often it was
    seen, how often praise was expected there, how often it was; `praise` of all `texts` praise."""
    seen = seen + SMOOTHING
    overall = (praise + 0.5) / (texts + 1)
    expected = (expected + SMOOTHING * overall) / seen
    praised = praised + SMOOTHING * expected
    return np.asarray(_logit(praised / seen) - _logit(expected), dtype=np.float32)


def _logit(share: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(share / (1 - share)))


def _columns(present: Any, values: np.ndarray) -> np.ndarray:
    """As `Polarity.read`, of rows whose terms were found already."""
    padded = np.vstack([np.zeros((1, KINDS), dtype=np.float32), values])
    starts = present.indptr[:-1] + np.arange(present.shape[0])
    found = np.insert(present.indices + 1, present.indptr[:-1], 0)
    return summed_up(padded[found], starts)[0]
