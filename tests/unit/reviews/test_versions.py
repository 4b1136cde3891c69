import csv
import os
import time
from pathlib import Path

import pytest

from satispy.errors import NotFound
from satispy.reviews import ReviewTable, versions
from satispy.reviews.table import KEEPS_ITS_LOG

TWINS = "Commentaire,star,titre\nparfait,5,super\nparfait,5,\nécrire à a@b.fr,1,\n"


@pytest.fixture
def table(store):
    return ReviewTable(store)


def test_the_log_tells_which_upload_made_each_version(send, table):
    send("a.csv", TWINS)
    send("b.csv", "Commentaire,star\nbof,3\n")
    shown = [(c.version, c.what, c.upload, c.added, c.rows) for c in versions.log(table)]
    assert shown == [
        (2, "merge", "b", 1, 4),
        (1, "merge", "a", 3, 3),
        (0, "create", None, 0, None),
    ]


def test_an_export_sent_again_adds_nothing(send, table, tmp_path):
    send("a.csv", TWINS)
    send("b.csv", "Commentaire,star,date,index_org\nbof,3,21/06/2021,9\nbof,3,,10\n")
    for name in ("all.csv", "all.csv.gz"):
        assert versions.export(table, None, tmp_path / name) == 5
        receipt = send(name, (tmp_path / name).read_bytes())
        assert (receipt.received, receipt.added, receipt.duplicate) == (5, 0, 5)


def test_an_export_has_the_columns_of_the_origin_and_the_extra_ones(send, table, tmp_path):
    send("a.csv", TWINS)
    versions.export(table, 1, tmp_path / "out.csv")
    rows = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8", newline="")))
    assert rows[0] == {
        "inID": "0",
        "Commentaire": "parfait",
        "star": "5",
        "source": "",
        "company": "",
        "index_org": "",
        "date": "",
        "titre": "super",
    }


def test_a_restored_version_has_the_old_rows_and_new_uploads_follow_them(send, table):
    send("a.csv", TWINS)
    send("b.csv", "Commentaire,star\nbof,3\n")
    assert versions.restore(table, 1) == 3
    assert len(table.read()) == 3
    assert len(table.read(2)) == 4
    # What was taken back may come again.
    assert send("c.csv", "Commentaire,star\nbof,3\n").added == 1
    assert table.read().comments[-1] == "bof"


def test_two_versions_are_compared_row_by_row(send, table):
    send("a.csv", TWINS)
    send("b.csv", "Commentaire,star,source\nbof,3,TrustPilot\n")
    versions.restore(table, 1)
    found = versions.compare(table, 1, 2)
    assert (found.added, found.removed) == (1, 0)
    assert found.added_by == {("b", "TrustPilot", 3): 1}
    assert versions.compare(table, 2, 3).removed == 1


def test_joining_small_files_changes_no_row_and_no_order(send, table):
    for i in range(6):
        send(f"{i}.csv", f"Commentaire,star\navis {i},4\n")
    before = table.read()
    assert versions.tidy(table)
    after = table.read()
    assert after.comments == before.comments
    assert after.ids == before.ids
    found = versions.compare(table, before.version, after.version)
    assert (found.added, found.removed) == (0, 0)
    assert not versions.tidy(table)
    assert send("6.csv", "Commentaire,star\navis 6,4\navis 0,4\n").added == 1


def test_every_16th_version_joins_the_small_files_of_those_before(send, table):
    for i in range(20):
        send(f"{i}.csv", f"Commentaire,star\navis {i},4\n")
    assert [c.version for c in versions.log(table) if c.what == "tidy"] == [17]
    assert table.read().comments == [f"avis {i}" for i in range(20)]


def test_files_are_joined_to_larger_ones_once_there_are_many():
    small, joined = 10_000, 500_000
    assert versions.joined_size([small] * 16 + [joined] * 15) == 512 << 10
    assert versions.joined_size([small] * 16 + [joined] * 16) == 8 << 20
    assert versions.joined_size([joined] * 3 + [8_000_000] * 16) == 128 << 20


def test_the_log_of_a_table_of_before_is_kept_from_its_next_tidying_on(send, table):
    for i in range(2):
        send(f"{i}.csv", f"Commentaire,star\navis {i},4\n")
    table.at().alter.set_table_properties({"delta.enableExpiredLogCleanup": "true"})
    assert versions.tidy(table)
    assert KEEPS_ITS_LOG.items() <= table.at().metadata().configuration.items()
    assert [c.what for c in versions.log(table)][:2] == ["tidy", "settings"]
    assert table.read().comments == ["avis 0", "avis 1"]


def test_a_version_can_be_restored_however_old_its_commit_is(send, table, store):
    for i in range(45):  # every 20th makes a checkpoint, and could forget the commits of before
        send(f"{i}.csv", f"Commentaire,star\navis {i},4\n")
        if i == 10:
            age(Path(store.url) / "reviews" / "_delta_log")
    assert len(table.read(3)) == 3
    versions.restore(table, 3)
    assert table.read().comments == ["avis 0", "avis 1", "avis 2"]


def age(folder: Path) -> None:
    """As if all of it had been written two months ago."""
    for path in folder.iterdir():
        then = time.time() - 60 * 86_400
        os.utime(path, (then, then))


def test_a_version_that_is_not_there_is_named(send, table):
    send("a.csv", TWINS)
    with pytest.raises(NotFound, match="no version 99"):
        table.read(99)
