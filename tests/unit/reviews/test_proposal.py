"""For a header that nobody knows the likeliest mapping is proposed, and shown before it is sent."""

import pytest

from satispy.reviews import explaining
from satispy.reviews.proposal import propose
from satispy.reviews.said import Said
from satispy.sentence import Sentence

ROWS = [
    ["F1", "03/02/2024", "Zoé Essai", "4", "Reçu vite, bien emballé", "Merci à vous et à bientôt"],
    ["F2", "15/02/2024", "Max Essai", "2", "Taille trop petit, dommage", ""],
    ["F3", "16/02/2024", "Léo Essai", "5", "Superbe", "Merci beaucoup pour ce retour"],
]


def test_columns_are_told_by_what_stands_in_them():
    found = propose(["a", "b", "c", "d", "e", "f"], [[*row[:5], "7"] for row in ROWS])
    assert found.columns == {"comment": "e", "star": "d", "date": "b"}


def test_and_by_what_they_are_called():
    found = propose(
        ["N° fiche", "Saisie du", "Personne", "Ressenti (note)", "Dit", "Réponse"], ROWS
    )
    assert found.columns["comment"] == "Dit"
    assert found.columns["star"] == "Ressenti (note)"
    assert found.samples["Dit"] == [
        "Reçu vite, bien emballé",
        "Taille trop petit, dommage",
        "Superbe",
    ]


def test_nothing_is_proposed_where_nothing_looks_like_it():
    assert propose(["x", "y"], [["https://exemple.test/1", "z9"]]).columns == {}


def test_the_receipt_proposes_and_shows_no_names_of_people(send):
    header = "Fiche;Saisie;Qui;Ressenti;Dit;Retour\n"
    receipt = send("a.csv", header + "\n".join(";".join(row) for row in ROWS))
    assert "The likeliest: --column comment=Dit" in receipt.refused
    assert receipt.proposal.columns["star"] == "Ressenti"
    assert "Essai" not in receipt.model_dump_json()
    assert receipt.proposal.samples["Ressenti"] == ["4", "2", "5"]


@pytest.fixture
def explained(tmp_path):
    def explained(data: str, **said: object) -> explaining.Explained:
        (tmp_path / "a.csv").write_text(data)
        return explaining.explain(tmp_path / "a.csv", Said(**said), "Europe/Paris")

    return explained


def test_what_would_become_of_a_file_is_told_without_sending_it(explained):
    found = explained("Avis;Note;Date\nbien;5/5;13/02/2024\nmoyen;dix;\n;4;\n")
    assert (found.reviews, found.rejected, found.refused) == (1, 2, None)
    assert found.layout.recognised == "usual column names"
    assert [(line, review.star) for line, review in found.first] == [(2, 5)]
    assert {reason.code for reason in found.reasons} == {"star_invalid", "comment_empty"}


def test_a_file_that_would_be_refused_says_why(explained):
    assert explained("").refused == Sentence("the file is empty")
    unknown = explained("Dit;Ressenti\nTrès bien reçu;5\nPas du tout;1\n")
    assert unknown.proposal.columns == {"comment": "Dit", "star": "Ressenti"}
    assert explained("Dit;Ressenti\nbien;5\n", columns=unknown.proposal.columns).reviews == 1
