"""A file in parts: what is taken, gone on with, put as one, and whose it is."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from satispy.errors import Conflict, NotFound
from satispy.reviews import in_parts
from satispy.reviews.in_parts import File, InParts, Sending, Unsuitable
from satispy.storage import Store

CONTENT = b"Commentaire,star\nbien,5\n" * 5


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_parts, "PART", 32)


@pytest.fixture
def parts(store: Store) -> InParts:
    return InParts(store)


def begun(
    parts: InParts, owner: str = "anne", name: str = "mars.csv", modified: int = 1
) -> Sending:
    return parts.begin(owner, File(name=name, size=len(CONTENT), modified=modified))


def send(parts: InParts, sending: Sending, *numbers: int) -> None:
    for part in numbers or range(sending.parts):
        parts.take(sending, part, CONTENT[part * 32 : part * 32 + 32])


def test_parts_in_any_order_become_the_file_and_are_gone(store: Store, parts: InParts) -> None:
    sending = begun(parts)
    send(parts, sending, 3, 1, 0, 2)
    sent = parts.join(parts.find("anne", sending.id))
    assert store.read("uploads/mars.csv") == CONTENT
    assert sent.key == "uploads/mars.csv"
    assert parts.sent(sending) == sent
    assert parts.have(sending) == []


def test_the_same_file_goes_on_where_it_was_and_another_does_not(parts: InParts) -> None:
    sending = begun(parts)
    send(parts, sending, 0, 2)
    assert parts.have(begun(parts)) == [0, 2]
    assert parts.have(begun(parts, modified=2)) == []
    assert parts.have(begun(parts, name="avril.csv")) == []


def test_nobody_finds_or_goes_on_with_the_file_of_another(store: Store, parts: InParts) -> None:
    sending = begun(parts)
    send(parts, sending, 0)
    assert parts.have(begun(parts, owner="zoe")) == []
    with pytest.raises(NotFound):
        parts.find("eve", sending.id)
    assert all("anne" not in entry.key for entry in store.list(""))


def test_a_file_that_was_sent_is_sent_anew(store: Store, parts: InParts) -> None:
    for _ in range(2):
        sending = begun(parts)
        assert parts.sent(sending) is None
        send(parts, sending)
        parts.join(sending)
        store.delete("uploads/mars.csv")


def test_what_lacks_a_part_is_not_put(store: Store, parts: InParts) -> None:
    sending = begun(parts)
    send(parts, sending, 0, 1, 3)
    with pytest.raises(Conflict, match="1 parts"):
        parts.join(sending)
    assert store.list("uploads") == []


@pytest.mark.parametrize(("part", "data"), [(0, b"x" * 31), (3, b"x" * 32), (4, b"x"), (0, b"")])
def test_a_part_of_another_size_is_not_taken(parts: InParts, part: int, data: bytes) -> None:
    sending = begun(parts)
    with pytest.raises(Conflict):
        parts.take(sending, part, data)
    assert parts.have(sending) == []


def test_who_cancels_leaves_nothing(store: Store, parts: InParts) -> None:
    sending = begun(parts)
    send(parts, sending)
    parts.cancel(sending)
    assert store.list("") == []


def test_what_nobody_went_on_with_is_deleted_after_two_days(store: Store, parts: InParts) -> None:
    old = begun(parts)
    send(parts, old, 0)
    begun(parts, owner="zoe")
    for path in Path(store.url).glob("sending/*/*/*"):
        os.utime(path, (time.time() - 3 * 86400,) * 2)
    young = begun(parts, name="avril.csv")
    assert [entry.key for entry in store.list(young.at())] == [young.at("file.json")]
    with pytest.raises(NotFound):
        parts.find("anne", old.id)


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [
        ("photo.png", 9, "not-csv"),
        ("mars.csv.zip", 9, "not-csv"),
        ("vide.csv", 0, "empty"),
        ("mars.csv", (1 << 30) + 1, "too-large"),
        ("a\x00b.csv", 9, "name"),
    ],
)
def test_what_can_be_no_upload_is_refused_by_a_code(
    store: Store, parts: InParts, name: str, size: int, code: str
) -> None:
    with pytest.raises(Unsuitable) as refused:
        parts.begin("anne", File(name=name, size=size, modified=1))
    assert refused.value.code == code
    assert store.list("") == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\moi\\mars.csv", "uploads/mars.csv"),
        ("../../reports/v1.csv", "uploads/v1.csv"),
        ("MARS.CSV.GZ", "uploads/MARS.CSV.GZ"),
    ],
)
def test_only_the_last_part_of_a_path_is_kept(parts: InParts, given: str, kept: str) -> None:
    assert begun(parts, name=given).key == kept


def test_no_more_than_a_part_is_in_memory_while_they_are_joined(
    store: Store, parts: InParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = begun(parts)
    send(parts, sending)
    written = []

    def write(self: Store, key: str, data: object, *rest: object) -> None:
        if key.startswith("uploads/"):
            assert isinstance(data, Iterator)
            written.extend(map(len, data))

    monkeypatch.setattr(Store, "write", write)
    with pytest.raises(NotFound):
        parts.join(sending)
    assert written == [32, 32, 32, len(CONTENT) - 96]
