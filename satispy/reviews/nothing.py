"""Cells that hold nothing, though they do not look empty."""

import re
import unicodedata
from typing import Final

#: What programs write where they have no value. People write « RAS » or « . », and mean it.
_PLACEHOLDERS: Final = frozenset({
    "nan", "nat", "null", "(null)", "[null]", "<null>", "none", "<none>", "<na>", "na", "n/a",
    "n.a.", "#n/a", "#n/d", "\\n", "undefined", "#nom?", "#name?", "#ref!", "#valeur!", "#value!",
    "#div/0!", "#nul!", "#null!", "#nombre!", "#num!", "#error!", "#erreur!", "(vide)", "(blank)",
    "(empty)", "-", "--", "---", "–", "—", "_",
})  # fmt: skip
_LONGEST: Final = max(map(len, _PLACEHOLDERS))
#: Fill a place and print nothing, though Unicode calls them letters or symbols.
_BLANK: Final = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc"
#: Marks that say nothing at the ends of a text; a joiner there may belong to an emoji.
_AT_ENDS: Final = "\ufeff\u200b\u200e\u200f\u202a\u202c\u2060\u00ad\u2800"
_SPACES: Final = re.compile(rf"^[\s{_AT_ENDS}]+|[\s{_AT_ENDS}]+$")


def trimmed(text: str) -> str:
    """Without white space and invisible marks at its ends."""
    text = text.strip()
    return text if text.isascii() else _SPACES.sub("", text)


def says_nothing(text: str) -> bool:
    """Whether a trimmed cell is empty, a placeholder, or made of invisible marks only."""
    if not text:
        return True
    if len(text) <= _LONGEST and text.casefold() in _PLACEHOLDERS:
        return True
    return not text.isascii() and all(_invisible(character) for character in text)


def _invisible(character: str) -> bool:
    return (
        character.isspace()
        or character in _BLANK
        or unicodedata.category(character) in ("Cf", "Cc", "Zs", "Zl", "Zp")
    )
