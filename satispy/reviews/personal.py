"""What is masked of each column, and which columns are not kept at all, by their names."""

import re
import unicodedata
from collections import Counter
from enum import Enum
from typing import Final

from satispy.plain_text import unaccented
from satispy.reviews.layout import Layout
from satispy.reviews.masking import spans, without

#: Whose name or address a column holds: « reviewer_name », « Nom du client ».
_PEOPLE: Final = frozenset((
    "reviewer", "author", "auteur", "autrice", "customer", "client", "cliente", "user",
    "utilisateur", "consumer", "consommateur", "buyer", "acheteur", "member", "membre",
    "billing", "shipping", "reviewers", "customers", "internaute",
))  # fmt: skip
_THEIRS: Final = frozenset((
    "name", "nom", "prenom", "firstname", "lastname", "fullname", "nickname", "pseudo",
    "pseudonyme", "username", "display", "displayname", "first", "last", "initials",
    "initiales", "city", "ville", "avatar", "profile", "profil", "street", "rue", "zip",
    "birthday", "birthdate",
))  # fmt: skip
#: Personal whoever it belongs to, and the names that are a person's without saying so.
_ALWAYS: Final = frozenset((
    "email", "courriel", "telephone", "phone", "tel", "gsm", "portable", "fax", "iban", "ip",
    "prenom", "firstname", "lastname", "nickname", "surname", "pseudo", "pseudonyme",
    "username",
))  # fmt: skip
_ALONE: Final = frozenset((
    "author", "auteur", "reviewer", "adresse", "mail", "mails", "e mail", "adresse mail",
    "first name", "last name", "full name", "mobile", "customer", "cliente", "nom complet",
    "nom prenom", "postal address", "street address", "adresse postale", "nom de famille",
    "display name", "mail client", "client mail", "customer mail",
))  # fmt: skip
#: Times, numbers of things and addresses of pages: never touched.
_MACHINE: Final = frozenset((
    "id", "ids", "sku", "ean", "gtin", "upc", "isbn", "asin", "mpn", "barcode", "code", "url",
    "urls", "uri", "link", "links", "lien", "liens", "href", "image", "images", "photo",
    "photos", "picture", "pictures", "video", "videos", "media", "date", "dates", "time",
    "timestamp", "datetime", "created", "updated", "heure", "horodatage", "jour", "at", "on",
    "handle", "product", "produit", "article", "item", "variant", "version", "price", "prix",
    "lang", "language", "langue", "locale", "number", "numero", "ref", "reference", "rating",
    "note", "score", "count", "likes", "millis", "epoch", "quantity", "status", "verified",
    "order", "commande", "siret",
))  # fmt: skip
_URL = re.compile(r"https?://\S+|www\.\S+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_CALLED = re.compile(r"\b(?:t[ée]l|gsm|mobile|portable|phone)", re.IGNORECASE)
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Treatment(Enum):
    """What becomes of the cells of a column."""

    DROPPED = "personal data of the one who wrote: not kept"
    UNTOUCHED = "times, numbers of things, addresses of pages"
    TEXT = "masked where a cell is a text, e-mail addresses and the like wherever they stand"


def treatment(column: str) -> Treatment:
    plain = unaccented(unicodedata.normalize("NFKC", column))  # full-width letters are letters
    words = [piece.lower() for piece in _PIECE.findall(plain)]
    said = set(words)
    together = " ".join(words)
    if said & _ALWAYS or together in _ALONE or (said & _PEOPLE and said & _THEIRS):
        return Treatment.DROPPED
    if said & {"mail", "address", "adresse"} and not said & {"url", "web", "page", "verified"}:
        return Treatment.DROPPED
    return Treatment.UNTOUCHED if said & _MACHINE else Treatment.TEXT


def treatments(layout: Layout) -> dict[str, Treatment]:
    """How each of a file's other columns is treated; a known export says which hold people."""
    return {
        name: Treatment.DROPPED if index in layout.chosen.personal else treatment(name)
        for name, index in layout.extra.items()
    }


def mask_cell(text: str, how: Treatment, found: Counter[str] | None = None) -> str:
    """A cell of a column that is treated so; "" of one that is dropped."""
    if how is Treatment.DROPPED:
        return ""
    if how is Treatment.UNTOUCHED or not text:
        return text
    urls = [match.span() for match in _URL.finditer(text)]
    kept = [
        span
        for span in spans(text)
        if not any(first < span.end and span.first < end for first, end in urls)
    ]
    if not _is_text(text):
        # A long number may be anything's, and a telephone number has its marks.
        kept = [
            span
            for span in kept
            if span.kind != "number" and not text[span.first : span.end].isdecimal()
        ]
    return without(text, kept, found)


def _is_text(cell: str) -> bool:
    """Whether a person wrote it: two words, or « tél. » before a number."""
    words = _WORD.findall(_URL.sub(" ", cell))
    return (len(words) > 1 and len(cell.split()) > 1) or bool(_CALLED.search(cell))
