"""Of the columns beside the comment, only what a person wrote is masked."""

import csv
import json

import pytest

from satispy.reviews import MergeRules
from satispy.reviews.personal import Treatment, mask_cell, treatment
from satispy.reviews.versions import export


@pytest.mark.parametrize(
    "column",
    ["reviewer_name", "Reviewer Email", "reviewer.displayName", "Auteur", "Nom du client", "Prénom",
     "adresse e-mail", "customerCity", "ip_address", "Téléphone", "author", "Ｅ－ｍａｉｌ"],
)  # fmt: skip
def test_who_wrote_is_not_kept(column):
    assert treatment(column) is Treatment.DROPPED


@pytest.mark.parametrize(
    "column",
    ["reply_date", "Created at", "product_id", "SKU", "Product URL", "Nom du produit", "UPC"],
)
def test_times_numbers_of_things_and_links_are_never_touched(column):
    assert treatment(column) is Treatment.UNTOUCHED


@pytest.mark.parametrize(
    "column", ["reply", "Réponse", "title", "avantages", "company", "shop name"]
)
def test_other_columns_are_masked_where_they_are_texts(column):
    assert treatment(column) is Treatment.TEXT


@pytest.mark.parametrize(
    ("cell", "masked"),
    [
        ("Voir votre commande 4455667788, merci", "Voir votre commande [numéro], merci"),
        ("Joindre lea@exemple.test", "Joindre [e-mail]"),
        ("02 61 91 12 34", "[téléphone]"),
        ("Tél: 0261911234", "Tél: [téléphone]"),
        ("lea@exemple.test", "[e-mail]"),
        ("4455667788", "4455667788"),
        ("REF-4455667788", "REF-4455667788"),
        ("2024-02-03 08:00:00", "2024-02-03 08:00:00"),
        ("https://exemple.test/p/4455667788", "https://exemple.test/p/4455667788"),
        ("Notre page https://exemple.test/p/4455667788", "Notre page https://exemple.test/p/4455667788"),
    ],
)  # fmt: skip
def test_a_cell_is_masked_by_what_it_is(cell, masked):
    assert mask_cell(cell, Treatment.TEXT) == masked


FILE = (
    "comment,star,answered_at,product_id,reply,reviewer_email,Titre\n"
    "Le 03-02-2024 08h30 comme promis,5,2024-02-03 08:30:00,8123456780,"
    "Appelez le 02 61 91 12 34,lea@exemple.test,Bien\n"
    "Rappel 02/61/91/12/35,9,2024-02-03 08:30:00,8123456781,Voir lea@exemple.test,x@y.fr,Bof\n"
)


def test_an_upload_keeps_its_columns_and_loses_what_is_personal(store, send, tmp_path):
    from satispy.reviews import ReviewTable

    receipt = send("a.csv", FILE)
    export(ReviewTable(store), None, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        [row] = csv.DictReader(file)
    assert row["Commentaire"] == "Le 03-02-2024 08h30 comme promis"
    assert (row["answered_at"], row["product_id"]) == ("2024-02-03 08:30:00", "8123456780")
    assert row["reply"] == "Appelez le [téléphone]"
    assert "reviewer_email" not in row
    assert receipt.masked == {"phone": 1}
    assert receipt.masked_by_column == {"reply": {"phone": 1}}
    assert receipt.dropped == ["reviewer_email"]
    assert json.loads(receipt.model_dump_json())["dropped"] == ["reviewer_email"]


def test_the_quarantine_is_masked_alike(store, send):
    receipt = send("a.csv", FILE)
    text = store.read(receipt.quarantine).decode("utf-8-sig")
    [row] = csv.DictReader(text.splitlines())
    assert row["comment"] == "Rappel [téléphone]"
    assert (row["answered_at"], row["product_id"]) == ("2024-02-03 08:30:00", "8123456781")
    assert row["reply"] == "Voir [e-mail]"
    assert "reviewer_email" not in row


def test_without_masking_nothing_is_dropped(send):
    receipt = send("a.csv", FILE, rules=MergeRules(mask=False))
    assert (receipt.masked, receipt.dropped) == ({}, [])
