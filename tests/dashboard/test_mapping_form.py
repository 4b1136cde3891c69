"""A file whose header nobody knows is mapped by clicks, put again, and its mapping remembered."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from signed_in import ADMIN, USER

from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.mapping_form import NONE, MappingForm, MappingState
from satispy.reviews import Receipt, merge_upload
from satispy.reviews.columns import parse_mapping
from satispy.storage import Store

FILE = "Fiche;Qui;Ressenti;Dit\nF1;Zoé;8;Très bien reçu, merci\nF2;Max;3;Abîmé et en retard\n"


@pytest.fixture
def refused(tmp_path: Path) -> Receipt:
    # In a folder: a merge holds the interpreter's lock that the S3 server in this process needs.
    folder = Store.folder(tmp_path / "bucket")
    folder.write("uploads/strange.csv", FILE.encode())
    return merge_upload(folder, "uploads/strange.csv")


@pytest.fixture
def state(s3: Store, refused: Receipt) -> MappingState:
    s3.write("uploads/strange.csv", FILE.encode())
    return MappingState(lambda: s3, ADMIN, SENT.append_both, snapshot=Snapshot(receipts=(refused,)))


class Sent(list[tuple[str, str]]):
    def append_both(self, key: str, put: str) -> None:
        self.append((key, put))


SENT = Sent()


def wait(coroutine: object) -> None:
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, coroutine).result()  # type: ignore[arg-type]


def test_columns_said_by_somebody_who_may_not_change_nothing(s3: Store, refused: Receipt) -> None:
    s3.write("uploads/strange.csv", FILE.encode())
    before = s3.head("uploads/strange.csv")
    state = MappingState(lambda: s3, USER, SENT.append_both, snapshot=Snapshot(receipts=(refused,)))
    wait(state.open())
    assert state.proposal is None  # its cells may name people
    state.param.update(comment="Dit", star="Ressenti", scale="/10")
    wait(state.confirm())
    assert "réservée aux administrateurs" in state.fault
    assert s3.head("uploads/strange.csv") == before


def test_a_refused_file_is_asked_about_and_merged_with_what_was_chosen(
    s3: Store, state: MappingState
) -> None:
    SENT.clear()
    assert state.asked is not None
    form = MappingForm(state)
    wait(state.open())
    assert list(state.proposal.samples) == ["Fiche", "Qui", "Ressenti", "Dit"]
    assert (state.comment, state.star) == ("Dit", "Ressenti")
    assert form._selects["comment"].options == [NONE, "Fiche", "Qui", "Ressenti", "Dit"]
    state.scale = "/10"
    assert state.mapping["star"] == "Ressenti/10"
    wait(state.confirm())
    assert state.asked is None
    entry = s3.describe("uploads/strange.csv")
    said = parse_mapping(entry.metadata["satispy-columns"])
    assert said == {"comment": "Dit", "star": "Ressenti/10"}
    assert s3.read("uploads/strange.csv") == FILE.encode()
    assert [key for key, _ in SENT] == ["uploads/strange.csv"]


def test_what_is_needed_must_be_chosen_and_nothing_twice(state: MappingState) -> None:
    wait(state.open())
    state.star = NONE
    wait(state.confirm())
    assert "celle de la note" in state.fault
    state.star = state.comment
    wait(state.confirm())
    assert "deux fois" in state.fault


def test_a_file_that_was_merged_since_is_not_asked_about(
    state: MappingState, refused: Receipt
) -> None:
    later = {"put": "later", "put_at": refused.put_at + timedelta(hours=1)}
    merged = refused.model_copy(update={**later, "refused": None, "proposal": None})
    state.snapshot = Snapshot(receipts=(merged, refused))
    assert state.asked is None
