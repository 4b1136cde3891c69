"""Sending files and following their receipts, without a browser."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from signed_in import ADMIN, USER

from satispy import journal
from satispy.dashboard.door.permits import nobody
from satispy.dashboard.feed import Bucket, Snapshot
from satispy.dashboard.pages.data import DataPage, DataState, UnsuitableFile
from satispy.dashboard.pages.review_form import ReviewFormState
from satispy.dashboard.render import render
from satispy.errors import Forbidden, StorageUnreachable
from satispy.retraining import turn
from satispy.reviews.proposal import Proposal
from satispy.reviews.receipts import MOST_RECENT, Reason, Receipt, newest, receipt_key, save
from satispy.storage import Entry, Store

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


def receipt(name: str, put: str = "first", **fields: object) -> Receipt:
    return Receipt(
        **{
            "upload": name,
            "key": f"uploads/{name}.csv",
            "put": put,
            "put_at": NOW,
            "finished": NOW,
            "seconds": 1.0,
            **fields,
        }
    )


def send(state: DataState, *files: tuple[str, bytes]) -> None:
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.send(list(files))).result()


def test_a_file_is_put_under_its_name_and_waits_for_its_own_receipt(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    state = DataState(lambda: store, ADMIN)
    send(state, ("mars.csv", b"Commentaire,star\nbien,5\n"))
    assert store.read("uploads/mars.csv") == b"Commentaire,star\nbien,5\n"
    assert state.waiting == ["mars.csv"]
    state.snapshot = Snapshot(receipts=(receipt("mars", put="another put"),), read=True)
    assert state.waiting == ["mars.csv"]
    state.snapshot = Snapshot(receipts=(receipt("mars", put=state.sent[0].put),), read=True)
    assert state.waiting == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [("C:\\Users\\moi\\mars.csv", "mars.csv"), ("../../reports/v1.csv", "v1.csv")],
)
def test_only_the_last_part_of_a_path_is_kept(tmp_path: Path, given: str, kept: str) -> None:
    store = Store.folder(tmp_path)
    send(DataState(lambda: store, ADMIN), (given, b"x"))
    assert [entry.key for entry in store.list("uploads")] == [f"uploads/{kept}"]


def test_what_is_no_csv_by_its_name_is_not_sent(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    state = DataState(lambda: store, ADMIN)
    send(state, ("photo.png", b"\x89PNG"))
    assert isinstance(state.trouble, UnsuitableFile)
    assert store.list("") == []
    send(state, ("mars.csv.gz", b"\x1f\x8b"))
    assert state.trouble is None


def test_each_of_several_files_has_its_reply(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    state = DataState(lambda: store, ADMIN)
    page = DataPage(state, ReviewFormState(lambda: store, USER, masked=True, announce=lambda: None))
    send(state, ("avis.xlsx", b"PK"), ("vide.csv", b"\n"), ("mars.csv", b"Commentaire,star\nx,5"))
    assert "avis.xlsx n’est pas un fichier .csv" in page.layout[2].html
    assert "vide.csv est vide" in page.layout[2].html
    assert [entry.key for entry in store.list("uploads")] == ["uploads/mars.csv"]
    [entry] = journal.last(store, 5)
    assert (entry.what, entry.on, entry.by.who) == ("upload.sent", "mars", "anne")


def test_a_file_of_somebody_who_may_not_is_not_sent_whatever_the_page_showed(
    tmp_path: Path,
) -> None:
    store = Store.folder(tmp_path)
    state = DataState(lambda: store, USER)
    page = DataPage(state, ReviewFormState(lambda: store, USER, masked=True, announce=lambda: None))
    assert "réservé aux administrateurs" in page.layout[3].html
    send(state, ("mars.csv", b"x"))
    assert isinstance(state.trouble, Forbidden)
    assert "réservée aux administrateurs" in page.layout[2].html
    assert store.list("") == []
    nobodys = DataState(lambda: store, nobody())
    send(nobodys, ("mars.csv", b"x"))
    assert isinstance(nobodys.trouble, Forbidden)
    assert store.list("") == []


def test_a_bucket_that_does_not_answer_is_said_and_nothing_waits() -> None:
    class Gone(Store):
        def __init__(self) -> None: ...

        def first(self, *_: object) -> list[Entry]:
            raise StorageUnreachable("s3://satispy does not answer: refused")

    state = DataState(Gone, ADMIN)
    page = DataPage(state, ReviewFormState(Gone, USER, masked=True, announce=lambda: None))
    send(state, ("mars.csv", b"x"))
    assert isinstance(state.trouble, StorageUnreachable)
    assert state.waiting == []
    assert not state.sending
    assert "rien n’a été envoyé" in page.layout[2].html


def test_reasons_are_said_in_french_and_unknown_ones_as_they_come() -> None:
    shown = render(
        "receipts.html",
        waiting=[],
        receipts=[
            receipt(
                "mars",
                received=5,
                rejected=5,
                reasons=[
                    Reason(code="star_missing", message="the star is missing", count=4, lines=[2]),
                    Reason(code="new_rule", message="a rule of tomorrow", count=1, lines=[9]),
                ],
            ),
            receipt("photo", refused="the file is not text"),
        ],
    )
    assert "note absente" in shown
    assert "a rule of tomorrow" in shown
    assert "fichier refusé" in shown


def test_a_header_that_nobody_knew_is_no_longer_asked_about_once_the_file_came_again() -> None:
    asked = receipt("mars", refused="no column for 'star'", proposal=Proposal())
    shown = [
        render("receipts.html", waiting=[], receipts=[asked], newest=newest)
        for newest in ([asked], [receipt("mars", put="later")])
    ]
    assert "indiquez ses colonnes plus bas" in shown[0]
    assert "envoyé de nouveau depuis" in shown[1]


def test_a_file_name_is_never_taken_for_markup() -> None:
    shown = render("receipts.html", waiting=["<b>x</b>.csv"], receipts=[receipt("<i>y</i>")])
    assert "<b>x" not in shown
    assert "<i>y" not in shown


def test_the_feed_keeps_the_newest_receipts_first(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    for day in (3, 1, 2):
        given = receipt(f"jour{day}", put_at=NOW.replace(day=day))
        store.write(receipt_key(given.key), given.model_dump_json().encode())
    snapshot = Bucket(store).snapshot(Snapshot())
    assert [r.upload for r in snapshot.receipts] == ["jour3", "jour2", "jour1"]


def test_the_feed_reads_the_progress_of_runs_without_a_report(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    started = datetime.now(UTC).isoformat()
    running = f'{{"state": "running", "started": "{started}", "seconds": 0.1}}'.encode()
    store.write("runs/v00002/progress/prepare.json", running)
    store.write("runs/v00002/split.json", b"{}")
    turn.take(store, "v00002", datetime.now(UTC))
    bucket = Bucket(store)
    (run,) = bucket.snapshot(Snapshot()).runs
    assert run.run == "v00002"
    assert run.stages["prepare"].state == "running"
    store.write("runs/v00002/progress/prepare.json", running.replace(b"running", b"done"))
    (run,) = bucket.snapshot(Snapshot()).runs
    assert run.stages["prepare"].state == "done"


def test_the_newest_receipts_are_kept_with_each_that_is_written(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    old = receipt("before", put_at=NOW.replace(day=1))
    store.write(receipt_key(old.key), old.model_dump_json().encode())  # of an older satispy
    for number in range(MOST_RECENT):
        save(store, receipt(f"jour{number}", put_at=NOW + timedelta(minutes=number)))
    shown = Bucket(store).snapshot(Snapshot()).receipts
    assert [each.upload for each in shown] == [f"jour{n}" for n in reversed(range(MOST_RECENT))]
    assert newest(store, 3) == list(reversed(shown[:3]))
    assert newest(store, MOST_RECENT + 1)[0].upload == "before"
