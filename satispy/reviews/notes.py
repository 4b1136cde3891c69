"""What a receipt says of how a file was read, beyond its numbers: codes with figures, and English
words for who reads the receipt itself."""

from typing import Any, Final

from pydantic import BaseModel

from satispy.reviews.layout import Layout

_WORDS: Final = {
    "dates_said": "dates were read {order}, as was said",
    "dates_export": "dates were read {order}, as {export} writes them",
    "dates_column": "dates were read {order}: {day} of them only make sense day first, {month} only"
    " month first, {either} either way; --dates or SATISPY_DATES overrides it",
    "dates_either": "dates were read {order}: all {either} make sense either way; --dates or"
    " SATISPY_DATES overrides it",
    "dates_mixed": "dates are written both ways: {day} only make sense day first, {month} only"
    " month first; the {either} that could be either were rejected: --dates says how to read them",
    "encoding_guessed": "the letters beyond ASCII were read as {codec} ({percent} % sure);"
    " --encoding overrides it",
    "encoding_unknown": "lines in no encoding that is known here: {lines}",
    "encoded_twice": "lines that were encoded twice (« dÃ©Ã§u ») and mended: {lines}",
    "header_again": "the header comes again, first at line {line}; it is no row",
    "header_below": "the header stands at line {line}; what is above it was passed over",
    "mapping_remembered": "the columns are those that were confirmed for this header before",
    "numbers_rounded": "numbers that a spreadsheet rounded, which identify no review: {count}",
    "quotes_literal": "quotes are plain text in this file",
    "backslashes_escape": "a backslash takes away the meaning of the sign behind it",
    "surplus_cut": "empty cells cut from the end of every row: {cells}",
    "without_words": "ratings without words: {count}; nothing to mend, and not in the quarantine",
}


class Note(BaseModel):
    """One thing to know of how the file was read."""

    code: str
    message: str
    facts: dict[str, Any] = {}


def note(code: str, **facts: Any) -> Note:
    return Note(code=code, message=_WORDS[code].format(**facts), facts=facts)


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
