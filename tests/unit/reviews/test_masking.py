from collections import Counter

import pytest

from satispy.reviews.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("écrire à a.b-c@mail.exemple.com svp", "écrire à [e-mail] svp"),
        ("jean @ exemple . fr", "[e-mail]"),
        ("appelez le 06.12.34.56.78 !", "appelez le [téléphone] !"),
        ("+33 6 12 34 56 78", "[téléphone]"),
        ("0612345678", "[téléphone]"),
        ("commande n°230130353", "commande n°[numéro]"),
        ("colis 1234 56789 perdu", "colis [numéro] perdu"),
        ("FR76 3000 6000 0112 3456 7890 189 merci", "[IBAN] merci"),
        ("FR7630006000011234567890189", "[IBAN]"),
        ("fr76 3000 6000 0112 3456 7890 189 svp", "[IBAN] svp"),
        ("BE68 5390 0754 7034 pour vous", "[IBAN] pour vous"),
        ("+33 (0)6 12 34 56 78", "[téléphone]"),
    ],
)
def test_personal_data_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "reçu le 27/07/2020",
        "le 27.07.2020",
        "en 2019 - 2020",
        "à 99,99 € au lieu de 149,99 €",
        "chemise @ 99€",
        "4 articles sur 10",
        "",
    ],
)
def test_dates_prices_and_counts_are_left_alone(text):
    assert mask(text) == text


def test_masking_a_masked_text_changes_nothing():
    once = mask("jean@exemple.fr 0612345678 commande 230130353")
    assert mask(once) == once


def test_what_was_masked_is_counted_by_kind():
    found = Counter()
    mask("a@b.fr et c@d.fr , commande 123456", found)
    assert found == {"email": 2, "number": 1}
