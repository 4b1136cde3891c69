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


@pytest.mark.parametrize(
    "number",
    [
        *("06/39/98/12/34", "06_39_98_12_34", "06 - 39 - 98 - 12 - 34", "(06) 39.98.12.34"),
        *("0639 981 234", "0 639 981 234", "06 39981234", "O6 39 98 12 34", "+33.6.39.98.12.34"),
        *("0033 (0)639981234", "06\u202f39\u202f98\u202f12\u202f34", "33 6 39 98 12 34"),
        *("0470/12.34.56", "0470/123.456", "0470/12 34 56", "02/555.12.34", "+32 470 12 34 56"),
        *("079 555 12 34", "+41 79 555 12 34", "(418) 555-0134", "+352 621 555 123"),
    ],
)
def test_telephone_numbers_are_found_however_they_are_written(number):
    assert mask(f"Appeler {number} svp") == "Appeler [téléphone] svp"


@pytest.mark.parametrize(
    "address",
    [
        *("lea(at)exemple.test", "lea [at] exemple [point] test", "lea {at} exemple (dot) test"),
        *("lea arobase exemple point fr", "lea at exemple dot com", "lea＠exemple.test"),
        *("lea@exemple,fr", "lea@exemple", "lea point b arobase exemple point fr"),
    ],
)
def test_addresses_are_found_however_they_are_hidden(address):
    assert mask(f"Réponse à {address} merci") == "Réponse à [e-mail] merci"


@pytest.mark.parametrize(
    "text",
    [
        "le 04-03-2024 09h15",
        "le 06.12.2023 10:30:00",
        "du 01/02/2023 au 03/04/2023",
        "valable jusqu’au 07/2023 . merci",
        "2023-05-06 10:20:30",
        "2/5 au lieu de 4/5",
        "pointures 36 38 40 42 44 46",
        "10 000 000 de fois",
        "payé 125000 €",
        "le 27 novembre pour un pull",
        "rdv @ midi",
        "service (a) rapide (b) poli",
        "un point relais at home",
        "mars@de30fe22f110",
    ],
)
def test_dates_sizes_amounts_and_signs_are_no_personal_data(text):
    assert mask(text) == text


def test_what_only_begins_like_an_account_is_none_by_chance():
    assert mask("au 0639981234 svp") == "au [téléphone] svp"


@pytest.mark.parametrize(
    "piece", ["0 ", "06 ", "a@", "a.a@", "FR76 1", " at ", "a point ", "12/12/"]
)
def test_a_text_of_20000_characters_is_masked_at_once(piece):
    mask((piece * 20_000)[:20_000])
