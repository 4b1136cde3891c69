"""Rejected rows mended without a spreadsheet."""

import pytest

from satispy.errors import Conflict, NotFound
from satispy.reviews import merge_upload
from satispy.reviews.mending import SHOWN, judge_typed, sheet
from satispy.reviews.mending import send as send_mended
from satispy.reviews.table import ReviewTable

DAY = "2026-11-27"
BROKEN = """Commentaire;star;source;date;commande
Bien reçu;5;Google;02/11/2026;A1
Le colis est arrivé ouvert;zéro;Google;03/11/2026;A2
=Très bien;4,5;Google;30/02/2026;A3
Rien à dire;3;Google;04/11/2036;A4
"""


@pytest.fixture
def receipt(send):
    return send("mars.csv", BROKEN)


def mend(store, receipt, day, typed):
    mended = judge_typed(store, receipt, day, typed)
    return send_mended(store, mended) if mended.rows else mended


def rows(store, receipt):
    return sheet(store, receipt, DAY).rows


def test_each_fault_stands_beside_its_cell(store, receipt):
    found = sheet(store, receipt, DAY)
    assert list(found.columns.values()) == ["Commentaire", "star", "source", "date"]
    assert [row.line for row in found.rows] == [3, 4, 5]
    second = found.rows[1]
    assert second.values["comment"] == "=Très bien"
    assert [fault.code for fault in second.faults_of("star")] == ["star_half"]
    assert [fault.code for fault in second.faults_of("date")] == ["date_invalid"]
    assert second.faults_of("comment") == second.faults_of("") == ()


def test_what_passes_is_merged_with_all_its_cells_and_no_longer_shown(store, receipt):
    typed = {0: {"star": "2"}, 1: {"star": "4", "date": "28/02/2026"}}
    mended = mend(store, receipt, DAY, typed)
    assert (mended.key, mended.rows, mended.faults) == ("uploads/mars-corrections.csv", 2, {})
    merged = merge_upload(store, mended.key)
    assert (merged.put, merged.added, merged.rejected) == (mended.put, 2, 0)
    stored = ReviewTable(store).read()
    assert stored.comments == ["Bien reçu", "Le colis est arrivé ouvert", "=Très bien"]
    assert stored.stars == [5, 2, 4]
    assert [row.line for row in rows(store, receipt)] == [5]


def test_what_still_has_a_fault_is_not_sent_and_stays(store, receipt):
    mended = mend(store, receipt, DAY, {0: {"star": "six"}, 1: {"star": "4"}})
    assert mended.rows == 0
    assert {n: [f.code for f in found] for n, found in mended.faults.items()} == {
        0: ["star_invalid"],
        1: ["date_invalid"],
    }
    assert len(rows(store, receipt)) == 3
    assert [entry.key for entry in store.list("uploads")] == ["uploads/mars.csv"]


def test_the_same_row_mended_twice_is_added_once(store, receipt):
    for _ in range(2):
        merge_upload(store, mend(store, receipt, DAY, {0: {"star": "2"}}).key)
    assert ReviewTable(store).count() == 2


def test_a_row_whose_cells_could_not_be_told_apart_shows_what_the_file_held(store, send):
    receipt = send("deux.csv", "Commentaire,star\nbien, mais cher,4\nbien,5\n")
    [row] = rows(store, receipt)
    assert "bien, mais cher" in row.raw
    mended = mend(store, receipt, DAY, {0: {"comment": "bien, mais cher", "star": "4"}})
    merge_upload(store, mended.key)
    assert "bien, mais cher" in ReviewTable(store).read().comments


def test_a_cell_that_a_spreadsheet_would_run_stays_text_in_what_is_sent(store, receipt):
    mended = mend(store, receipt, DAY, {0: {"star": "1", "comment": '=cmd|" /C calc"!A0 cassé'}})
    assert b"'=cmd" in store.read(mended.key)
    merge_upload(store, mended.key)
    assert '=cmd|" /C calc"!A0 cassé' in ReviewTable(store).read().comments


def test_many_rows_are_shown_in_parts(store, send):
    receipt = send(
        "long.csv", "Commentaire,star\n" + "".join(f"Avis {n},x\n" for n in range(2 * SHOWN + 1))
    )
    lines, begin = [], 0
    while begin is not None:
        part = sheet(store, receipt, DAY, begin)
        lines += [row.line for row in part.rows]
        begin = part.next
    assert lines == list(range(2, 2 * SHOWN + 3))


def test_a_quarantine_that_is_another_by_now_is_not_mended(store, receipt):
    with pytest.raises(Conflict):
        mend(store, receipt, DAY, {7: {"star": "2"}})
    with pytest.raises(NotFound):
        sheet(store, receipt.model_copy(update={"quarantine": None}), DAY)
