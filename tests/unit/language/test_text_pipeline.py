import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satispy.language import TextPipeline, pipeline
from satispy.language.faces import with_faces
from satispy.plain_text import in_plain_letters, unusual, without_markup

PIPELINE = TextPipeline()


def test_both_apostrophes_and_the_spaces_around_them_make_no_difference():
    assert (
        PIPELINE.tokens("j'ai reçu l'article")
        == PIPELINE.tokens("J’ai reçu l ’ article")
        == ["j", "ai", "reçu", "l", "article"]
    )


def test_accents_are_kept_however_they_are_encoded():
    assert PIPELINE.tokens("de\u0301c\u0327u") == PIPELINE.tokens("DÉÇU") == ["déçu"]


def test_repeated_marks_are_one_signal_stronger_than_a_single_one():
    assert PIPELINE.tokens("nul !") == ["nul", "!"]
    assert PIPELINE.tokens("nul !!!!") == PIPELINE.tokens("nul ! ! !") == ["nul", "!!"]
    assert PIPELINE.tokens("quoi ?!") == ["quoi", "??"]


def test_emoji_and_smileys_are_signals_without_skin_colour():
    assert PIPELINE.tokens("merci 👍🏽") == ["merci", "👍"]
    assert PIPELINE.tokens("merci : - )") == PIPELINE.tokens("merci 🙂") == ["merci", "🙂"]


@pytest.mark.parametrize("text", ["r.a.s", "R.A.S.", "ras", "r a s", "r à s", "r. a. s."])
def test_nothing_to_report_is_one_word_however_it_is_written(text):
    assert PIPELINE.tokens(text) == ["ras"]


def test_nothing_to_report_is_not_seen_inside_words_nor_in_being_fed_up():
    assert PIPELINE.tokens("désormais") == ["désormais"]
    assert PIPELINE.tokens("ras le bol") == PIPELINE.tokens("ras-le-bol") == ["ras_le_bol"]


def test_links_and_addresses_count_as_such():
    text = "voir https://exemple.fr/a?b=1, www.exemple.fr ou moi@exemple.fr merci"
    assert PIPELINE.tokens(text) == ["voir", "🔗", "🔗", "ou", "📧", "merci"]


@pytest.mark.parametrize(
    ("masked", "plain"),
    [("commande [numéro] annulée", "commande 123456789 annulée"), ("[e-mail]", "moi@exemple.fr")],
)
def test_what_was_masked_in_the_dataset_counts_as_what_stood_there(masked, plain):
    assert PIPELINE.tokens(masked) == PIPELINE.tokens(plain)
    assert PIPELINE.normalise(masked) == PIPELINE.normalise(plain)


def test_words_are_lemmas_and_emoji_without_little_words_numbers_or_marks():
    tokens = PIPELINE.tokens("J'ai bien les 3 commandes, super 👍 !")
    assert PIPELINE.words(tokens) == ["avoir", "bien", "commande", "super", "👍"]


@pytest.mark.parametrize("text", ["", " ", "...,;", "\ud800", "\x00\x07", "\u200b"])
def test_texts_without_words_have_no_words(text):
    assert PIPELINE.words(PIPELINE.tokens(text)) == []


ODD = "ras leboi'’.!?:;=()[]-@wAÀİ1234,D&<>😡🙂𝐚\u00ad\ufe0f\u20e3"


@given(st.text(alphabet=st.characters() | st.sampled_from(ODD)))
def test_normalising_twice_changes_nothing(text):
    once = PIPELINE.normalise(text)
    assert PIPELINE.normalise(once) == once
    assert PIPELINE.tokens(once) == PIPELINE.tokens(text)


@pytest.mark.parametrize(
    "pattern", ["a", ".", "!", "! ", " ", "a-", "1,", ": - ", "@", "w.", "👍", "é@"]
)
def test_a_text_of_20000_characters_is_read_at_once(pattern):
    # With a pattern that backtracks this would not end.
    PIPELINE.tokens((pattern * 20_000)[:20_000])


def read_whole(text: str) -> list[str]:
    """Tokens by the pattern over the whole text, where the pipeline looks pieces up."""
    text = with_faces(without_markup(text))
    pictured = unusual(text)
    text = unicodedata.normalize("NFC", (in_plain_letters(text) if pictured else text).lower())
    scan = pipeline._SCAN_LINKS if pipeline._might_link(text) else pipeline._SCAN
    tokens = pipeline._marks_together([pipeline._counted(found) for found in scan.findall(text)])
    tokens = pipeline._ras(tokens)
    return pipeline._ras_le_bol(pipeline._pictures_once(tokens) if pictured else tokens)


@given(st.text(alphabet=st.characters() | st.sampled_from(ODD + "\u2028ΣσȺẞn’ep ")))
def test_pieces_between_spaces_are_read_as_the_whole_text_is(text):
    assert PIPELINE.tokens(text) == read_whole(text)


@pytest.mark.parametrize(
    "text",
    ["voir www.a.fr ou moi@b.fr!", "[numéro] 1 2 3", "a\u2003b\x1cc", "ΟΔΟΣ ΟΔΟΣ.", "e \u0301 é"],
)
def test_pieces_that_look_odd_are_read_as_the_whole_text_is(text):
    assert PIPELINE.tokens(text) == read_whole(text)
