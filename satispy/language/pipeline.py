"""From the text of a review to its tokens: the one way in for training, serving and explaining."""

import re
import unicodedata
from itertools import chain

import simplemma

from satispy.language.faces import with_faces
from satispy.language.negation import negations
from satispy.language.remembered import Remembered
from satispy.language.spelling import spelled
from satispy.plain_text import in_plain_letters, unaccented, unusual, without_markup

# Anything this pattern does not match (commas, single dots, quotes, apostrophes, hyphens, control
# characters, lone surrogates) only separates tokens. No branch can backtrack: each is one
# character, one greedy run of a class, or bounded.
_WORD = r"[^\W\d_]+"
_NUMBER = r"\d{6,}|\d+(?:[.,]\d+)*"
_ELLIPSIS = r"\.{2,}|…"
# Neither flags nor skin tones.
_PICTURES = (
    "[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
# Personal data was masked before it was stored (satispy.reviews.masking).
_MASKED = r"\[(?:e-mail|téléphone|iban|numéro)\]"
_LINK = r"https?://\S+|www\.\S+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"

#: What becomes a token, in small letters.
PIECE = f"{_WORD}|[!?]|{_NUMBER}|{_ELLIPSIS}|{_PICTURES}|{_MASKED}"
_SCAN = re.compile(PIECE)
_SCAN_LINKS = re.compile(f"{_LINK}|{PIECE}")

# Signals are written as one picture, so that a normalised text is read back as itself.
LINK, MAIL, PHONE, ACCOUNT, LONG_NUMBER = "🔗", "📧", "☎", "🏦", "🔢"
ELLIPSIS = "…"
#: "Rien à signaler": nothing to report. Praise, in a review.
NOTHING_TO_REPORT = "ras"
FED_UP = "ras_le_bol"
#: Before a word that a negation reaches.
DENIED = "¬"
#: Tokens without a tone of their own: a text of nothing else is unknown to every model.
TONELESS = frozenset({LINK, MAIL, PHONE, ACCOUNT, LONG_NUMBER, ELLIPSIS, "!", "!!", "?", "??"})


class TextPipeline:
    """French review text → tokens. Holds no state: cheap to make, equal everywhere."""

    #: Changes whenever the tokens of some text change; models remember which they were made with.
    version = "7"

    def normalise(self, text: str) -> str:
        """The text in its plainest writing; two reviews are *twins* if theirs are equal.

        Case, spacing, apostrophes and commas are gone, so is the number of repeated marks.
        Idempotent.
        """
        return " ".join(_scan(text, _PLAIN))

    def tokens(self, text: str) -> list[str]:
        """What a bag of words counts: words, numbers by kind, `!` or `!!`, emoji, links."""
        tokens = _scan(text, _COUNTED)
        return _ras_le_bol(tokens) if "ras" in tokens else tokens

    def words(self, tokens: list[str]) -> list[str]:
        """What is looked up among word vectors: lemmas of more than two letters, and emoji.

        Their mean is better without the little words (« le », « à », « j »), and with one vector
        for all forms of a word: docs/decisions/0031.
        """
        return [word for word in map(_LOOKED_UP.__getitem__, tokens) if word]

    def polar_words(self, tokens: list[str]) -> list[str]:
        """What polarity is counted by: `words` without accents, with a ¬ where they are denied.

        « je ne suis pas contente » → ["¬etre", "pas", "¬content"]: who denies a word has not said
        it. Accents are what typing leaves out first; a letter written three times is written once.
        """
        folded = [*map(_FOLDED.__getitem__, tokens)]
        for at in set(self.denied(tokens)):
            folded[at] = folded[at] and DENIED + folded[at]
        return [word for word in folded if word]

    def polar_word(self, token: str) -> str:
        """What `polar_words` makes of a token that is not denied; empty: nothing."""
        return _FOLDED[token]

    def denied(self, tokens: list[str]) -> list[int]:
        """The places of tokens that a negation reaches; of two that reach one, twice."""
        return [at for each in negations(tokens) for at in each.denied]


def _scan(text: str, written: Remembered[tuple[str, ...]]) -> list[str]:
    """The tokens, each as `written` says.

    No token reaches over a space, and customers have few pieces between spaces that others did not
    have before: most are looked up whole.
    """
    text = with_faces(without_markup(text))
    pictured = unusual(text)
    if pictured:
        text = in_plain_letters(text)
    tokens = [*chain.from_iterable(map(written.__getitem__, text.split()))]
    if text.count("!") + text.count("?") > 1:
        tokens = _marks_together(tokens)
    if "s" in tokens and "r" in tokens:
        tokens = _ras(tokens)
    return _pictures_once(tokens) if pictured else tokens


def _found(piece: str) -> list[str]:
    """What the pattern finds in a text without spaces."""
    piece = piece.lower()
    if not piece.isascii() and not unicodedata.is_normalized("NFC", piece):
        piece = unicodedata.normalize("NFC", piece)
    scan = _SCAN_LINKS if _might_link(piece) else _SCAN
    return scan.findall(piece)


def is_plain(text: str, low: str) -> bool:
    """Whether the tokens of a text, « RAS » and marks apart, are those of its pieces in small
    letters, one by one: it has no faces, emoji, styled letters or links."""
    return not (
        unusual(text)
        or _might_link(low)
        or with_faces(text) != text
        or not (low.isascii() or unicodedata.is_normalized("NFC", low))
    )


def counted(piece: str) -> str:
    """The token of one piece."""
    return _COUNTED_ONE[piece]


def _might_link(low: str) -> bool:
    return "@" in low or "://" in low or "www." in low


def _marks_together(tokens: list[str]) -> list[str]:
    """Marks that follow each other are one: `!!`, or `??` if one of them asks."""
    kept: list[str] = []
    last = ""
    for token in tokens:
        if token in _MARKS and last in _MARKS:
            kept[-1] = last = "??" if "?" in token + last else "!!"
        else:
            kept.append(token)
            last = token
    return kept


def _pictures_once(tokens: list[str]) -> list[str]:
    """The same emoji, several times in a row, is one: 😡😡😡. Stars and signals are counted."""
    return [
        token
        for at, token in enumerate(tokens)
        if not at or token != tokens[at - 1] or token[0] < "☔" or token in TONELESS
    ]


def _ras(tokens: list[str]) -> list[str]:
    """`r.a.s`, `r à s` … are one word."""
    kept: list[str] = []
    for word in tokens:
        if word == "s" and kept[-2:] in (["r", "a"], ["r", "à"]):
            kept[-2:] = [NOTHING_TO_REPORT]
        else:
            kept.append(word)
    return kept


def _ras_le_bol(tokens: list[str]) -> list[str]:
    """`ras le bol` (fed up) is one token, so that it is never read as `ras`."""
    kept: list[str] = []
    for word in tokens:
        if word == "bol" and kept[-2:] == ["ras", "le"]:
            kept[-2:] = [FED_UP]
        else:
            kept.append(word)
    return kept


_MARKS = frozenset(("!", "?", "!!", "??"))
_NUMBERS = {1: "<1 digit>", 2: "<2 digits>"}
_MASKS = {"[e-mail]": MAIL, "[téléphone]": PHONE, "[iban]": ACCOUNT, "[numéro]": LONG_NUMBER}


def _plain(piece: str) -> str:
    """What the pattern found, in its plainest writing."""
    if piece.startswith(("http://", "https://", "www.")):
        return LINK
    if "@" in piece:
        return MAIL
    if piece[0] == "[":
        return _MASKS[piece]
    if piece[0] == ".":
        return ELLIPSIS
    if len(piece) > 5 and piece.isdecimal():
        return LONG_NUMBER
    return piece


def _counted(piece: str) -> str:
    token = _plain(piece)
    if token[0].isdigit():
        return _NUMBERS.get(len(token), "<number>")
    return spelled(token) if token[0].isalpha() else token


def _looked_up(token: str) -> str:
    """Empty if it is not looked up."""
    if token in TONELESS or token[0] == "<":
        return ""
    if not token[0].isalpha():
        return token
    word = simplemma.lemmatize(token, "fr").lower()
    return word if len(word) > 2 else ""


def _folded(token: str) -> str:
    return _THREE_TIMES.sub(r"\1", unaccented(_LOOKED_UP[token]))


_THREE_TIMES = re.compile(r"(\w)\1\1+")
_COUNTED_ONE = Remembered(_counted)
#: By what stands between two spaces.
_PLAIN = Remembered(lambda piece: tuple(map(_plain, _found(piece))))
_COUNTED = Remembered(lambda piece: tuple(map(_COUNTED_ONE.__getitem__, _found(piece))))
_LOOKED_UP = Remembered(_looked_up)
_FOLDED = Remembered(_folded)
