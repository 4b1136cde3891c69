"""Train word vectors on the reviews themselves, with the wikipedia2vec package.

Its command line wants a Wikipedia dump, a database of it and a pool of processes, and seeds each
worker at random. Here a list of sentences stands in for the dump and the calling process for the
pool: the training itself is the package's own, the same bytes come out for the same seed, and
nothing touches the disk.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from satispy.embeddings.vectors import WordVectors
from satispy.errors import SatispyError

if TYPE_CHECKING:
    from satispy.language.corpus import Corpus

#: Texts that are looked at together.
_AT_ONCE = 4_096
# The package keeps its state in module globals.
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class TrainingSettings:
    """Of skip-gram with negative sampling.

    The package's defaults are for billions of words and leave a few hundred thousand untrained:
    all cosines stay near 1.
    """

    dim: int = 100
    alpha: float = 0.05
    min_alpha: float = 0.0001
    sample: float = 1e-3
    window: int = 10
    negative: int = 5
    iterations: int = 10
    min_count: int = 3


def train(
    sentences: Iterable[Sequence[str]],
    seed: int = 20,
    settings: TrainingSettings | None = None,
) -> WordVectors:
    """Most frequent word first. The same sentences in the same order and seed: the same bytes."""
    settings = settings or TrainingSettings()
    from satispy.language.corpus import Corpus  # brings the lemmas

    texts = Corpus.of(sentences).compact()
    times = np.bincount(texts.flat, minlength=len(texts.vocabulary)).tolist()
    counts: dict[str, int] = dict(zip(texts.vocabulary, times, strict=True))
    known = [word for word, times in counts.items() if times >= settings.min_count]
    if not known:
        raise SatispyError(
            "no word stands %(min_count)s times in these %(texts)s texts: there is "
            "too little text to train word vectors on",
            min_count=settings.min_count,
            texts=len(texts),
        )
    model = _model(known, counts, texts)
    with _ONE_AT_A_TIME, _in_this_process(seed, counts):
        model.train(
            dump_db=_Texts(len(texts)),
            link_graph=None,
            mention_db=None,
            tokenizer=_Tokens(texts),
            sentence_detector=None,
            dim_size=settings.dim,
            init_alpha=settings.alpha,
            min_alpha=settings.min_alpha,
            window=settings.window,
            negative=settings.negative,
            word_neg_power=0.75,
            entity_neg_power=0.0,
            sample=settings.sample,
            iteration=settings.iterations,
            entities_per_page=0,
            pool_size=1,
            chunk_size=1,
            progressbar=False,
        )
    # Frequent words side by side: most look-ups touch the same few pages.
    words = sorted(known, key=lambda word: (-counts[word], word))
    rows = [model.dictionary.get_word_index(word) for word in words]
    about = {"source": "trained", "seed": seed, "texts": len(texts), **asdict(settings)}
    return WordVectors(words, np.array(model.syn0[rows], np.float32), about)


def _model(known: list[str], counts: dict[str, int], texts: "Corpus") -> Any:
    from wikipedia2vec import Wikipedia2Vec
    from wikipedia2vec.dictionary import Dictionary, RecordTrie, Trie

    class SmallTable(Wikipedia2Vec):
        """The package's table has 100 million entries (5 GB of lists, 46 s) for any vocabulary."""

        @staticmethod
        def _build_unigram_neg_table(items: Iterable[Any], power: float) -> NDArray[np.int32]:
            items = list(items)
            shares = np.cumsum(np.array([item.count for item in items], np.float64) ** power)
            ends = np.rint(shares / shares[-1] * max(1_000_000, 20 * len(items))).astype(np.int64)
            rows = np.array([item.index for item in items], np.int32)
            return np.repeat(rows, np.diff(ends, prepend=0))

    in_texts = dict(zip(counts, _texts_of_words(texts).tolist(), strict=True))
    trie = Trie(known)
    stats = np.zeros((len(trie), 2), np.int32)
    for word, row in trie.items():
        stats[row] = counts[word], in_texts[word]
    no_entity = Trie(), RecordTrie("<I")
    none = np.zeros((0, 2), np.int32)
    return SmallTable(
        Dictionary(trie, *no_entity, stats, none, "fr", False, {}, min_paragraph_len=1)
    )


def _texts_of_words(texts: "Corpus") -> NDArray[np.int64]:
    """In how many texts each word of the vocabulary stands."""
    found = np.zeros(len(texts.vocabulary), np.int64)
    for begin in range(0, len(texts), _AT_ONCE):
        part = texts[begin : begin + _AT_ONCE]
        text = np.repeat(np.arange(len(part)), part.lengths)
        distinct = np.unique(text * len(found) + part.flat)
        found += np.bincount(distinct % max(len(found), 1), minlength=len(found))
    return found


class _Texts:
    """Stands in for the package's `DumpDB`: each text is a page of one paragraph, its number."""

    uuid = dump_file = "reviews"
    language = "fr"

    def __init__(self, size: int) -> None:
        from wikipedia2vec.dump_db import Paragraph

        self._size = size
        self.get_paragraphs = lambda title: [Paragraph(title, [], False)]

    def page_size(self) -> int:
        return self._size

    def titles(self) -> Iterator[str]:
        return map(str, range(self._size))


class _Tokens:
    """Stands in for its tokenizer: the paragraph's number → the tokens we made long before."""

    def __init__(self, texts: "Corpus") -> None:
        from wikipedia2vec.utils.tokenizer.token import Token

        # Spans are used for links only, and there are none: one object per word is enough.
        of = [Token(word, 0, 0) for word in texts.vocabulary]
        codes, bounds = texts.codes, texts.bounds

        def tokenize(number: str) -> list[Any]:
            at = int(number)
            return [*map(of.__getitem__, codes[bounds[at] : bounds[at + 1]].tolist())]

        self.tokenize = tokenize


class _Places:
    """Stands in for its dictionary while it trains: the row of each of these words, or -1."""

    lowercase = False
    min_paragraph_len = 1

    def __init__(self, dictionary: Any, words: Iterable[str]) -> None:
        self.get_word_index = {word: dictionary.get_word_index(word) for word in words}.__getitem__


@contextmanager
def _in_this_process(seed: int, words: Iterable[str]) -> Iterator[None]:
    """Let the package train here and now, from this seed, and leave the generators as they were."""
    import wikipedia2vec.wikipedia2vec as package

    numpy_seed = np.random.seed

    class Here:
        def __init__(self, _size: int, initializer: Callable[..., None], initargs: Any) -> None:
            # The worker's `np.random.seed()` would draw from the operating system.
            np.random.seed = partial(numpy_seed, seed)
            try:
                initializer(*initargs)
            finally:
                np.random.seed = numpy_seed
            # It looks a token up in a trie, behind an exception where there is none: a fifth of
            # the time, where one dictionary knows all words of these texts.
            package._dictionary = _Places(package._dictionary, words)

        def imap_unordered(self, work: Any, items: Any, chunksize: int) -> Iterator[Any]:
            return map(work, items)

        def close(self) -> None:
            pass

    def in_place(array: NDArray[Any]) -> Any:
        """Copied one number after another, an array to be shared takes longer than an epoch."""
        return package.SharedArrayObject(array.ravel().copy(), array.dtype, array.shape)

    pool, numpy_state, python_state = package.Pool, np.random.get_state(), random.getstate()
    shared = package._convert_np_array_to_shared_array_object
    package.Pool, package._convert_np_array_to_shared_array_object = Here, in_place
    numpy_seed(seed)
    random.seed(seed)
    try:
        yield
    finally:
        package.Pool, package._convert_np_array_to_shared_array_object = pool, shared
        package._dictionary = None
        np.random.set_state(numpy_state)
        random.setstate(python_state)
