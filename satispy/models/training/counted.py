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


class Terms(NamedTuple):
    """The text and the number of each term, a text's words before its pairs.

    A word's number is its code; the pairs follow, as many for each first word as there are words.
    """

    texts: np.ndarray
    numbers: np.ndarray

    def among(self, kept: np.ndarray) -> "Terms":
        """Those of `kept`, which is sorted, by their places in it."""
        if not len(kept):
            return Terms(self.texts[:0], self.numbers[:0])
        at = np.minimum(np.searchsorted(kept, self.numbers), len(kept) - 1)
        known = kept[at] == self.numbers
        return Terms(self.texts[known], at[known])


def terms_in(codes: np.ndarray, lengths: np.ndarray, words: int, *, once: bool = True) -> Terms:
    """From the codes of all tokens, below `words`, and how many each text has.

    Each once a text, where it stands first; or, not `once`, as often as it stands there.
    """
    codes = codes.astype(np.int64)
    of_word = np.repeat(np.arange(len(lengths)), lengths)
    together = of_word[1:] == of_word[:-1]
    pairs = (words + codes[:-1] * words + codes[1:])[together]
    text = np.concatenate([of_word, of_word[1:][together]])
    order = np.argsort(text, kind="stable")
    text, number = text[order], np.concatenate([codes, pairs])[order]
    if once:
        _, first = np.unique(text * (words + words**2) + number, return_index=True)
        first.sort()
        text, number = text[first], number[first]
    return Terms(text, number)


def terms_of(corpus: Corpus) -> Terms:
    return terms_in(corpus.flat, corpus.lengths, len(corpus.vocabulary))


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
        found, at = terms_of(part).among(known)
        places.append(order[at].astype(np.int32))
        sizes.append(np.bincount(found, minlength=len(part)))
    return np.concatenate(places), bounds_of(np.concatenate(sizes))


def spelled(vocabulary: Sequence[str], terms: np.ndarray) -> list[str]:
    """The terms of these numbers as they are saved."""
    words = len(vocabulary)
    return [
        vocabulary[each]
        if each < words
        else written((vocabulary[(each - words) // words], vocabulary[(each - words) % words]))
        for each in terms.tolist()
    ]


def vocabulary(corpus: Corpus, min_df: int) -> list[str]:
    """The 1-2-grams that stand in at least `min_df` documents, sorted."""
    return sorted(spelled(corpus.vocabulary, seen(corpus).in_texts(min_df).terms))


def sparse_counts(bag: BagOfWords, documents: Corpus) -> Any:
    return vstack(
        [_counts(bag, part) for part in some_texts(documents)]
        or [csr_matrix((0, len(bag.terms)), dtype=np.float32)],
        format="csr",
    )


def _counts(bag: BagOfWords, documents: Sequence[list[str]]) -> Any:
    found = bag.occurrences(documents)
    times = found.times.astype(np.float32)
    return csr_matrix((times, (found.rows, found.terms)), shape=(len(documents), len(bag.terms)))


def some_texts(corpus: Corpus) -> Iterator[Corpus]:
    """All texts, so many at a time."""
    for begin in range(0, len(corpus), AT_ONCE):
        yield corpus[begin : begin + AT_ONCE]
