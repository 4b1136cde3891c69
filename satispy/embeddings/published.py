"""Read what the wikipedia2vec project publishes, once, into a table that opens at once.

Native `.pkl` files and text files (the package's own, word2vec's and GloVe's writing), each also
`.bz2`. Only words are kept: no review looks an entity up.
"""

import bz2
import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from satispy.embeddings.download import Buckets, Progress, fetch
from satispy.embeddings.vectors import WordVectors
from satispy.errors import BrokenArtefact, SatispyError

_BLOCK = 16_384  # rows converted at a time: the table is never in memory as a whole
_LONGEST_LINE = 1 << 20

Block = tuple[list[str], NDArray[np.float32]]


def load(
    source: str,
    folder: Path,
    *,
    sha256: str | None = None,
    dim: int | None = None,
    buckets: Buckets | None = None,
    progress: Progress = lambda what, done, total: None,
) -> WordVectors:
    """Bring the file of a path, https:// or s3:// here, convert it into the folder, open it.

    A download that was cut off goes on where it stopped when called again with the same folder.
    Raises BrokenArtefact for a file that is damaged, foreign or not of this dimension.
    """
    path = fetch(source, folder / "download", sha256, buckets, progress)
    try:
        vectors = convert(path, folder, dim, progress, about={"source": source})
    finally:
        if path.parent == folder / "download":
            path.unlink()
            path.parent.rmdir()
    return vectors


def convert(
    path: Path,
    folder: Path,
    dim: int | None = None,
    progress: Progress = lambda what, done, total: None,
    about: dict[str, Any] | None = None,
) -> WordVectors:
    """Published file → word vectors saved in the folder. Most frequent words come first."""
    kinds = path.suffixes[-2:]
    packed = kinds[-1:] == [".bz2"]
    kind = kinds[-2] if packed and len(kinds) == 2 else kinds[-1] if kinds else ""
    if kind not in (".pkl", ".txt"):
        raise SatispyError(
            "%(name)s: a .pkl or .txt of wikipedia2vec, or its .bz2, is needed", name=path.name
        )
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as scratch:
        if kind == ".pkl":
            plain = _unpack(path, Path(scratch) / "model.pkl", progress) if packed else path
            blocks = _native(plain, path.name)
        else:
            blocks = _text(path, packed)
        with _bz2_errors(path.name):
            words, table = _gather(blocks, Path(scratch) / "table.f4", path.name, dim, progress)
        return WordVectors.open(WordVectors(words, table, about).save(folder))


def _gather(
    blocks: Iterable[Block], raw: Path, name: str, dim: int | None, progress: Progress
) -> tuple[list[str], NDArray[np.float32]]:
    words: list[str] = []
    with raw.open("wb") as file:
        for new, rows in blocks:
            if not words and dim not in (None, rows.shape[1]):
                raise BrokenArtefact(
                    "%(name)s has %(shape)s numbers a word, not %(dim)s",
                    name=name,
                    shape=rows.shape[1],
                    dim=dim,
                )
            if not np.isfinite(rows).all():
                raise BrokenArtefact("%(name)s holds numbers that are not finite", name=name)
            words += new
            rows.tofile(file)
            progress("converting", len(words), None)
    if not words:
        raise BrokenArtefact("%(name)s holds no word", name=name)
    return words, np.memmap(raw, np.float32, "r").reshape(len(words), -1)


def _unpack(path: Path, plain: Path, progress: Progress) -> Path:
    """The package cannot map a packed file, and reading it whole takes its size in memory."""
    with _bz2_errors(path.name), bz2.open(path) as packed, plain.open("wb") as file:
        while chunk := packed.read(1 << 20):
            file.write(chunk)
            progress("unpacking", file.tell(), None)
    return plain


@contextmanager
def _bz2_errors(name: str) -> Iterator[None]:
    try:
        yield
    except EOFError as error:
        raise BrokenArtefact("%(name)s is cut short: %(error)s", name=name, error=error) from error
    except OSError as error:
        if error.errno:  # a full disk, say: not the file's fault
            raise
        raise BrokenArtefact("%(name)s is damaged: %(error)s", name=name, error=error) from error


# --- native files -------------------------------------------------------------------------------


def _native(path: Path, name: str) -> Iterator[Block]:
    from wikipedia2vec.dictionary import Dictionary

    try:
        content = _read_pickle(path)
        vectors, dictionary = content["syn0"], Dictionary.load(content["dictionary"])
        counts = dictionary._word_stats[:, 0]
        words = [word.text for word in dictionary.words()]
        rows = np.array([word.index for word in dictionary.words()])
    except SatispyError:
        raise
    # What unpickling can raise on bytes that are no pickle, or half of one (see its docs).
    except (
        *(pickle.UnpicklingError, EOFError, OSError, ImportError, ValueError, RuntimeError),
        *(AttributeError, LookupError, TypeError, MemoryError),
    ) as error:
        raise BrokenArtefact(
            "%(name)s is no native wikipedia2vec file, or is cut short: %(error)s",
            name=name,
            error=error,
        ) from error
    if getattr(vectors, "ndim", 0) != 2 or len(vectors) < len(words):
        raise BrokenArtefact(
            "%(name)s has %(words)s words but fewer vectors", name=name, words=len(words)
        )
    by_count = np.argsort(-counts[rows].astype(np.int64), kind="stable")
    for start in range(0, len(words), _BLOCK):
        chosen = by_count[start : start + _BLOCK]
        yield [words[i] for i in chosen], np.asarray(vectors[rows[chosen]], np.float32)


def _read_pickle(path: Path) -> Any:
    """What joblib.load reads, except that nothing in the file can run code.

    A pickle names the functions to call; here only those of plain arrays are answered.
    """
    from joblib.numpy_pickle import NumpyArrayWrapper, NumpyUnpickler

    class PlainArray(NumpyArrayWrapper):
        def read(self, *args: Any) -> Any:
            if self.dtype.hasobject:  # joblib would unpickle those with nothing forbidden
                raise BrokenArtefact("%(name)s holds arrays of objects", name=path.name)
            return super().read(*args)

    class ArraysOnly(NumpyUnpickler):
        def find_class(self, module: str, name: str) -> Any:
            if (module, name) == ("joblib.numpy_pickle", "NumpyArrayWrapper"):
                return PlainArray
            if (module, name) in (("numpy", "ndarray"), ("numpy", "dtype")):
                return getattr(np, name)
            raise BrokenArtefact(
                "%(file)s asks for %(module)s.%(name)s: it is no native wikipedia2vec file",
                file=path.name,
                module=module,
                name=name,
            )

    with path.open("rb") as file:
        return ArraysOnly(str(path), file, False, mmap_mode="r").load()


# --- text files ---------------------------------------------------------------------------------


def _text(path: Path, packed: bool) -> Iterator[Block]:
    with bz2.open(path) if packed else path.open("rb") as file:
        lines = _lines(file, path.name)
        first = next(lines, b"")
        announced, dim = _header(first)
        if announced is None:
            lines = _again(first, lines)
        read = 0
        seen: set[str] = set()
        while block := list(islice(lines, _BLOCK)):
            words, vectors = [], []
            for line in block:
                read += 1
                word, numbers = _split(line, read, path.name)
                dim = dim or len(numbers)
                if len(numbers) != dim:
                    raise BrokenArtefact(
                        "%(name)s: vector %(read)s has %(numbers)s numbers instead of %(dim)s; "
                        "the file is cut short or is no word vectors",
                        name=path.name,
                        read=read,
                        numbers=len(numbers),
                        dim=dim,
                    )
                if word.startswith("ENTITY/") or word in seen:
                    continue
                seen.add(word)
                words.append(word)
                vectors.append(numbers)
            if words:
                yield words, np.array(vectors, np.float32)
        if announced is not None and announced != read:
            raise BrokenArtefact(
                "%(name)s announces %(announced)s vectors but holds %(read)s",
                name=path.name,
                announced=announced,
                read=read,
            )


def _lines(file: IO[bytes], name: str) -> Iterator[bytes]:
    while line := file.readline(_LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise BrokenArtefact(
                "%(name)s is cut short, or is no word vectors: a line has no end", name=name
            )
        yield line[:-1]


def _header(line: bytes) -> tuple[int | None, int | None]:
    """word2vec's files begin with how many vectors there are and of which dimension."""
    numbers = line.split()
    if len(numbers) == 2 and all(number.isdigit() for number in numbers):
        return int(numbers[0]), int(numbers[1])
    return None, None


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _split(line: bytes, number: int, name: str) -> tuple[str, list[float]]:
    """`word<TAB>numbers` as the package writes, else `word_with_underscores numbers`."""
    word, tab, numbers = line.partition(b"\t")
    if not tab:
        word, _, numbers = line.partition(b" ")
        word = word.replace(b"_", b" ")
    try:
        return word.decode(), [float(value) for value in numbers.split()]
    except ValueError as error:
        raise BrokenArtefact(
            "%(name)s: line %(number)s is not a word and its numbers", name=name, number=number
        ) from error
