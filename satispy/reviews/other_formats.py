"""Files that people send in the place of a CSV, each with what to do about it."""

from typing import Final

from satispy.sentence import Sentence

_SAVE: Final = Sentence(
    "open it and save it as “CSV UTF-8” (in French: Enregistrer sous, CSV UTF-8), then send that"
)
_LINK: Final = Sentence("the file is a web page: was a link saved in the place of the export?")
_ZIPS: Final = (
    (b"xl/", Sentence("the file is an Excel workbook (.xlsx): %(save)s", save=_SAVE)),
    (
        b"opendocument.spreadsheet",
        Sentence("the file is a LibreOffice workbook (.ods): %(save)s", save=_SAVE),
    ),
    (b"word/", Sentence("the file is a Word document, not a CSV of reviews")),
    (
        b"",
        Sentence(
            "the file is a ZIP archive: unpack it and send the CSV in it (a gzip is read as it is)"
        ),
    ),
)
_OTHERS: Final = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        Sentence("the file is an old Excel workbook (.xls): %(save)s", save=_SAVE),
    ),
    (b"%PDF-", Sentence("the file is a PDF, not a CSV of reviews")),
    (b"{\\rtf", Sentence("the file is a text document (RTF), not a CSV of reviews")),
    (b"<!DOCTYPE html", _LINK),
    (b"<html", _LINK),
)


def why_other(head: bytes) -> Sentence | None:
    """What the file is, if its first bytes say that it is no CSV."""
    if head.startswith(b"PK\x03\x04"):
        return next(words for inside, words in _ZIPS if inside in head)
    start = head[:64].lstrip().lower()
    return next((words for begin, words in _OTHERS if start.startswith(begin.lower())), None)
