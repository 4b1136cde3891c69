"""The one reader of the bucket that all sessions share."""

import threading
import time
from pathlib import Path

from made_up_reports import make_report, write_report

from satispy.dashboard.feed import Bucket, Feed, Snapshot
from satispy.errors import StorageUnreachable
from satispy.reports import recent
from satispy.reports.schema import Interval
from satispy.reviews import merge_upload
from satispy.storage import Listing, Store


class CountingStore(Store):
    """A real folder that counts what is read of it, and can go away."""

    def __init__(self, root: Path) -> None:
        folder = Store.folder(root)
        super().__init__(folder._objects, folder.url, folder.options)
        self.read_keys: list[str] = []
        self.asked = 0
        self.gone = False

    def read(self, key: str, version: str | None = None) -> bytes:
        self.read_keys.append(key)
        return super().read(key, version)

    def read_if_changed(self, key: str, etag: str | None) -> tuple[bytes, str | None] | None:
        self.asked += 1
        if self.gone:
            raise StorageUnreachable("s3://satispy does not answer: unplugged")
        return super().read_if_changed(key, etag)

    def read_reports(self) -> list[str]:
        return [key for key in self.read_keys if key.startswith("reports/")]

    def listing(self, prefix: str, *, exact: bool = False, most: int | None = None) -> Listing:
        self.asked += 1
        if self.gone:
            raise StorageUnreachable("s3://satispy does not answer: unplugged")
        return super().listing(prefix, exact=exact, most=most)


def until(condition, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_an_empty_bucket_is_read_and_has_no_report(tmp_path: Path) -> None:
    snapshot = Bucket(Store.folder(tmp_path)).snapshot(Snapshot())
    assert snapshot == Snapshot(read=True)


def test_reports_come_in_the_order_of_the_dataset(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    for number in (10, 2, 1):
        write_report(store, make_report(number))
    snapshot = Bucket(store).snapshot(Snapshot())
    assert [report.dataset_version for report in snapshot.reports] == [1, 2, 10]


def test_only_new_and_changed_reports_are_read_again(tmp_path: Path) -> None:
    store = CountingStore(tmp_path)
    write_report(store, make_report(1))
    write_report(store, make_report(2))
    bucket = Bucket(store)
    first = bucket.snapshot(Snapshot())
    assert bucket.snapshot(first) == first
    assert sorted(store.read_reports()) == ["reports/v00001.json", "reports/v00002.json"]
    write_report(store, make_report(3))
    write_report(store, make_report(1).model_copy(update={"rows": 8_000}))
    second = bucket.snapshot(first)
    assert sorted(store.read_reports()[2:]) == ["reports/v00001.json", "reports/v00003.json"]
    assert [report.rows for report in second.reports] == [8_000, 9_400, 10_900]


def test_a_deleted_report_goes_away(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    write_report(store, make_report(1))
    bucket = Bucket(store)
    snapshot = bucket.snapshot(Snapshot())
    store.delete("reports/v00001.json")
    assert bucket.snapshot(snapshot).reports == ()


def test_a_broken_report_is_named_and_the_others_are_shown(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    write_report(store, make_report(1))
    store.write("reports/v00002.json", b'{"run": "v000')
    snapshot = Bucket(store).snapshot(Snapshot())
    assert [report.run for report in snapshot.reports] == ["v00001"]
    assert [each.key for each in snapshot.left_out] == ["reports/v00002.json"]


def test_a_bucket_with_summaries_is_asked_six_questions_and_never_listed(tmp_path: Path) -> None:
    store = CountingStore(tmp_path)
    for number in range(1, 4):
        report = make_report(number)
        write_report(store, report)
        recent.note(store, report)
    store.write("uploads/a.csv", b"Commentaire,star\nbien,5\n")
    merge_upload(store, "uploads/a.csv")
    bucket = Bucket(store)
    first = bucket.snapshot(Snapshot())
    assert [report.run for report in first.reports] == ["v00001", "v00002", "v00003"]
    assert (first.updates, first.last) == (3, make_report(3))
    assert [receipt.added for receipt in first.receipts] == [1]
    asked, read = store.asked, len(store.read_keys)
    assert bucket.snapshot(first) == first
    assert (store.asked - asked, len(store.read_keys)) == (6, read)


def test_reports_of_before_there_was_a_summary_are_in_it_with_the_next(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    for number in range(1, 4):
        write_report(store, make_report(number))
    recent.note(store, make_report(3))
    recent.note(store, make_report(3))  # a step that is run again
    snapshot = Bucket(store).snapshot(Snapshot())
    assert [report.run for report in snapshot.reports] == ["v00001", "v00002", "v00003"]
    assert snapshot.updates == 3


def test_a_summary_that_is_none_is_written_anew(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    store.write(recent.KEY, b"<html>")
    write_report(store, make_report(1))
    assert [each.run for each in Bucket(store).snapshot(Snapshot()).reports] == ["v00001"]
    recent.note(store, make_report(1))
    assert recent.parse(recent.KEY, store.read(recent.KEY)).count == 1


def test_what_was_known_stays_while_s3_does_not_answer(tmp_path: Path) -> None:
    store = CountingStore(tmp_path)
    write_report(store, make_report(1))
    bucket = Bucket(store)
    known = bucket.snapshot(Snapshot())
    store.gone = True
    lost = bucket.snapshot(known)
    assert lost.reports == known.reports
    assert str(lost.error) == "s3://satispy does not answer: unplugged"
    store.gone = False
    assert bucket.snapshot(lost) == known


def test_every_listener_hears_of_a_change_and_a_stopped_one_does_not(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    feed = Feed(Bucket(store).snapshot, every=0.02)
    heard: dict[str, list[int]] = {"a": [], "b": []}
    stop_a = feed.listen(lambda snapshot: heard["a"].append(len(snapshot.reports)))
    stop_b = feed.listen(lambda snapshot: heard["b"].append(len(snapshot.reports)))
    write_report(store, make_report(1))
    assert until(lambda: heard["a"][-1:] == heard["b"][-1:] == [1])
    stop_a()
    write_report(store, make_report(2))
    assert until(lambda: heard["b"][-1:] == [2])
    assert heard["a"][-1] == 1
    stop_b()


def test_sessions_share_one_thread_and_nobody_listening_means_no_reading() -> None:
    taken: list[threading.Thread] = []

    def take(_: Snapshot) -> Snapshot:
        taken.append(threading.current_thread())
        return Snapshot(read=True)

    feed = Feed(take, every=0.01)
    stops = [feed.listen(lambda _: None) for _ in range(20)]
    assert until(lambda: len(taken) > 3)
    assert len(set(taken)) == 1
    for stop in stops:
        stop()
    time.sleep(0.05)
    quiet = len(taken)
    time.sleep(0.1)
    assert len(taken) == quiet
    stop = feed.listen(lambda _: None)
    assert until(lambda: len(taken) > quiet)
    stop()


def test_who_asks_while_nobody_listens_is_told_what_is_new() -> None:
    seen = iter(Snapshot(updates=number, read=True) for number in range(1, 1000))
    feed = Feed(lambda _: next(seen), every=0.01)
    first = feed.look(5.0)
    assert first.updates >= 1
    time.sleep(0.1)  # while the bucket changes, and nobody looks
    assert feed.latest.updates <= first.updates + 1
    assert feed.look(5.0).updates > first.updates


def test_who_asks_waits_no_longer_than_so_for_a_bucket_that_does_not_answer() -> None:
    answers = threading.Event()

    def slow(_: Snapshot) -> Snapshot:
        answers.wait(30)
        return Snapshot(read=True)

    feed = Feed(slow)
    assert feed.look(0.01) == Snapshot()
    answers.set()
    assert feed.look(5.0).read


def test_listeners_hear_nothing_while_nothing_changes() -> None:
    heard: list[Snapshot] = []
    takes: list[None] = []

    def take(_: Snapshot) -> Snapshot:
        takes.append(None)
        return Snapshot(read=True)

    feed = Feed(take, every=0.01)
    stop = feed.listen(heard.append)
    assert until(lambda: len(takes) > 5)
    stop()
    assert len(heard) == 1


def test_a_listener_that_fails_does_not_silence_the_others(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    heard: list[Snapshot] = []
    feed = Feed(Bucket(store).snapshot, every=0.02)

    def broken(_: Snapshot) -> None:
        raise RuntimeError("its session is gone")

    stops = [feed.listen(broken), feed.listen(heard.append)]
    for number in (1, 2):
        write_report(store, make_report(number))
        assert until(lambda: bool(heard) and len(heard[-1].reports) == number)  # noqa: B023
    for stop in stops:
        stop()


def test_a_report_in_short_keeps_the_intervals_of_what_is_drawn() -> None:
    report = make_report(1)
    told = {"accuracy": Interval(low=0.85, high=0.93), "brier": Interval(low=0.1, high=0.2)}
    gbc = report.models["gbc"].model_copy(update={"intervals": told})
    short = recent.short(report.model_copy(update={"models": {"gbc": gbc}}))
    assert short.models["gbc"].intervals == {"accuracy": told["accuracy"]}
