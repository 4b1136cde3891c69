"""The journal in a bucket, as several functions enter at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from satispy import journal
from satispy.journal import Actor, Fact, What
from satispy.journal.verify import verify
from satispy.settings import Settings
from satispy.storage import Store


def test_functions_that_enter_at_once_make_one_whole_chain(aws: object) -> None:
    def enter(at: int) -> None:
        store = Store.bucket(Settings())
        name = Actor(who=f"function-{at}", via="pipeline")
        for number in range(6):
            fact = Fact(by=name, what=What.UPLOAD_MERGED, on=str(number))
            journal.record(store, fact, event=f"{number}@{at % 2}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enter, range(4)))
    verdict = verify(Store.bucket(Settings()))
    assert (verdict.entries, verdict.first_bad) == (12, None)


def test_entering_asks_for_the_same_however_long_the_journal_is(
    aws: object, moto_log: Path
) -> None:
    store = Store.bucket(Settings())
    asked = []
    for at in range(30):
        begin = moto_log.read_bytes().count(b"HTTP/1.1")
        fact = Fact(by=Actor(who="anne", via="cli"), what=What.MAPPING_FORGOTTEN, on=str(at))
        journal.record(store, fact)
        asked.append(moto_log.read_bytes().count(b"HTTP/1.1") - begin)
    assert set(asked[1:]) == {3}, asked
