"""Personal data leaves a text before it is stored anywhere but in uploads/."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

LABELS: Final = {
    "email": "[e-mail]",
    "iban": "[IBAN]",
    "phone": "[téléphone]",
    "number": "[numéro]",
}

#: Who hides an address from machines ends it in one of these; of others any word would do.
_TOP = (
    r"(?:fr|com|net|org|be|ch|lu|ca|eu|de|es|it|uk|nl|pt|io|info|biz|pro|shop|re|gp|mq|gf|nc|pf|ma|"
    r"tn|dz|sn|ci|mc|test|example|invalid)\b"
)
_OPEN, _CLOSE = r"\s?[(\[{<]\s?", r"\s?[)\]}>]\s?"
_DOT = rf"(?:\s?\.\s?|{_OPEN}(?:dot|point|\.){_CLOSE}|\s(?:dot|point)\s)"
_AT = rf"(?:\s?[@＠]\s?|{_OPEN}(?:at|a|arobas[e]?|@){_CLOSE}|\s(?:at|arobase?)\s)"
_NAME = r"[\w.+-]{1,64}"
_EMAIL_HIDDEN = re.compile(
    rf"(?:[\w+-]{{1,64}}\s(?:dot|point)\s){{0,3}}{_NAME}{_AT}(?:[\w-]{{1,63}}{_DOT}){{1,4}}{_TOP}",
    re.IGNORECASE,
)
_EMAIL = re.compile(
    rf"[\w.+-]{{1,64}}[@＠][\w-]{{1,63}}(?:\.[\w-]{{2,63}}){{1,4}}(?:,{_TOP})?"
    # A comma for the dot, or no end at all: « moi@exemple,fr », « moi@exemple ».
    # Not « avis@0123456789ab »: an upload and its put.
    rf"|[\w.+-]{{2,64}}[@＠](?![0-9a-f]{{12}}\b)[a-zA-Z][\w-]{{2,62}}(?:(?:\.[\w-]{{2,63}}){{0,3}},{_TOP})?"
)
_EMAIL_HINTS: Final = (
    "@", "＠", "arobas", " at ", "(at", "[at", "{at", "<at", "( at", "[ at", "(a)", "[a]", "{a}",
)  # fmt: skip

_BLANKS = " \u00a0\u202f"
# Two letters, two check digits, then 11 to 30 letters or digits, often in blocks of four.
_IBAN_LENGTHS: Final = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CI": 28, "CY": 28, "CZ": 24, "DE": 22,
    "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MA": 28,
    "MC": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "SN": 28, "TN": 24, "TR": 26,
}  # fmt: skip
#: « de 27 novembre pour un » has right check digits by chance.
_DIGITS_OF_IBAN: Final = 10
_IBAN = re.compile(
    rf"\b[A-Za-z]{{2}}\s?\d{{2}}(?:[{_BLANKS}.-]?[A-Za-z0-9]{{4}}){{2,7}}"
    rf"(?:[{_BLANKS}.-]?[A-Za-z0-9]{{1,3}})?\b"
)

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
#: Never masked, and told apart first: « 06.12.2021 10h30 » is no telephone number.
_DATE = re.compile(
    rf"(?<!\d)(?:{_YEAR}([-/.])\d\d?\1\d\d?|{_DAY}(\s?[-/.]\s?| ){_MONTH}\2{_YEAR})(?!\d)"
    rf"|(?<![\d/.-]){_MONTH}[-/.]{_YEAR}(?!\d)"
    rf"|(?<![\d/.-]){_DAY}([-/.]){_MONTH}\3\d\d(?!\s?[-/._]?\s?\d)"
    # With its time, where more digits follow.
    rf"|(?<![\d/.-]){_DAY}([-/.]){_MONTH}\4\d\d(?=,?\s(?:à\s)?\d\d?\s?[h:])"
)

_GAP = rf"(?:\s?[./_–—-]\s?|[{_BLANKS}]|,)?"
#: Four more pairs of digits.
_PAIRS = rf"(?:{_GAP}\d\d){{4}}(?!\d)"
_COUNTRY = r"(?:33|32|41|352|377|49|44|39|34|351|353|31|43|2\d\d|59\d|1(?=\D?[2-9]))"
_PHONES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # Abroad, or as from abroad: +33 (0)6…, (+33) 6…, 0033…, 00 33…
        rf"(?<![\w+])(?<!\d-)\(?(?:\+|00\s?){_COUNTRY}\)?(?:\s?\(0\))?(?:{_GAP}\d){{8,11}}(?!\d)",
        rf"(?<![\w+])\+(?!\d\d?(?:[{_BLANKS}]000)+(?!\d))(?=[1-9](?:{_GAP}\d){{8}})"
        rf"[1-9]\d{{0,2}}(?:{_GAP}\d){{6,13}}(?!\d)",
        rf"(?<![\d+])33\s?[67]{_PAIRS}",
        # In pairs, whatever stands between them: 06/39…, 06_39…, (06) 39…, 06 - 39…, O6 39…
        rf"(?<![\d+])(?:\(0[1-9]\)|0[1-9]){_PAIRS}",
        rf"(?<!\w)[oO][1-9]{_PAIRS}",
        # Belgium: a slash behind the prefix, then groups of two or three.
        r"(?<![\d+/])(?=(?:[./ ]?\d){9})0[1-9]\d{0,2}/\d{2,3}(?:[. ]?\d{2,3}){1,2}(?!\d)",
        r"(?<![\d+])(?<!\d-)0[1-9]\d?([ -])\d{2,3}([. -])\d\d\2\d\d(?!\d)",
        # Any groups of ten digits, with one kind of mark between them.
        rf"(?<![\d+.,])(?<!\d-)0(?:[1-9]|([{_BLANKS}.-])[1-9])(?:(?:\1|[{_BLANKS}.-])?\d){{8}}(?![\d,])",
        # North America.
        r"(?<![\d+])(?:1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}(?![\d.-])",
    )
)

_AMOUNT = rf"(?![{_BLANKS}]?(?:€|euros?\b|km\b))"
# Order, parcel and client numbers: six digits or more, or groups of nine or more in all; not
# « 10 000 000 », nor sizes, « 36 38 40 42 44 ».
_NUMBER = re.compile(
    rf"\d{{6,}}(?!\d){_AMOUNT}"
    rf"|(?<!\d)(?![1-9]\d{{0,2}}(?:[{_BLANKS}]000)+(?!\d))(?!\d\d(?:[{_BLANKS}-]\d\d)+(?![{_BLANKS}-]?\d))"
    rf"(?=(?:[{_BLANKS}-]?\d){{9}})\d{{2,}}(?:[{_BLANKS}-]\d{{2,}})+{_AMOUNT}"
)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Span:
    """Personal data in a text: `kind` is one of LABELS."""

    kind: str
    first: int
    end: int


def spans(text: str) -> list[Span]:
    """Where e-mail addresses, IBANs, telephone and order numbers stand, in their order."""
    found: list[Span] = []
    left = text
    for kind, digits, look in _LOOKS:
        if digits and len(_DIGIT.findall(left)) < digits:
            continue
        here = [*look(left)]
        if kind != "date":
            found += [Span(kind, first, end) for first, end in here]
        left = _blank(left, here)
    return sorted(found, key=lambda span: span.first)


def mask(text: str, found: Counter[str] | None = None) -> str:
    """The text with what `spans` finds replaced; counts it by kind."""
    if not _DIGIT.search(text) and not _might_be_email(text):  # most comments
        return text
    return without(text, spans(text), found)


def without(text: str, found: Sequence[Span], count: Counter[str] | None = None) -> str:
    """The text with these replaced by what they are."""
    parts, at = [], 0
    for span in found:
        if count is not None:
            count[span.kind] += 1
        parts += [text[at : span.first], LABELS[span.kind]]
        at = span.end
    return "".join(parts) + text[at:]


Place = tuple[int, int]


def _blank(text: str, places: Iterable[Place]) -> str:
    """Nothing that is found later may reach into what was found."""
    for first, end in places:
        text = f"{text[:first]}{chr(0) * (end - first)}{text[end:]}"
    return text


def _might_be_email(text: str) -> bool:
    text = text.lower()
    return any(hint in text for hint in _EMAIL_HINTS)


def _emails(text: str) -> Iterator[Place]:
    if not _might_be_email(text):
        return
    hidden = [match.span() for match in _EMAIL_HIDDEN.finditer(text)]
    yield from hidden
    yield from (match.span() for match in _EMAIL.finditer(_blank(text, hidden)))


def _ibans(text: str) -> Iterator[Place]:
    for match in _IBAN.finditer(text):
        if iban := _iban_in(match[0]):
            yield match.start(), match.start() + len(iban)


def _iban_in(found: str) -> str | None:
    """Its beginning as long as its country's are, if the check digits (ISO 13616) hold."""
    letters = 0
    wanted = _IBAN_LENGTHS.get(found[:2].upper(), 0)
    for at, letter in enumerate(found):
        letters += letter.isalnum()
        if letters == wanted:
            text = "".join(filter(str.isalnum, found[: at + 1])).upper()
            right = int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1
            enough = sum(map(str.isdecimal, text)) >= _DIGITS_OF_IBAN
            whole = not found[at + 1 : at + 2].isalnum()
            return found[: at + 1] if right and enough and whole else None
    return None


def _dates(text: str) -> Iterator[Place]:
    return (match.span() for match in _DATE.finditer(text))


def _phones(text: str) -> Iterator[Place]:
    for pattern in _PHONES:
        here = [match.span() for match in pattern.finditer(text)]
        yield from here
        text = _blank(text, here)


def _numbers(text: str) -> Iterator[Place]:
    return (match.span() for match in _NUMBER.finditer(text))


#: In this order, and only where there are so many digits.
_LOOKS: Final[tuple[tuple[str, int, Callable[[str], Iterator[Place]]], ...]] = (
    ("email", 0, _emails),
    ("iban", _DIGITS_OF_IBAN, _ibans),
    ("date", 9, _dates),
    ("phone", 9, _phones),
    ("number", 6, _numbers),
)
