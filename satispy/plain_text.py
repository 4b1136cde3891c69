"""A text as it was meant to be read: without HTML, without Google's translation of it, and in
ordinary letters.

Merging and the text pipeline call the same functions, so that a review is the same review and has
the same tokens however its export wrote it.
"""

import html
import re
import unicodedata
from html.entities import html5
from typing import Final

#: Only entities with their semicolon: « R&D », « &notanentity; » stay as they are.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
#: Each escaping puts one « amp; » more: « &amp;amp;eacute; » is « é ».
_ESCAPED_AGAIN = re.compile(r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)+(?=[#A-Za-z][#A-Za-z0-9]{0,31};)")
#: Tags that stand on a line of their own, then those within a line. No others: « 5 < 6 » is text.
_BREAK = re.compile(
    r"</?(?:br|p|div|li|ul|ol|h[1-6]|hr|tr|td|th|table|tbody|thead|blockquote|pre|section|article)"
    r"(?:\s[^<>]*)?/?>(?:\r?\n)?",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|center|code|del|em|font|i|img|ins|label|mark|q|s|small|span|strike|strong|"
    r"sub|sup|u|html|body|wbr)(?:\s[^<>]*)?/?>|<!--[^<>]*-->",
    re.IGNORECASE,
)
_TRANSLATED = re.compile(
    r"\((?:translated by google|tradui(?:t|te) par google|traduction (?:de |par )?google|"
    r"übersetzt von google|traducido por google|tradotto da google)\)",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\((?:(?:avis |texte |commentaire |version )?(?:original|originale|d[’']origine))\)",
    re.IGNORECASE,
)

#: Letters in the dress of another script: 𝐛𝐨𝐥𝐝, ｗｉｄｅ, ⓒⓘⓡⓒⓛⓔⓓ, 🅂🅀🅄🄰🅁🄴, ˢᵘᵖᵉʳ.
_DRESSES: Final = ("<font>", "<wide>", "<circle>", "<square>", "<super>")
_DRESSED: Final = (
    *range(0x2B0, 0x2B9), *range(0x1D2C, 0x1D6B), *range(0x2E0, 0x2E5), 0x2071, 0x207F,
    *range(0x2100, 0x2150), *range(0x24B6, 0x24EA), *range(0xFF01, 0xFF5F),
    *range(0x1D400, 0x1D800), *range(0x1F130, 0x1F14A),
)  # fmt: skip
_SMALL_CAPITALS: Final = (*range(0x250, 0x2B0), *range(0x1D00, 0x1D2C), *range(0xA730, 0xA732))
#: White on black, which Unicode does not decompose: its first letters.
_WHITE_ON_BLACK: Final = (0x1F150, 0x1F170)
_LIGATURES: Final = dict(enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"), 0xFB00))
#: Soft hyphens, zero-width marks, directions, variants of emoji, and lines through letters.
_INVISIBLE: Final = (
    0xAD, 0x180E, 0xFEFF, 0x305, 0x332, 0x333, *range(0x334, 0x339), *range(0x200B, 0x2010),
    *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10),
)  # fmt: skip


def _undressed() -> dict[int, str]:
    """Code point → the plain letters it stands for; nothing for marks that only style."""
    found = {**_LIGATURES, **dict.fromkeys(_INVISIBLE, "")}
    for code in _DRESSED:
        if unicodedata.decomposition(chr(code)).startswith(_DRESSES):
            found[code] = unicodedata.normalize("NFKC", chr(code))
    for code in _SMALL_CAPITALS:
        _, _, letter = unicodedata.name(chr(code), "").partition("LATIN LETTER SMALL CAPITAL ")
        if len(letter) == 1:
            found[code] = letter.lower()
    for first in _WHITE_ON_BLACK:
        found.update({first + at: chr(ord("a") + at) for at in range(26)})
    # ™ and ℠ are marks of their own.
    return {code: letters for code, letters in found.items() if code not in (0x2120, 0x2122)}


_UNDRESSED: Final = _undressed()
#: Anything but what French is written in: far faster than a class of all those letters.
_UNUSUAL = re.compile("[^\0-\u00ac\u00ae-\u024f\u2010-\u2029\u20a0-\u20e2]")
#: A digit in a box is a picture of a digit.
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
#: Passes over a text that was escaped again and again.
_PASSES: Final = 8


def without_markup(text: str) -> str:
    """HTML entities decoded, tags gone, and of a text with its translation by Google the original.

    Idempotent: a text that was escaped twice is decoded twice. A text without any of these comes
    back as it is.
    """
    if not ("&" in text or "<" in text or "oogle)" in text):  # most reviews
        return text
    for _ in range(_PASSES):
        before = text
        text = _ENTITY.sub(_decoded, _ESCAPED_AGAIN.sub("&", text))
        text = _original(_TAG.sub("", _BREAK.sub("\n", text)))
        if text == before:
            break
    return text


def unusual(text: str) -> bool:
    """Whether it holds characters that French is not written in: styled letters, emoji, marks."""
    return not text.isascii() and _UNUSUAL.search(text) is not None


def in_plain_letters(text: str) -> str:
    """Styled letters as plain ones; soft hyphens, invisible marks and boxed digits gone."""
    return _KEYCAP.sub(" ", text).translate(_UNDRESSED)


def unaccented(text: str) -> str:
    """« é » as « e », « ç » as « c »; ligatures and styled letters stay."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _decoded(entity: re.Match[str]) -> str:
    found = entity[0]
    if found[1] != "#" and found[1:] not in html5:
        return found
    letters = html.unescape(found)
    return " " if letters == "\u00a0" else letters


def _original(text: str) -> str:
    """« (Translated by Google) … (Original) … » or « … (Translated by Google) … »."""
    translated = _TRANSLATED.search(text)
    if not translated:
        return text
    before, after = text[: translated.start()], text[translated.end() :]
    original = _ORIGINAL.search(after)
    kept = after[original.end() :] if original else before
    return (kept.strip() or before.strip() or after[: original and original.start()]).strip()
