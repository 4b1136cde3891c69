"""The bytes of an upload, out of their gzip if they are in one, a bounded piece at a time."""

import zlib
from collections.abc import Callable, Iterator
from typing import Final

from satispy.errors import UploadRefused

#: Most bytes of one file, unpacked; and how far a gzip may blow up once past the first 64 MB.
MAX_BYTES: Final = 8 * 1024**3
MAX_BLOW_UP: Final = 100

#: Begins the file anew at each call.
Source = Callable[[], Iterator[bytes]]


def is_gzip(data: bytes) -> bool:
    return data[:2] == b"\x1f\x8b"


def uncompressed(source: Source, compressed: bool) -> Iterator[bytes]:
    """The bytes of the file. Raises UploadRefused when its gzip is damaged."""
    if not compressed:
        yield from source()
        return
    unpack = Gunzip()
    for part in source():
        yield from unpack.feed(part)


class Gunzip:
    """Gzip, one or many members, a bounded piece at a time."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data:
                if self._member.eof:
                    if not data.strip(b"\0"):  # padding after the last member
                        return
                    self._member = zlib.decompressobj(wbits=31)
                yield self._member.decompress(data, 1 << 20)
                data = self._member.unconsumed_tail or self._member.unused_data
                while not data and not self._member.eof:
                    piece = self._member.decompress(b"", 1 << 20)
                    if not piece:
                        break
                    yield piece
        except zlib.error as error:
            raise UploadRefused("the gzip is damaged: %(error)s", error=error) from error

    def finish(self) -> None:
        if not self._member.eof:
            raise UploadRefused("the gzip ends too early: was the upload cut off?")
