"""Text that was encoded twice: « TrÃ¨s dÃ©Ã§ue » is UTF-8 that somebody read as cp1252.

Only sequences that stand for what French is written with are undone, so that « SÃO PAULO » stays.
"""

import re
from functools import lru_cache
from typing import Final

_MEANT: Final = "éèêëàâçùûüôöîïœæÿñáíóúÉÈÊËÀÂÇÙÛÜÔÎÏŒÆ’‘“”«»…–—€°·²³\u00a0\u202f\u2009\ufeff™®©★☆•"
#: What UTF-8 was taken for. Five bytes of cp1252 mean nothing, and come through as controls.
_TAKEN_FOR: Final = ("cp1252", "mac-roman", "cp850")
_SUSPECT: Final = re.compile("[ÃÂâÅËðï√¬‚≈Ä├┬Ôõ]")
_EMOJI: Final = re.compile("ð[\u0178\u009f][^\\x00-\\x7f]{2}")
#: « Ã » before a space was « à »: programs take the no-break space of its second byte for a space.
_LOST_SPACE: Final = re.compile(r"Ã ?(?=\s|$)")
_MOST_TIMES: Final = 3


def mend(text: str) -> str:
    """The text as it was meant; the same text if nothing in it is encoded twice."""
    if not _SUSPECT.search(text):
        return text
    pattern, meant = _sequences()
    first = text
    for _ in range(_MOST_TIMES):
        mended = pattern.sub(lambda match: meant[match[0]], text)
        mended = _EMOJI.sub(lambda match: _emoji(match[0]), mended)
        if mended == text:
            break
        text = mended
    return first if text == first else _LOST_SPACE.sub("à", text)


@lru_cache(maxsize=1)
def _sequences() -> tuple[re.Pattern[str], dict[str, str]]:
    meant: dict[str, str] = {}
    for character in _MEANT:
        for codec in _TAKEN_FOR:
            meant.setdefault(_taken(character.encode(), codec), character)
        # latin-1 has controls where cp1252 has signs.
        meant.setdefault(character.encode().decode("latin-1"), character)
    # What was encoded three times or more goes back one step at a time.
    for character in {character for sequence in meant for character in sequence}:
        if character > "\x7f":
            meant.setdefault(_taken(character.encode(), "cp1252"), character)
    longest_first = sorted(meant, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), meant


def _taken(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return "".join(_one(bytes([byte]), codec) for byte in data)


def _one(byte: bytes, codec: str) -> str:
    try:
        return byte.decode(codec)
    except UnicodeDecodeError:
        return byte.decode("latin-1")


def _emoji(text: str) -> str:
    data = b""
    for character in text:
        try:
            data += character.encode("cp1252")
        except UnicodeEncodeError:
            if character > "\xff":
                return text
            data += character.encode("latin-1")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return text
