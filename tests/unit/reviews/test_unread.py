"""An upload that may not be read ends with a receipt all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from satispy.errors import NotAllowed, StorageUnreachable
from satispy.reviews import merge_upload, receipts
from satispy.storage import Entry, Store


class Locked(Store):
    """A bucket in which the objects of some keys may be seen, and not read."""

    locked = "uploads/locked.csv"

    def read(self, key: str, version: str | None = None) -> bytes:
        if key == self.locked:
            raise NotAllowed("AccessDenied")
        return super().read(key, version)

    def stream(
        self, key: str, chunk: int = 8 << 20, version: str | None = None, start: int = 0
    ) -> Iterator[bytes]:
        if key == self.locked:
            raise NotAllowed("AccessDenied")
        return super().stream(key, chunk, version, start)


class Hidden(Locked):
    """One in which they may not even be seen."""

    def describe(self, key: str, version: str | None = None) -> Entry:
        if key == self.locked:
            raise NotAllowed("AccessDenied")
        return super().describe(key, version)


@pytest.mark.parametrize("kind", [Locked, Hidden])
def test_an_object_that_may_not_be_read_is_refused_in_words(tmp_path: Path, kind: type[Store]):
    store = kind.folder(tmp_path)
    store.write("uploads/locked.csv", b"comment,star\nbien,5\n")
    first = merge_upload(store, "uploads/locked.csv")
    assert first.refused
    assert "not allowed to read it" in first.refused
    assert merge_upload(store, "uploads/locked.csv") == first
    assert receipts.all(store) == [first]


class Closed(Store):
    """A bucket of which we may do nothing, as for a role that has lost its rights."""

    def describe(self, key: str, version: str | None = None) -> Entry:
        raise NotAllowed("AccessDenied")

    def list(self, prefix: str) -> list[Entry]:
        raise NotAllowed("AccessDenied")


def test_where_nothing_may_be_read_the_upload_is_tried_again(tmp_path: Path):
    with pytest.raises(StorageUnreachable):
        merge_upload(Closed.folder(tmp_path), "uploads/a.csv")
