"""Exports of known tools are merged without a mapping, and the receipt names them."""

import csv
import io

import pytest

from benchmarks._export_rows import ROWS
from satispy.reviews import MergeRules, ReviewTable, exports, versions
from satispy.reviews.columns import choose
from satispy.reviews.headers import fold


@pytest.fixture
def merged(store, send):
    def merged(header: str, *rows: str, **rules: object):
        receipt = send("a.csv", "\n".join((header, *rows)), rules=MergeRules(**rules))
        assert receipt.refused is None
        return receipt, ReviewTable(store).read()

    return merged


def test_each_known_export_is_tried_here():
    assert set(ROWS) == {export.name for export in exports.known()}


@pytest.mark.parametrize("name", ROWS)
def test_a_known_export_needs_no_mapping(store, merged, tmp_path, name):
    header, row, (comment, star, date) = ROWS[name]
    receipt, reviews = merged(header, row)
    assert receipt.recognised == name
    assert (reviews.comments, reviews.stars) == ([comment], [star])
    assert str(reviews.dates[0]) == date[:10]
    versions.export(ReviewTable(store), None, tmp_path / "out.csv")
    written = (tmp_path / "out.csv").read_text()
    assert date in written
    assert "Zoé" not in written
    assert "exemple.test," not in written.replace("test.exemple", "") or name == "Trustpilot"


@pytest.mark.parametrize("name", ROWS)
def test_a_known_export_comes_from_any_hand_as_it_was(merged, name):
    header, row, (comment, star, _) = ROWS[name]
    names = [f" {cell.upper().replace('_', ' ').replace('É', 'E')}" for cell in header.split(",")]
    cells = next(csv.reader([row]))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([["Export", ""], [], names, cells])
    receipt, reviews = merged(out.getvalue())
    assert receipt.recognised == name
    assert (reviews.comments, reviews.stars) == ([comment], [star])


def test_every_form_of_every_export_has_what_a_review_needs():
    for export in exports.known():
        for wanted in export.headers:
            chosen = choose(sorted(wanted), {})
            assert chosen.recognised, (export.name, wanted)
        every = sorted({name for names in export.columns.values() for name in names})
        assert {"comment", "star"} <= set(choose(every, {}).fields), export.name


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Titre comment;Nombre d'étoile", "bien;4"),
        ("Avis;Note", "bien;4"),
        ("Note sur 5;Verbatim;Prénom", "4;bien;Zoé"),
        ("Horodateur;Votre commentaire;Note globale", "03/06/2024 08:00;bien;4"),
        ("Boutique;Texte de l’avis;Note de l’avis;Publié le", "x;bien;4 étoiles;3 juin 2024"),
        ("Rating;Review text;Reviewer name", "4;bien;Zoé"),
    ],
)
def test_a_file_made_by_hand_with_usual_names_needs_none_either(merged, header, row):
    receipt, reviews = merged(header, row)
    assert (reviews.comments, reviews.stars) == (["bien"], [4])
    assert receipt.recognised == "usual column names"


def test_our_own_names_are_no_export_and_are_read_first(merged):
    receipt, reviews = merged("Avis,Note,Commentaire,star", "x,1,bien,4")
    assert receipt.recognised is None
    assert (reviews.comments, reviews.stars) == (["bien"], [4])


def test_a_mapping_is_stronger_than_what_is_known(merged):
    header, row, _ = ROWS["Yotpo"]
    receipt, reviews = merged(header, row, columns={"comment": "Review Content"})
    assert reviews.comments == ["Couleur passée"]
    assert receipt.columns["star"] == "Review Score"


def test_a_title_that_says_the_same_is_not_said_twice(merged):
    header = "product_handle,state,rating,title,author,body,created_at"
    _, reviews = merged(
        header,
        "robe,published,5,Belle robe…,Zoé,Belle robe et bien coupée,2024-06-03",
        "robe,published,4,Belle robe,Zoé,,2024-06-03",
        "robe,published,3,,Zoé,Sans titre,2024-06-03",
    )
    assert reviews.comments == ["Belle robe et bien coupée", "Belle robe", "Sans titre"]


def test_two_columns_can_be_mapped_to_one_comment(merged):
    receipt, reviews = merged(
        "Objet;Dit;Mesure", "Bien;mais cher;3", columns={"comment": "Objet+Dit", "star": "Mesure"}
    )
    assert reviews.comments == ["Bien\nmais cher"]
    assert receipt.columns["comment"] == "Objet + Dit"


def test_names_are_folded_whatever_wrote_them():
    assert fold("Nombre_d’Étoiles :") == fold("nombre d'e\u0301toiles") == fold("NombreDEtoiles")
