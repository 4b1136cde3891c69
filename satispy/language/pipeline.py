"""From the text of a review to its tokens: the one way in for training, serving and explaining."""

import re
import unicodedata
from functools import lru_cache

import simplemma

# Anything this pattern does not match (commas, single dots, quotes, apostrophes, hyphens, control
# characters, lone surrogates) only separates tokens. No branch can backtrack: each is one
# character, one greedy run of a class, or bounded.
_WORD = r"[^\W\d_]+"
_NUMBER = r"\d{6,}|\d+(?:[.,]\d+)*"
_ELLIPSIS = r"\.{2,}|…"
_SMILEY = r"[:;=]\s?-?\s?[()]"
_PICTURES = "[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"
# Personal data was masked before it was stored (satispy.reviews.masking).
_MASKED = r"\[(?:e-mail|téléphone|iban|numéro)\]"
_LINK = r"https?://\S+|www\.\S+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"

_SCAN = re.compile(f"{_WORD}|[!?]|{_NUMBER}|{_ELLIPSIS}|{_SMILEY}|{_PICTURES}|{_MASKED}")
_SCAN_LINKS = re.compile(f"{_LINK}|{_SCAN.pattern}")
_MIGHT_LINK = re.compile(r"@|://|www\.")

# Signals are written as one picture, so that a normalised text is read back as itself.
LINK, MAIL, PHONE, ACCOUNT, LONG_NUMBER = "🔗", "📧", "☎", "🏦", "🔢"
SMILE, FROWN, ELLIPSIS = "🙂", "🙁", "…"
#: "Rien à signaler": nothing to report. Praise, in a review.
NOTHING_TO_REPORT = "ras"
FED_UP = "ras_le_bol"
#: Tokens without a tone of their own: a text of nothing else is unknown to every model.
TONELESS = frozenset({LINK, MAIL, PHONE, ACCOUNT, LONG_NUMBER, ELLIPSIS, "!", "!!", "?", "??"})


class TextPipeline:
    """French review text → tokens. Holds no state: cheap to make, equal everywhere."""

    #: Changes whenever the tokens of some text change; models remember which they were made with.
    version = "3"

    def normalise(self, text: str) -> str:
        """The text in its plainest writing; two reviews are *twins* if theirs are equal.

        Case, spacing, apostrophes and commas are gone, so is the number of repeated marks.
        Idempotent.
        """
        return " ".join(self._scan(text))

    def tokens(self, text: str) -> list[str]:
        """What a bag of words counts: words, numbers by kind, `!` or `!!`, emoji, links."""
        tokens = self._scan(text)
        if "ras" in tokens:
            tokens = _ras_le_bol(tokens)
        return [_NUMBERS.get(len(t), "<number>") if t[0].isdigit() else t for t in tokens]

    def words(self, tokens: list[str]) -> list[str]:
        """What is looked up among word vectors: lemmas of more than two letters, and emoji.

        Their mean is better without the little words (« le », « à », « j »), and with one vector
        for all forms of a word: docs/decisions/0031.
        """
        return [word for token in tokens if (word := _looked_up(token))]

    def _scan(self, text: str) -> list[str]:
        text = text.lower()
        if not text.isascii() and not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        if _MIGHT_LINK.search(text):
            found = [_canonical_link(t) for t in _SCAN_LINKS.findall(text)]
        else:
            found = _SCAN.findall(text)
        tokens: list[str] = []
        last = ""
        for piece in found:
            if piece in "!?":
                if last in _MARKS:
                    tokens[-1] = last = "??" if piece == "?" or last[0] == "?" else "!!"
                    continue
            elif piece == "s" and last in ("a", "à") and len(tokens) > 1 and tokens[-2] == "r":
                del tokens[-2:]
                piece = NOTHING_TO_REPORT
            elif piece[0] in ".:;=[":
                piece = _signal(piece)
            elif len(piece) > 5 and piece.isdecimal():
                piece = LONG_NUMBER
            tokens.append(piece)
            last = piece
        return tokens


_MARKS = frozenset(("!", "?", "!!", "??"))
_NUMBERS = {1: "<1 digit>", 2: "<2 digits>"}


_MASKS = {"[e-mail]": MAIL, "[téléphone]": PHONE, "[iban]": ACCOUNT, "[numéro]": LONG_NUMBER}


@lru_cache(maxsize=100_000)
def _looked_up(token: str) -> str:
    """Empty if it is not looked up."""
    if token in TONELESS or token[0] == "<":
        return ""
    if not token[0].isalpha():
        return token
    word = simplemma.lemmatize(token, "fr").lower()
    return word if len(word) > 2 else ""


def _signal(piece: str) -> str:
    if piece[0] == "[":
        return _MASKS[piece]
    return ELLIPSIS if piece[0] == "." else SMILE if piece[-1] == ")" else FROWN


def _canonical_link(piece: str) -> str:
    if piece.startswith(("http://", "https://", "www.")):
        return LINK
    return MAIL if "@" in piece else piece


def _ras_le_bol(tokens: list[str]) -> list[str]:
    """`ras le bol` (fed up) is one token, so that it is never read as `ras`."""
    kept: list[str] = []
    i = 0
    while i < len(tokens):
        if tokens[i : i + 3] == ["ras", "le", "bol"]:
            kept.append(FED_UP)
            i += 3
        else:
            kept.append(tokens[i])
            i += 1
    return kept
