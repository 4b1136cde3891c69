"""Mending rejected rows in the page, without a browser."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from signed_in import ADMIN, USER

from satispy import journal
from satispy.dashboard.door.permits import Permits, nobody
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.rejected import Rejected, RejectedState
from satispy.errors import Forbidden, StorageUnreachable
from satispy.reviews import Receipt, ReviewTable, merge_upload
from satispy.storage import Store

BROKEN = "Commentaire,star\nBien,5\n<b>Ouvert</b>,zéro\nAbîmé,\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.folder(tmp_path)


@pytest.fixture
def receipt(store: Store) -> Receipt:
    store.write("uploads/mars.csv", BROKEN.encode())
    return merge_upload(store, "uploads/mars.csv")


class Looked:
    """A state and its widgets, and what was announced."""

    def __init__(self, store: Store, receipt: Receipt, permits: Permits) -> None:
        self.announced: list[tuple[str, str]] = []
        self.state = RejectedState(
            lambda: store,
            permits,
            lambda key, put: self.announced.append((key, put)),
            "Europe/Paris",
            snapshot=Snapshot(receipts=(receipt,), read=True),
        )
        self.part = Rejected(self.state)

    def do(self, coroutine: object) -> None:
        with ThreadPoolExecutor(1) as one:
            one.submit(asyncio.run, coroutine).result()

    def send(self, typed: dict[str, dict[str, str]]) -> None:
        self.part._table.typed = typed
        self.do(self.state.send())

    @property
    def said(self) -> str:
        return self.part._answer.html


@pytest.fixture
def looked(store: Store, receipt: Receipt) -> Looked:
    found = Looked(store, receipt, ADMIN)
    found.do(found.state.open(receipt))
    return found


def test_rows_are_shown_with_the_reason_beside_the_cell(looked: Looked) -> None:
    first, second = looked.part._table.rows
    assert first["line"] == 3
    assert list(first["faults"]) == ["star"]
    assert first["faults"]["star"] == ["note hors de 1 à 5"]
    assert second["faults"] == {"star": ["note absente"]}
    assert looked.part._table.columns == {"comment": "Commentaire", "star": "star"}


def test_what_passes_is_sent_and_what_does_not_stays_as_it_was_typed(
    looked: Looked, store: Store
) -> None:
    looked.send({"0": {"star": "2"}, "1": {"star": "dix"}})
    assert "1 ligne corrigée est envoyée" in looked.said
    assert "1 ligne est encore à corriger" in looked.said
    [left] = looked.part._table.rows
    assert (left["line"], left["values"]["star"]) == (4, "dix")
    assert "entier d’étoiles" in left["faults"]["star"][0]
    [(key, put)] = looked.announced
    assert merge_upload(store, key).put == put
    assert ReviewTable(store).count() == 2
    [entry] = journal.last(store, 5)
    assert (entry.what, entry.by.who, entry.by.via) == ("upload.mended", "anne", "app")
    assert entry.after == {"rows": 1, "from": "mars"}
    looked.do(looked.state.open(looked.state.receipt))
    assert [row["line"] for row in looked.part._table.rows] == [4]


def test_nothing_that_passes_is_no_upload_and_no_entry(looked: Looked, store: Store) -> None:
    looked.send({"1": {"star": "dix"}})
    assert looked.announced == []
    assert journal.last(store, 5) == []
    assert [entry.key for entry in store.list("uploads")] == ["uploads/mars.csv"]


@pytest.mark.parametrize(
    "typed", [{"x": {"star": "2"}}, {"0": "star"}, {"0": {"star": 5}}, {"0": {"satispy_line": "9"}}]
)
def test_what_no_page_of_ours_types_changes_nothing(
    looked: Looked, store: Store, typed: dict[str, dict[str, str]]
) -> None:
    looked.send(typed)
    assert looked.announced == []
    assert [entry.key for entry in store.list("uploads")] == ["uploads/mars.csv"]


@pytest.mark.parametrize("permits", [USER, nobody()])
def test_only_admins_see_rows_or_mend_them_whatever_the_page_showed(
    store: Store, receipt: Receipt, permits: Permits
) -> None:
    looked = Looked(store, receipt, permits)
    looked.do(looked.state.open(receipt))
    assert isinstance(looked.state.trouble, Forbidden)
    assert looked.state.sheet is None
    if permits is not USER:
        with pytest.raises(Forbidden):
            looked.state.read(receipt.quarantine)
    looked.state.param.update(receipt=receipt)
    looked.send({"0": {"star": "2"}})
    assert isinstance(looked.state.trouble, Forbidden)
    assert [entry.key for entry in store.list("uploads")] == ["uploads/mars.csv"]


def test_only_the_newest_receipt_of_a_file_is_offered(looked: Looked, receipt: Receipt) -> None:
    older = receipt.model_copy(update={"put": "older"})
    clean = receipt.model_copy(update={"quarantine": None, "upload": "avril"})
    looked.state.snapshot = Snapshot(receipts=(receipt, clean, older), read=True)
    assert looked.state.offered == [receipt]


def test_no_row_is_sent_again_for_what_stands_in_the_browser_already(looked: Looked) -> None:
    """Nor to a page whose visit has ended meanwhile."""
    sent: list[object] = []
    looked.part._table.param.watch(lambda event: sent.append(event.new), "rows")
    looked.part._table.typed = {"0": {"star": "2"}}
    looked.state.busy = True
    looked.state.busy = False
    assert sent == []


def test_a_bucket_that_does_not_answer_keeps_what_was_typed(
    looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise StorageUnreachable("s3://satispy does not answer")

    monkeypatch.setattr(Store, "write", gone)
    monkeypatch.setattr(Store, "create", gone)
    looked.send({"0": {"star": "2"}})
    assert "n’ont pas pu être envoyées" in looked.said
    assert looked.state.typed == {"0": {"star": "2"}}
    assert len(looked.part._table.rows) == 2
