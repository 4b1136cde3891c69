import pytest

from satispy.language import TextPipeline

PIPELINE = TextPipeline()


@pytest.mark.parametrize(
    ("text", "face"),
    [
        ("Bottes abîmées :(", "🙁"),
        ("Bottes abîmées :'(", "🙁"),
        ("Bottes superbes :-D", "🙂"),
        ("Bottes superbes =) (et rapides)", "🙂"),
        ("Superbes (cuir souple :) ), bravo", "🙂"),
        ("Déçue :( (cuir fin)", "🙁"),
    ],
)
def test_a_face_counts(text, face):
    assert face in PIPELINE.tokens(text)


def test_a_frown_and_a_smile_in_one_text_are_no_pair_of_brackets():
    assert PIPELINE.tokens("cuir fin :( mais belle coupe :)")[2::4] == ["🙁", "🙂"]


@pytest.mark.parametrize(
    "text",
    [
        "À revoir : (taille, couleur)",
        "À revoir :(taille) et couleur",
        "À revoir : ( taille, couleur )",
        "Cuir (souple ; fin ;) et doux",
        "Remise = (2 articles)",
        "Choix : (taille, couleur",
        "Note :D'abord la taille",
    ],
)
def test_a_bracket_behind_a_colon_is_no_face(text):
    words = [word for word in PIPELINE.tokens(text) if word in ("🙂", "🙁")]
    assert words == []


def test_an_emoji_again_and_again_is_one_and_stars_are_counted():
    assert PIPELINE.tokens("Nul 👎👎🏾 👎") == PIPELINE.tokens("Nul 👎") == ["nul", "👎"]
    assert PIPELINE.tokens("★★☆") == ["★", "★", "☆"]


def test_flags_and_boxed_digits_say_nothing():
    assert PIPELINE.tokens("🇧🇪 9️⃣/1️⃣0️⃣") == []


def test_a_text_reads_as_the_plain_one_in_whatever_dress():
    plain = PIPELINE.tokens("Très déçue, colis abîmé")
    for dressed in (
        "Tr&egrave;s d&eacute;&ccedil;ue,<br />colis abîmé",
        "𝑻𝒓𝒆̀𝒔 déçue, co\u00adlis ab\u200bîmé",
        "(Translated by Google) Let down, parcel damaged\n\n(Original)\nTrès déçue, colis abîmé",
    ):
        assert PIPELINE.tokens(dressed) == plain
        assert PIPELINE.normalise(dressed) == PIPELINE.normalise("Très déçue, colis abîmé")


@pytest.mark.parametrize("piece", [":(", "( ;)", ":) ", "😡", "\u200b", "𝐚"])
def test_a_text_of_20000_characters_is_read_at_once(piece):
    PIPELINE.tokens((piece * 20_000)[:20_000])
