"""What a receipt says of how a file was read, beyond its numbers: codes with figures, and English
words for who reads the receipt itself."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from pydantic import BaseModel

from satispy.reviews.layout import Layout
from satispy.sentence import N_, Sentence

_WORDS: Final = {
    "dates_said": N_("dates were read %(order)s, as was said"),
    "dates_export": N_("dates were read %(order)s, as %(export)s writes them"),
    "dates_column": N_(
        "dates were read %(order)s: %(day)s of them only make sense day first, %(month)s only"
        " month first, %(either)s either way; --dates or SATISPY_DATES overrides it"
    ),
    "dates_either": N_(
        "dates were read %(order)s: all %(either)s make sense either way; --dates or"
        " SATISPY_DATES overrides it"
    ),
    "dates_mixed": N_(
        "dates are written both ways: %(day)s only make sense day first, %(month)s only month"
        " first; the %(either)s that could be either were rejected: --dates says how to read them"
    ),
    "encoding_guessed": N_(
        "the letters beyond ASCII were read as %(codec)s (%(percent)s %% sure); --encoding"
        " overrides it"
    ),
    "encoding_unknown": N_("lines in no encoding that is known here: %(lines)s"),
    "encoded_twice": N_("lines that were encoded twice (« dÃ©Ã§u ») and mended: %(lines)s"),
    "header_again": N_("the header comes again, first at line %(line)s; it is no row"),
    "header_below": N_("the header stands at line %(line)s; what is above it was passed over"),
    "mapping_remembered": N_("the columns are those that were confirmed for this header before"),
    "numbers_rounded": N_(
        "numbers that a spreadsheet rounded, which identify no review: %(count)s"
    ),
    "quotes_literal": N_("quotes are plain text in this file"),
    "backslashes_escape": N_("a backslash takes away the meaning of the sign behind it"),
    "surplus_cut": N_("empty cells cut from the end of every row: %(cells)s"),
    "without_words": N_(
        "ratings without words: %(count)s; nothing to mend, and not in the quarantine"
    ),
}
_ORDERS: Final = {
    "day first": Sentence("day first"),
    "month first": Sentence("month first"),
    "mixed": Sentence("both ways"),
}


class Note(BaseModel):
    """One thing to know of how the file was read."""

    code: str
    message: str
    facts: dict[str, Any] = {}

    @property
    def sentence(self) -> Sentence:
        """Of another satispy's note, whose code or facts are not known here, the English."""
        known = _said(self.code, self.facts) if self.code in _WORDS else None
        with suppress(KeyError, TypeError, ValueError):
            if known and str(known):
                return known
        return Sentence(self.message)


def note(code: str, **facts: Any) -> Note:
    return Note(code=code, message=str(_said(code, facts)), facts=facts)


def _said(code: str, facts: Mapping[str, Any]) -> Sentence:
    order = _ORDERS.get(str(facts.get("order")), "")
    return Sentence(_WORDS[code], **{**facts, "order": order})


def of_layout(layout: Layout) -> list[Note]:
    """Notes on a file whose rows have been read."""
    found = []
    if layout.above:
        found.append(note("header_below", line=layout.above + 1))
    found += _of_encoding(layout)
    if layout.literal:
        found.append(note("quotes_literal"))
    if layout.escaped:
        found.append(note("backslashes_escape"))
    if layout.surplus:
        found.append(note("surplus_cut", cells=layout.surplus))
    for code, facts in layout.notes.items():
        if code == "dates":
            why = "mixed" if facts["order"] == "mixed" else facts["why"]
            if why == "column" and not facts["day"] + facts["month"]:
                why = "either"
            said = {**facts, "order": facts["order"].replace("-", " "), "export": layout.recognised}
            found.append(note(f"dates_{why}", **said))
        else:
            found.append(note(code, **facts))
    return found


def without_words(count: int) -> list[Note]:
    return [note("without_words", count=count)] if count else []


def _of_encoding(layout: Layout) -> list[Note]:
    seen, legacy = layout.writing.seen, layout.writing.legacy
    found = []
    if legacy and seen.get(legacy) and (legacy != "cp1252" or layout.sure < 0.7):
        found.append(note("encoding_guessed", codec=legacy, percent=round(100 * layout.sure)))
    if unknown := seen.get("unknown"):
        found.append(note("encoding_unknown", lines=unknown))
    if twice := seen.get("encoded twice"):
        found.append(note("encoded_twice", lines=twice))
    return found
