"""A review cut into clauses, so that « belle robe mais livrée en retard » says two things."""

import re
from typing import NamedTuple

from satispy.plain_text import without_markup

_PIECE = re.compile(r"[^\W_]+|[.!?;:,()\n…]")
#: Words on both sides that a comma or « et » needs to cut: « délai, taille, couleur : tout faux ».
LEAST_WORDS = 3
#: A dot before one of these is of a site's name; other words may follow a dot at once
#: (« catastrophique.les délais »).
_DOMAINS = frozenset(("com", "fr", "net", "org", "eu", "be", "ch"))
#: Begin a clause: alone, or with the word behind them.
_CONTRAST = frozenset((
    "mais", "cependant", "toutefois", "pourtant", "néanmoins", "neanmoins", "malgré", "sinon",
    "hormis", "par contre", "en revanche", "sauf que", "alors que", "tandis que", "en plus",
    "de plus", "bien que", "même si", "dommage que", "d autre",
))  # fmt: skip
_FIRST_OF_TWO = frozenset(pair.split()[0] for pair in _CONTRAST if " " in pair)
#: Begin a clause of LEAST_WORDS words, « et » before one of the others only.
_JOINTS = frozenset(("puis", "ensuite"))
_SUBJECTS = frozenset((
    "j", "je", "il", "ils", "elle", "elles", "on", "nous", "vous", "le", "la", "les", "l", "un",
    "une", "mon", "ma", "mes", "ce", "cette", "ces", "aucun", "aucune", "pas", "puis",
))  # fmt: skip


#: Most words are none of these: they need no second look.
_MAY_BEGIN = _CONTRAST | _FIRST_OF_TWO | _JOINTS | {"et"}


class Clause(NamedTuple):
    #: Places in the text as it reads (`without_markup`): `text == readable[start:end]`.
    start: int
    end: int
    text: str


def clauses(text: str) -> list[Clause]:
    """In their order; every word of the text is in one of them.

    Cut at the end of a sentence and before « mais », « par contre », « en plus » and the like; at
    commas and « et » only where both sides have LEAST_WORDS words.
    """
    text = without_markup(text)
    pieces = [(each.start(), each[0].lower()) for each in _PIECE.finditer(text)]
    found: list[Clause] = []
    #: Words since the last cut, and since the last place where a comma or « et » might cut.
    words = since = 0
    begin = 0
    loose = -1
    for at, (place, piece) in enumerate(pieces):
        if piece[0].isalnum():
            kind = _of_word(piece, pieces, at) if at and piece in _MAY_BEGIN else ""
        else:
            kind = _of_mark(piece, text, place, pieces, at)
        if kind and loose >= 0 and since >= LEAST_WORDS:
            # Both sides of the last comma are long enough.
            found.append(_clause(text, begin, loose))
            begin, words = loose, since
        if kind:
            loose = -1
        if kind == "cut" and words:
            found.append(_clause(text, begin, place))
            begin, words, since = place, 0, 0
        elif kind == "joint" and words >= LEAST_WORDS:
            loose, since = place, 0
        if piece[0].isalnum():
            words += 1
            since += 1
    if loose >= 0 and since >= LEAST_WORDS:
        found.append(_clause(text, begin, loose))
        begin = loose
    if words:
        found.append(_clause(text, begin, len(text)))
    return found


def _of_word(word: str, pieces: list[tuple[int, str]], at: int) -> str:
    """Whether a clause begins with this word: "cut", perhaps ("joint"), or not ("")."""
    if word in _CONTRAST:
        return "cut"
    following = pieces[at + 1][1] if at + 1 < len(pieces) else ""
    if word in _FIRST_OF_TWO and f"{word} {following}" in _CONTRAST:
        return "cut"
    if word in _JOINTS or (word == "et" and following in _SUBJECTS):
        return "joint"
    return ""


def _of_mark(mark: str, text: str, place: int, pieces: list[tuple[int, str]], at: int) -> str:
    if mark in ",:()":
        return "joint"
    if mark != ".":
        return "cut"
    behind = text[place + 1 : place + 2]
    if not behind.isalnum():
        return "cut"
    # Within a number, an abbreviation or the name of a site a dot ends nothing.
    letters = text[max(0, place - 2) : place].isalpha() and place > 1
    following = pieces[at + 1][1] if at + 1 < len(pieces) else ""
    return "cut" if letters and len(following) > 1 and following not in _DOMAINS else ""


_EDGES = " \t\r\n.,;:!?…()"


def _clause(text: str, start: int, end: int) -> Clause:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip(_EDGES))
    piece = piece.strip(_EDGES)
    return Clause(start, start + len(piece), piece)
