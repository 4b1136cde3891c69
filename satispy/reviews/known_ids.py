"""Which identities the table holds, without reading its whole column of them for each chunk.

Rows never change their position, so those of a full segment are written down once: the first five
bytes of each identity, sorted. Whoever finds a segment full and not written writes it; two who do
write the same bytes. What is found there is only likely, one in a hundred thousand by chance: the
table is asked about it, in that segment alone.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from typing import Final
from uuid import uuid4
from zlib import crc32

from satispy.errors import BrokenArtefact, Conflict, NotFound
from satispy.storage import Store

PREFIX: Final = "known_ids"
#: Rows of a segment: 2 MB.
SEGMENT: Final = 1 << 19
_BUCKETS: Final = 256


@dataclass(frozen=True)
class Span:
    """Positions `first` to `end`, in which identities may stand."""

    first: int
    end: int
    ids: Sequence[bytes]


class KnownIds:
    """The segments of one dataset (`dataset` is the id of its table)."""

    def __init__(self, store: Store, dataset: str, segment: int = SEGMENT) -> None:
        self._store = store
        self._home = f"{PREFIX}/{dataset}"
        self._segment = segment
        self._found: tuple[str, int] | None = None
        self._written: int | None = None

    def likely(self, ids: Iterable[bytes], rows: int) -> tuple[list[Span], int]:
        """The segments that may hold some of these, and the first position that no segment has.

        `rows`: how many the version has that is looked at; what others appended since is not seen.
        """
        wanted = [(each[0], int.from_bytes(each[1:5], "big"), each) for each in sorted(ids)]
        whole = min(self._written_segments(), rows // self._segment)
        found = []
        for number in range(whole):
            try:
                held = _Held.from_bytes(self._store.read(self._key(number)))
                hits = held.likely(wanted)
            except (NotFound, BrokenArtefact):  # the table itself will say
                hits = [each for _, _, each in wanted]
            if hits:
                first = number * self._segment
                found.append(Span(first, first + self._segment, hits))
        return found, whole * self._segment

    def write_down(self, rows: int, read: Callable[[int, int], Iterator[bytes]]) -> None:
        """Write the next segment if it is full; `read` gives the identities of its positions."""
        number = self._written_segments()
        if rows < (number + 1) * self._segment:
            return
        held = _Held.of(read(number * self._segment, (number + 1) * self._segment))
        if len(held.rest) != self._segment:  # the table has changed under us
            return
        with suppress(Conflict):  # somebody else has just written the same
            self._store.create(self._key(number), held.to_bytes())
        self._written = number + 1

    def forget(self) -> None:
        """Positions get other rows: an older version is restored. Ask before and after it.

        What somebody writes meanwhile, of rows that are no more, is written where nobody looks.
        """
        old = self.folder
        self._store.write(f"{self._home}/epoch", uuid4().hex.encode())
        self._found = None
        for entry in self._store.list(old):
            self._store.delete(entry.key)

    @property
    def folder(self) -> str:
        """Another one after each restore."""
        return self._look()[0]

    def _written_segments(self) -> int:
        return self._look()[1] if self._written is None else self._written

    def _look(self) -> tuple[str, int]:
        """The folder of now, and how many segments it has."""
        if self._found is None:
            try:
                epoch = self._store.read(f"{self._home}/epoch").decode()
            except NotFound:
                epoch = "first"
            folder = f"{self._home}/{epoch}"
            keys = {entry.key for entry in self._store.list(folder)}
            number = 0
            while f"{folder}/{self._name(number)}" in keys:
                number += 1
            self._found = folder, number
            self._written = None
        return self._found

    def _name(self, number: int) -> str:
        return f"{self._segment}-{number:06}"

    def _key(self, number: int) -> str:
        return f"{self.folder}/{self._name(number)}"


@dataclass(frozen=True)
class _Held:
    """Second to fifth bytes of identities, sorted within the bucket that the first byte names."""

    begins: Sequence[int]  # of each bucket, and the end
    rest: Sequence[int]

    @classmethod
    def of(cls, ids: Iterable[bytes]) -> "_Held":
        heads = sorted(int.from_bytes(each[:5], "big") for each in ids)
        counts = [0] * _BUCKETS
        for head in heads:
            counts[head >> 32] += 1
        begins = array("I", accumulate(counts, initial=0))
        return cls(begins, array("I", (head & 0xFFFFFFFF for head in heads)))

    def likely(self, wanted: Iterable["_Wanted"]) -> list[bytes]:
        begins, rest = self.begins, self.rest
        found = []
        for bucket, head, id in wanted:
            end = begins[bucket + 1]
            at = bisect_left(rest, head, begins[bucket], end)
            if at < end and rest[at] == head:
                found.append(id)
        return found

    def to_bytes(self) -> bytes:
        data = bytes(memoryview(array("I", self.begins))) + bytes(memoryview(array("I", self.rest)))
        return crc32(data).to_bytes(4, "big") + data

    @classmethod
    def from_bytes(cls, stored: bytes) -> "_Held":
        """Raises BrokenArtefact if these are not the bytes that were written."""
        numbers = memoryview(stored)[4:]
        if crc32(numbers) != int.from_bytes(stored[:4], "big") or len(numbers) < 4 * _BUCKETS:
            raise BrokenArtefact("a segment of known identities is broken")
        numbers = numbers.cast("I")
        return cls(numbers[: _BUCKETS + 1], numbers[_BUCKETS + 1 :])


#: The bucket of an identity, what is held of it, and itself.
_Wanted = tuple[int, int, bytes]
