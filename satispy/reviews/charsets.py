"""Which encoding the bytes of a file are in, and how sure that is.

Lines that are UTF-8 are read as it. For the others each candidate is tried, and the text it gives
is judged as French: « dŽue » and « d‚ue » are what no French reader ever wrote. On short files that
tells Mac Roman and cp850 from cp1252 where charset-normalizer, made for any language, takes another
code page (`make bench NAME=charsets`); it is asked for a guess where nothing reads as French.
"""

import codecs
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from satispy.errors import UploadRefused

#: Tried in this order; the first of equals is taken.
CANDIDATES: Final = ("cp1252", "iso8859-15", "mac-roman", "cp850")
#: Bytes of undecoded lines that are looked at.
_SAMPLE: Final = 256 * 1024
#: By how much the best reading must beat the next.
_CLEAR: Final = 1.0

_LOWER: Final = frozenset("éèêëàâçùûôîïœ")
_UPPER: Final = frozenset("ÉÈÊËÀÂÇÙÛÔÎÏŒ")
#: Of Spanish, Portuguese, Italian, German and the languages of the north.
_NEIGHBOURS: Final = frozenset("ñáíóúìòäöüßåøãõæÿÁÍÓÚÑÄÖÜÅØ")
_SIGNS: Final = frozenset("®©™²³½¼£·•×±µ¹")


class UnsureEncoding(UploadRefused):
    """The bytes read as French in none, or in several alike."""


@dataclass
class Census:
    """What the lines of a file that is not UTF-16 or UTF-32 are written in."""

    utf8: bool = False  # some line has letters beyond ASCII and is UTF-8
    others: int = 0
    nuls: bool = False
    sample: list[bytes] = field(default_factory=list)
    _rest: bytes = b""
    _sampled: int = 0

    def feed(self, piece: bytes) -> None:
        self.nuls = self.nuls or b"\0" in piece
        if len(self._rest) > 1 << 20:  # one endless line is no text
            self._rest = b""
        whole, end, rest = (self._rest + piece).rpartition(b"\n")
        self._rest = rest
        self._look(whole + end)

    def finish(self) -> None:
        self._look(self._rest)
        self._rest = b""

    def _look(self, lines: bytes) -> None:
        if lines.isascii():
            return
        if _is_utf8(lines):
            self.utf8 = True
            return
        for line in lines.splitlines():
            if line.isascii():
                continue
            if _is_utf8(line):
                self.utf8 = True
            else:
                self.others += 1
                if self._sampled < _SAMPLE:
                    self.sample.append(line[:4096])
                    self._sampled += len(self.sample[-1])


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def wide_codec(head: bytes) -> str | None:
    """UTF-16 or UTF-32, by the byte order mark or by zeros where plain letters have them."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    even, odd = head[:200:2].count(0), head[1:200:2].count(0)
    if len(head) >= 8 and max(even, odd) > len(head[:200]) * 0.35 and min(even, odd) < 10:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def legacy_codec(sample: Iterable[bytes]) -> tuple[str | None, float]:
    """The code page that lines which are no UTF-8 are written in, None if none reads as French,
    and how sure that is, from 0 to 1."""
    lines = list(sample)
    readings = {codec: _read(lines, codec) for codec in CANDIDATES}
    letters = sum(sum(byte > 127 for byte in line) for line in lines) or 1
    scores = {codec: _french(texts) for codec, texts in readings.items()}
    means = {codec: score / letters for codec, score in scores.items()}
    scores["cp1252"] += 0.5  # what nearly all such files are in
    best = max(CANDIDATES, key=lambda codec: scores[codec])
    rivals = [score for codec, score in scores.items() if readings[codec] != readings[best]]
    gap = scores[best] - max(rivals, default=scores[best] - 8)
    mean = means[best]
    # cp1252 is what nearly all are in, and stands for western languages other than French too.
    clear = gap >= _CLEAR or (best == "cp1252" and mean > 0.3)
    if not clear or mean < (-0.25 if best == "cp1252" else 0.3):
        return None, 0.0
    return best, round(max(0.5, min(1.0, 0.5 + gap / 8)), 2)


def guess(sample: Iterable[bytes]) -> str | None:
    """What charset-normalizer makes of bytes that nothing here reads."""
    from charset_normalizer import from_bytes

    best = from_bytes(b"\n".join(sample)).best()
    return best.encoding if best else None


def given_codec(name: str) -> str:
    """An encoding that a person named. Raises UploadRefused when text cannot be written in it."""
    plain = bytes(range(32, 127)).decode()
    try:
        codec = codecs.lookup(name.strip()).name
        if codec.startswith(("utf-16", "utf-32")) or plain.encode(codec) == plain.encode():
            return codec
    except (LookupError, ValueError, TypeError, AttributeError):
        pass
    raise UploadRefused(
        "%(name)r is no encoding of CSVs; for instance utf-8, utf-16, cp1252, mac-roman, cp850",
        name=name,
    )


def _read(lines: list[bytes], codec: str) -> list[str]:
    return [line.decode(codec, "replace") for line in lines]


def _french(texts: list[str]) -> float:
    return sum(
        _fits(text[at - 1] if at else " ", character, text[at + 1 : at + 2] or " ")
        for text in texts
        if not text.isascii()
        for at, character in enumerate(text)
        if character > "\x7f"
    )


def _fits(before: str, character: str, after: str) -> float:
    """How well a character fits between its neighbours in a French text."""
    inside = before.isalpha() and after.isalpha()
    if character.isalpha() and before > "\x7f" < after and inside:
        return -1.5  # three in a row are letters of another alphabet
    if character in _LOWER:
        if after.isupper():
            return -1.5
        if character == "ç":
            return 2.0 if after in "aouâûAOU" else -1.0
        if not before.isalpha() and not after.isalpha():
            return 2.0 if character == "à" else -1.0
        if not before.isalpha() and after in "aeo":
            return 0.0
        if character in "àù" and not after.isalpha():
            return 1.5 if before in "jlçoJLÇO" else -0.5  # déjà, voilà, où
        return -0.5 if character in "èêëâîôû" and not after.isalpha() else 2.0
    if character in _UPPER:
        if before.islower():
            return -2.0
        if character == "Ç" and after not in "aouAOUÀ":
            return -1.0
        if not before.isalpha() and not after.isalpha():
            return 1.0 if character == "À" else -0.5
        return 1.5 if character in "ÉÈÊÀÇ" or before.isupper() or after.isupper() else 0.3
    if character in "’‘":
        return 1.5 if inside else -0.5
    if character in "«“„":
        return -1.5 if before.isalnum() else 0.5
    if character in "»”":
        return -1.5 if after.isalnum() else 0.5
    if character == "…":
        return -1.5 if inside else 0.5
    if character == "€":
        return -1.0 if before.isalpha() or after.isalpha() else 1.0
    if character in "–—":
        return -1.5 if inside else 0.3
    if character == "\u00a0":
        return -0.5 if inside else 0.3
    if character == "°":
        return 1.0 if before in "nN" or before.isdigit() else -1.0
    if character in _SIGNS:
        return -2.0 if inside else 0.1
    if character.isalpha() and character < "\u0250":
        if character.isupper() and before.islower():
            return -2.0
        return -0.1 if character in _NEIGHBOURS else -1.0
    return -4.0 if character == "\ufffd" or not character.isprintable() else -3.0
