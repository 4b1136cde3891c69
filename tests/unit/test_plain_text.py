"""HTML, translations by Google, and letters in fancy dress."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satispy.plain_text import in_plain_letters, unaccented, unusual, without_markup


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Livr&eacute; en 2&nbsp;jours", "Livré en 2 jours"),
        ("L&#8217;envoi, l&#x27;emballage", "L’envoi, l'emballage"),
        ("Prix &lt; 20 &euro;", "Prix < 20 €"),
        ("Robe &amp;amp; ceinture ab&amp;icirc;m&eacute;es", "Robe & ceinture abîmées"),
        ("Ligne un<br/>\r\nligne <b class='x'>deux</b>", "Ligne un\nligne deux"),
        ("&lt;p&gt;Bien emball&eacute;&lt;/p&gt;", "\nBien emballé\n"),
        ("&nbsp;&nbsp;", "  "),
    ],
)
def test_html_is_read_as_a_page_shows_it(written, meant):
    assert without_markup(written) == meant


@pytest.mark.parametrize(
    "text",
    ["3 < 4 & 9 > 8", "R&D;", "&inconnu;", "je <3 ce site", "<pas mal>", "eacute;", "a && b"],
)
def test_what_only_looks_like_html_stays(text):
    assert without_markup(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "(Translated by Google) The parcel never came\n\n(Original)\nColis jamais venu",
        "Colis jamais venu\n\n(Translated by Google)\nThe parcel never came",
        "(Traduit par Google) Le colis n'est pas venu (Avis d'origine) Colis jamais venu",
    ],
)
def test_of_a_review_and_its_translation_the_original_is_kept(text):
    assert without_markup(text) == "Colis jamais venu"


def test_a_translation_whose_original_is_missing_is_better_than_nothing():
    assert without_markup("(Translated by Google) Très bien") == "Très bien"
    assert without_markup("(Translated by Google) Très bien (Original)") == "Très bien"


@given(st.text(st.sampled_from("&amp;<br/> b>#39é(Translated by Google)(Original)"), max_size=40))
def test_a_text_once_plain_stays_as_it_is(text):
    once = without_markup(text)
    assert without_markup(once) == once


@pytest.mark.parametrize(
    "text",
    [
        *("𝗡𝘂𝗹𝗹𝗲", "Ｎｕｌｌｅ", "ⓝⓤⓛⓛⓔ", "🄽🅄🄻🄻🄴", "🅝🅤🅛🅛🅔", "ɴᴜʟʟᴇ", "ⁿᵘˡˡᵉ"),
        *("n\u0336u\u0336lle", "nu\u00adl\u200ble"),
    ],
)
def test_styled_letters_are_letters(text):
    assert unusual(text)
    assert in_plain_letters(text).casefold() == "nulle"


@pytest.mark.parametrize("text", ["Très déçu… « cœur » – 5 € d’écart", "m² n° 1er ½ ™ №"])
def test_ordinary_french_is_left_alone(text):
    assert in_plain_letters(text) == text


@pytest.mark.parametrize("piece", ["&amp;", "&#", "<br ", "<!--", "<<b>", "(Translated by Google)"])
def test_a_text_of_20000_characters_is_read_at_once(piece):
    without_markup((piece * 20_000)[:20_000])


def test_accents_and_cedillas_go_and_other_letters_stay():
    assert unaccented("Ça déçoit, même l’œuf à 5 €") == "Ca decoit, meme l’œuf a 5 €"
