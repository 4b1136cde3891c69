"""Sending files and following their receipts, without a browser."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from signed_in import ADMIN, USER

from satispy.dashboard.feed import Bucket, Snapshot
from satispy.dashboard.pages.data import DataPage, DataState
from satispy.dashboard.pages.review_form import ReviewFormState
from satispy.dashboard.render import render
from satispy.locales.reader import Reader, answering
from satispy.retraining import turn
from satispy.reviews.proposal import Proposal
from satispy.reviews.receipts import (
    MOST_RECENT,
    Reason,
    Receipt,
    Refusal,
    newest,
    receipt_key,
    save,
)
from satispy.sentence import Sentence
from satispy.storage import Store

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


def page_of(state: DataState) -> DataPage:
    store = Path("/nowhere")
    form = ReviewFormState(lambda: Store.folder(store), USER, masked=True, announce=lambda: None)
    return DataPage(state, form)


def test_a_file_that_has_arrived_waits_for_its_own_receipt() -> None:
    state = DataState(ADMIN)
    page = page_of(state)
    page._sender.sent = [{"key": "uploads/mars.csv", "put": "mine"}]
    assert state.waiting == ["mars.csv"]
    state.snapshot = Snapshot(receipts=(receipt("mars", put="another put"),), read=True)
    assert state.waiting == ["mars.csv"]
    state.snapshot = Snapshot(receipts=(receipt("mars", put="mine"),), read=True)
    assert state.waiting == []
    page._sender.sent = [*page._sender.sent, {"key": "uploads/mars.csv", "put": "again"}]
    assert state.waiting == ["mars.csv"]


def test_rubbish_from_a_browser_is_no_file() -> None:
    state = DataState(ADMIN)
    page_of(state)._sender.sent = ["x", {"key": "uploads/a.csv"}, {"put": 1, "key": []}]
    assert state.waiting == ["[]"]


def test_who_may_not_send_is_told_so() -> None:
    page = page_of(DataState(USER))
    assert page._sender.locked
    assert "réservé aux administrateurs" in page.layout[2].html


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


def test_why_a_file_was_refused_is_said_in_the_language_of_the_reader() -> None:
    why = Sentence(
        "the file has %(cells)s columns; at most %(max_columns)s", cells=9, max_columns=5
    )
    refused = receipt("photo", refused=str(why), refusal=Refusal.of(why))
    of_before = receipt("old", refused="the file is not text")
    shown = render("receipts.html", waiting=[], receipts=[refused, of_before])
    assert "le fichier a 9 colonnes ; 5 au plus" in shown
    assert "the file is not text" in shown
    with answering(Reader("en")):
        assert str(why) in render("receipts.html", waiting=[], receipts=[refused])


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
