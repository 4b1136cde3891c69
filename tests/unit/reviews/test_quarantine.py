"""Rejected rows go out in the sender's dialect, harmless in a spreadsheet, and come back whole."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satispy.reviews import ReviewTable, receipts
from satispy.reviews.formulas import restored, safe
from satispy.reviews.versions import export

RUNS = tuple("=+-@\t\r\n")


def quarantined(store, receipt, delimiter):
    text = store.read(receipt.quarantine).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def mended(rows, delimiter, **values):
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(row | values for row in rows)
    return out.getvalue()


@given(st.text())
def test_what_is_made_safe_is_restored_to_the_letter(cell):
    assert restored(safe(cell)) == cell
    assert not safe(cell).startswith(RUNS)


@given(st.text(st.sampled_from("'=+-@\t a")))
def test_apostrophes_of_the_sender_stay(cell):
    assert restored(safe(cell)) == cell


def test_a_quarantine_is_separated_as_its_upload_was(store, send):
    receipt = send("a.csv", "Commentaire;star;site\nTrop cher, dommage;9;web\n")
    [row] = quarantined(store, receipt, ";")
    assert (row["Commentaire"], row["site"]) == ("Trop cher, dommage", "web")
    assert store.read(receipt.quarantine).startswith(b"\xef\xbb\xbf")


FORMULAS = [
    '=HYPERLINK("http://exemple.test","ici")', "+2 pour le style", "-20 % annoncé", "@vous : merci",
    "'=déjà protégé'",
]  # fmt: skip


def test_no_cell_of_a_quarantine_runs_and_each_comes_back_as_it_was_written(store, send):
    text = io.StringIO()
    csv.writer(text).writerows([["comment", "star"], *([each, "0"] for each in FORMULAS)])
    rows = quarantined(store, send("a.csv", text.getvalue()), ",")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(RUNS)]
    assert send("b.csv", mended(rows, ",", star="4")).added == len(FORMULAS)
    assert ReviewTable(store).read().comments == FORMULAS


def test_an_export_runs_nothing_and_adds_nothing(store, send, tmp_path):
    text = io.StringIO()
    csv.writer(text).writerows([["comment", "star", "reply"], *([f, "4", f] for f in FORMULAS)])
    send("a.csv", text.getvalue())
    out = tmp_path / "out.csv"
    export(ReviewTable(store), None, out)
    cells = [cell for row in csv.reader(out.open(encoding="utf-8-sig")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(RUNS)]
    assert send("again.csv", out.read_bytes()).duplicate == len(FORMULAS)


def test_an_ordinary_upload_keeps_its_apostrophe(store, send):
    send("a.csv", "comment,star\n'-20 %' affiché,2\n")
    assert ReviewTable(store).read().comments == ["'-20 %' affiché"]


def test_rows_that_an_editor_has_shifted_are_never_merged(store, send):
    first = send("a.csv", "Commentaire;star;site\nTrop cher, 5;0;web\nUsé;0;web\n")
    put = f"a@{first.put}"
    came_back = (
        "Commentaire,star,site,satispy_upload,satispy_line,satispy_reason,satispy_raw\r\n"
        f"Trop cher, 5,2,web,{put},2,raison\r\n"
        f"Usé,2,web,{put},3,raison,\r\n"
    )
    receipt = send("a-mended.csv", came_back.encode("cp1252"))
    assert (receipt.added, receipt.rejected) == (1, 1)
    assert receipt.reasons[0].code == "row_shifted"
    assert ReviewTable(store).read().comments == ["Usé"]


def test_a_reason_says_what_was_found_and_what_would_do_in_both_languages(store, send):
    receipt = send("a.csv", "comment;star\nbien;excellent lea@exemple.test\n")
    [reason] = receipt.reasons
    assert reason.example == "excellent [e-mail]"
    assert "5/5" in reason.accepted
    said = quarantined(store, receipt, ";")[0]["satispy_reason"]
    assert said.startswith(reason.message.partition(",")[0])
    assert "note qui n’est pas un nombre" in said
    assert not {",", ";", "\t"} & set(said)


@pytest.mark.parametrize(("bad", "of_the_file"), [(9, True), (5, False)])
def test_a_reason_that_rejects_nearly_all_rows_is_a_fault_of_the_file(send, bad, of_the_file):
    rows = "bien,excellent\n" * bad + "bien,5\n" * (10 - bad)
    fault = receipts.fault_of_the_file(send("a.csv", "comment,star\n" + rows))
    assert bool(fault) == of_the_file
