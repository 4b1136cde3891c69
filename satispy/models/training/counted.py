"""Terms of a corpus, words and pairs of neighbours: which there are, in how many texts, and where.

All is done for some texts at a time. What is known of some and of others is known of both together,
in whatever order they are put together: the same to the last one (docs/decisions/0071).
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, vstack

from satispy.language.corpus import Corpus, bounds_of
from satispy.models.bag import BagOfWords
from satispy.models.log_odds import written

#: Texts that are looked at together.
AT_ONCE = 4_096


class Seen(NamedTuple):
    """Different terms in the order of their numbers, the texts that each stands in, and its first
    place among the terms of all texts."""

    terms: np.ndarray
    texts: np.ndarray
    first: np.ndarray

    def and_(self, other: "Seen") -> "Seen":
        every = Seen(*(np.concatenate(both) for both in zip(self, other, strict=True)))
        order = np.argsort(every.terms, kind="stable")
        terms = every.terms[order]
        begins = np.flatnonzero(np.append(True, terms[1:] != terms[:-1])[: len(terms)])
        if not len(begins):
            return every
        return Seen(
            terms[begins],
            np.add.reduceat(every.texts[order], begins),
            np.minimum.reduceat(every.first[order], begins),
        )

    def in_texts(self, least: int) -> "Seen":
        """Those in so many texts, in the order of their first places."""
        kept = np.flatnonzero(self.texts >= least)
        kept = kept[np.argsort(self.first[kept])]
        return Seen(*(each[kept] for each in self))


def terms_of(corpus: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """The text and the number of each term, once a text: its words, then its pairs, each where it
    stands first.

    A word's number is its code; the pairs follow, `len(vocabulary)` for each first word.
    """
    codes, words = corpus.flat.astype(np.int64), len(corpus.vocabulary)
    text = np.repeat(np.arange(len(corpus)), corpus.lengths)
    together = text[1:] == text[:-1]
    pairs = (words + codes[:-1] * words + codes[1:])[together]
    row = np.concatenate([text, text[1:][together]])
    order = np.argsort(row, kind="stable")
    row, term = row[order], np.concatenate([codes, pairs])[order]
    _, first = np.unique(row * (words + words**2) + term, return_index=True)
    first.sort()
    return row[first], term[first]


def seen(corpus: Corpus) -> Seen:
    """The terms of all texts."""
    none = np.zeros(0, np.int64)
    # Each twice as large as the one after it, or larger: a term is put together as often as there
    # are sizes, and not with each look.
    found = [Seen(none, none, none)]
    place = 0
    for part in some_texts(corpus):
        _, terms = terms_of(part)
        distinct, first, texts = np.unique(terms, return_index=True, return_counts=True)
        found.append(Seen(distinct, texts, place + first))
        place += len(terms)
        while len(found) > 1 and len(found[-2].terms) <= 2 * len(found[-1].terms):
            found[-2:] = [found[-2].and_(found[-1])]
    while len(found) > 1:
        found[-2:] = [found[-2].and_(found[-1])]
    return found[0]


def incidence(corpus: Corpus, terms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of these terms each text has, as int32 places among them; and the bounds of the texts.

    They stand as in `terms_of`.
    """
    order = np.argsort(terms)
    known = terms[order]
    places, sizes = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    for part in some_texts(corpus):
        row, term = terms_of(part)
        at = np.minimum(known.searchsorted(term), len(known) - 1) if len(known) else row[:0]
        kept = np.flatnonzero(known[at] == term) if len(known) else at
        places.append(order[at[kept]].astype(np.int32))
        sizes.append(np.bincount(row[kept], minlength=len(part)))
    return np.concatenate(places), bounds_of(np.concatenate(sizes))


def spelled(corpus: Corpus, terms: np.ndarray) -> list[str]:
    """The terms of these numbers as they are saved."""
    vocabulary, words = corpus.vocabulary, len(corpus.vocabulary)
    return [
        vocabulary[each]
        if each < words
        else written((vocabulary[(each - words) // words], vocabulary[(each - words) % words]))
        for each in terms.tolist()
    ]


def vocabulary(corpus: Corpus, min_df: int) -> list[str]:
    """The 1-2-grams that stand in at least `min_df` documents, sorted."""
    return sorted(spelled(corpus, seen(corpus).in_texts(min_df).terms))


def sparse_counts(bag: BagOfWords, documents: Corpus) -> Any:
    return vstack(
        [_counts(bag, part) for part in some_texts(documents)]
        or [csr_matrix((0, len(bag.terms)), dtype=np.float32)],
        format="csr",
    )


def _counts(bag: BagOfWords, documents: Sequence[list[str]]) -> Any:
    found = bag.occurrences(documents)
    ones = np.ones(len(found.rows), dtype=np.float32)
    return csr_matrix((ones, (found.rows, found.terms)), shape=(len(documents), len(bag.terms)))


def some_texts(corpus: Corpus) -> Iterator[Corpus]:
    """All texts, so many at a time."""
    for begin in range(0, len(corpus), AT_ONCE):
        yield corpus[begin : begin + AT_ONCE]
