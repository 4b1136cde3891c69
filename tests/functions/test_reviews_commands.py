"""`satispy upload` and `satispy reviews …` as typed, against an S3 server."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from satispy import journal
from satispy.cli import reviews as commands
from satispy.reviews import ReviewTable, merge_upload, receipts
from satispy.settings import Settings
from satispy.storage import Store


@pytest.fixture
def type_in(aws, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr(commands.console, "_width", 160)

    def type_in(*words: str, fails: bool = False) -> str:
        result = CliRunner().invoke(commands.app, list(words))
        assert (result.exit_code != 0) == fails, result.output
        return result.output

    return type_in


@pytest.fixture
def merged(aws):
    store = Store.bucket(Settings())
    for name, text in {
        "a": "Commentaire,star,source\nbien,5,TrustPilot\nmal,six,TrustPilot\n",
        "b": "Commentaire,star,source\nbof,3,TrustedShop\n",
    }.items():
        store.write(f"uploads/{name}.csv", text.encode())
        merge_upload(store, f"uploads/{name}.csv")
    return store


def test_receipts_and_the_log_tell_what_became_of_each_upload(merged, type_in):
    assert "nor written as one (line 3)" in type_in("receipt", "a")
    assert [line.split()[0] for line in type_in("receipts").splitlines()[1:]] == ["a", "b"]
    lines = type_in("log").splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["2", "1", "0"]


def test_versions_are_shown_compared_exported_and_restored(merged, type_in, tmp_path):
    assert "TrustedShop" in type_in("show")
    assert "TrustedShop" not in type_in("show", "1")
    assert "+1 rows" in type_in("diff", "1", "2")
    type_in("export", "2", str(tmp_path / "out.csv"))
    rows = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8")))
    assert [row["Commentaire"] for row in rows] == ["bien", "bof"]
    assert "Version 3" in type_in("restore", "1")
    assert "would be deleted" in type_in("vacuum", "--days", "0", "--dry-run")


def test_a_review_is_found_corrected_and_deleted(merged, type_in, tmp_path):
    found = type_in("find", "BOF")
    (line,) = [line for line in found.splitlines() if line.rstrip().endswith("bof")]
    id = line.split()[0]
    assert "Version 5" not in type_in("correct", id, "--why", "erreur", fails=True)
    text = tmp_path / "text"
    text.write_text("bof, écrire à a@b.fr")
    said = type_in("correct", id, "--star", "2", "--comment", str(text), "--why", "erreur")
    assert "Version 4 has the change" in said
    assert ReviewTable(merged).read().comments == ["bien", "bof, écrire à [e-mail]"]
    assert "Version 6" in type_in("delete", id, "--why", "demande du client")
    assert ReviewTable(merged).read().comments == ["bien"]
    type_in("delete", id, "--why", "encore", fails=True)
    deleted, corrected = journal.last(merged, 9)
    assert (deleted.what, deleted.on, deleted.why) == ("review.deleted", id, "demande du client")
    assert (corrected.what, corrected.before) == ("review.corrected", {"star": 3})
    assert corrected.after == {"star": 2, "text": True}


def test_the_quarantine_of_an_upload_is_downloaded_to_be_mended(merged, type_in, tmp_path):
    path = tmp_path / "q.csv"
    type_in("quarantine", "a", "--to", str(path))
    [row] = csv.DictReader(path.open(encoding="utf-8-sig"))
    assert (row["star"], row["satispy_line"]) == ("six", "3")
    type_in("quarantine", "b", fails=True)


def test_a_file_is_sent_with_its_column_mapping(aws, tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text("Titre comment;Nombre d'étoile\nbien;5\n")
    commands.upload([path], ["comment=Titre comment", "star=Nombre d'étoile"], wait=False)
    store = Store.bucket(Settings())
    receipt = merge_upload(store, "uploads/x.csv")
    assert (receipt.added, receipt.refused) == (1, None)
    assert receipts.read(store, "x") == receipt


def test_a_mapping_that_was_confirmed_is_remembered_for_its_header(aws):
    store = Store.bucket(Settings())
    said = {"satispy-columns": "comment=Dit&star=Ressenti"}
    for name, text, metadata in (
        ("unknown", "Dit;Ressenti\nbien;5\n", None),
        ("said", "Dit;Ressenti\nbien;5\n", said),
        ("later", "DIT;ressenti\nmal;1\n", None),
        ("other", "Ressenti;Dit\n1;mal\n", None),
    ):
        store.write(f"uploads/{name}.csv", text.encode(), metadata)
        merge_upload(store, f"uploads/{name}.csv")
    assert receipts.read(store, "unknown").refused
    assert receipts.read(store, "said").added == 1
    later = receipts.read(store, "later")
    assert later.added == 1
    assert [note.code for note in later.notes] == ["mapping_remembered"]
    assert receipts.read(store, "other").refused


def test_a_remembered_mapping_is_shown_and_can_be_forgotten(aws, type_in):
    store = Store.bucket(Settings())
    said = {"satispy-columns": "comment=Dit&star=Ressenti"}
    for name, text, metadata in (
        ("said", "Dit;Ressenti\nbien;5\n", said),
        ("other", "Dit;Ressenti;Jour\nbof;3;2024-03-01\n", said),
    ):
        store.write(f"uploads/{name}.csv", text.encode(), metadata)
        merge_upload(store, f"uploads/{name}.csv")
    store.write("mappings/rubbish.json", b"\xff")

    lines = type_in("mappings").splitlines()[1:]
    assert len(lines) == 2
    (shown,) = (line for line in lines if "Jour" not in line)
    id = shown.split()[0]
    assert "comment = Dit, star = Ressenti" in shown
    assert shown.split()[-1] == "said"

    assert "Files of Dit, Ressenti are" in type_in("forget", id)
    assert id not in type_in("mappings")
    for word in (id, "", "zzz"):
        type_in("forget", word, fails=True)
    for name, text in (
        ("later", "Dit;Ressenti\nmal;1\n"),
        ("kept", "Dit;Ressenti;Jour\nnul;1;2024-03-02\n"),
    ):
        store.write(f"uploads/{name}.csv", text.encode())
        merge_upload(store, f"uploads/{name}.csv")
    assert receipts.read(store, "later").refused
    assert receipts.read(store, "kept").added == 1
