"""Personal data leaves a comment before it is stored anywhere but in uploads/."""

import re
from collections import Counter
from typing import Final

EMAIL: Final = "[e-mail]"
IBAN: Final = "[IBAN]"
PHONE: Final = "[téléphone]"
NUMBER: Final = "[numéro]"

_EMAIL = re.compile(r"[\w.+-]{1,64}\s?@\s?[\w-]{1,63}(?:\s?\.\s?[\w-]{2,63}){1,4}")
# Two letters, two check digits, then 11 to 30 letters or digits, often in blocks of four.
_IBAN = re.compile(
    r"\b[A-Za-z]{2}\d{2}(?:[ \u00a0]?[A-Za-z0-9]{4}){2,7}(?:[ \u00a0]?[A-Za-z0-9]{1,3})?\b"
)
_PHONE = re.compile(
    r"(?<![\d+])(?:(?:\+|00)\s?\d{2}[\s.-]?(?:\(0\)\s?)?|0)[1-9](?:[\s.\u00a0-]{0,2}\d{2}){4}(?!\d)"
)
# Order, parcel and client numbers: six digits or more, or groups of nine or more in all (which
# leaves dates and "2019 - 2020" alone).
_NUMBER = re.compile(r"\d{6,}|(?<!\d)(?=(?:[ \u00a0-]?\d){9})\d{2,}(?:[ \u00a0-]\d{2,})+")
_SUSPECT = re.compile(r"[\d@]")


def _iban_in(found: str) -> str | None:
    """The longest beginning of it whose check digits (ISO 13616) hold: a word may follow."""
    parts = re.split(r"([ \u00a0])", found)
    for end in range(len(parts), 0, -2):
        text = "".join(parts[:end:2]).upper()
        if not 15 <= len(text) <= 34:
            continue
        if int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1:
            return "".join(parts[:end])
    return None


def mask(text: str, found: Counter[str] | None = None) -> str:
    """The text with e-mail addresses, IBANs, phone and order numbers replaced; counts them."""
    if not _SUSPECT.search(text):  # most comments: nothing to look for
        return text
    counts = Counter[str]() if found is None else found

    def put(kind: str, label: str, match: re.Match[str]) -> str:
        counts[kind] += 1
        return label

    if "@" in text:
        text = _EMAIL.sub(lambda match: put("email", EMAIL, match), text)

    def put_iban(match: re.Match[str]) -> str:
        iban = _iban_in(match[0])
        return put("iban", IBAN, match) + match[0][len(iban) :] if iban else match[0]

    text = _IBAN.sub(put_iban, text)
    text = _PHONE.sub(lambda match: put("phone", PHONE, match), text)
    return _NUMBER.sub(lambda match: put("number", NUMBER, match), text)
