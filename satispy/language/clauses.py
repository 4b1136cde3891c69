"""A review cut into clauses, so that « belle robe mais livrée en retard » says two things."""

import re
from itertools import chain
from typing import NamedTuple

from satispy.language.pipeline import PIECE, TextPipeline, counted, is_plain
from satispy.language.remembered import Remembered
from satispy.plain_text import without_markup

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
_LOOSE_MARKS = dict.fromkeys(",:()", "joint")
_MARKS = dict.fromkeys((". ", "..", "!", "?", ";", "\n", "…"), "cut")
#: What a piece does wherever it stands.
_KINDS = _LOOSE_MARKS | _MARKS | dict.fromkeys(_CONTRAST, "cut") | dict.fromkeys(_JOINTS, "joint")
#: Most pieces are none of these: they need no second look.
_MAY_CUT = _KINDS.keys() | _FIRST_OF_TWO | {"et", "."}
_CUTTING = re.compile(rf"\.\.|[.!?;:,()\n…]|{PIECE}")
_EDGES = " \t\r\n.,;:!?…()"


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
    low = text.lower()
    if len(low) != len(text):  # places are the same in both
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    found = [*_CUTTING.finditer(low)]
    places = [each.start() for each in found] + [len(text)]
    pieces = [
        _piece(each[0], low[each.end() : each.end() + 1] in ("", " ", "\n")) for each in found
    ]
    return [_clause(text, places[begin], places[end]) for begin, end in _bounds(pieces)]


def clause_tokens(text: str) -> list[list[str]]:
    """The tokens of each of its `clauses`. A plain text is scanned once for both."""
    text = without_markup(text)
    low = text.lower()
    if len(low) == len(text) and is_plain(text, low):
        between_spaces = (low.replace("\n", " \n ") if "\n" in low else low).split(" ")
        pieces = [*chain.from_iterable(map(_PIECES.__getitem__, between_spaces))]
        written = [*map(_WRITTEN.__getitem__, pieces)]
        if not ("ras" in written or ("r" in written and "s" in written)):  # « R.A.S. »
            return [[*filter(None, written[begin:end])] for begin, end in _bounds(pieces)]
    tokens = TextPipeline().tokens
    return [tokens(each.text) for each in clauses(text)]


def _piece(found: str, before_space: bool) -> str:
    """A dot before a space ends a sentence."""
    return ". " if found == "." and before_space else found


def _pieces(between_spaces: str) -> tuple[str, ...]:
    found = _CUTTING.findall(between_spaces)
    if found:
        found[-1] = _piece(found[-1], between_spaces[-1] == ".")
    return tuple(found)


def _bounds(pieces: list[str]) -> list[tuple[int, int]]:
    """The first piece of each clause, and that of the next one."""
    begins = [0]
    #: Words since the last cut, and since the last place where a comma or « et » might cut.
    words = since = 0
    loose, seen = -1, 0
    for at in [at for at, piece in enumerate(pieces) if piece in _MAY_CUT]:
        words += at - seen
        since += at - seen
        seen = at + 1
        piece = pieces[at]
        kind = _KINDS.get(piece) or _kind(piece, pieces, at)
        if kind:
            if loose >= 0 and since >= LEAST_WORDS:  # both sides of the last comma are long enough
                begins.append(loose)
                words = since
            loose = -1
            if kind == "joint":
                if words >= LEAST_WORDS:
                    loose, since = at, 0
            elif words:
                begins.append(at)
                words = since = 0
        if piece[0].isalpha():
            words += 1
            since += 1
    words += len(pieces) - seen
    since += len(pieces) - seen
    if loose >= 0 and since >= LEAST_WORDS:
        begins.append(loose)
    ends = begins[1:]
    if words:
        ends.append(len(pieces))
    return [*zip(begins, ends, strict=False)]


def _kind(piece: str, pieces: list[str], at: int) -> str:
    """Whether a clause begins with this piece: "cut", perhaps ("joint"), or not (""); of what
    depends on what stands beside it."""
    following = pieces[at + 1] if at + 1 < len(pieces) else ""
    if piece == "et":
        return "joint" if following in _SUBJECTS else ""
    if piece != ".":
        return "cut" if f"{piece} {following}" in _CONTRAST else ""
    if not following[:1].isalnum():
        return "cut"
    # Within a number, an abbreviation or the name of a site a dot ends nothing.
    letters = at and len(pieces[at - 1]) > 1 and pieces[at - 1].isalpha()
    return "cut" if letters and len(following) > 1 and following not in _DOMAINS else ""


def _clause(text: str, start: int, end: int) -> Clause:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip(_EDGES))
    piece = piece.strip(_EDGES)
    return Clause(start, start + len(piece), piece)


def _written(piece: str) -> str:
    """Its token; nothing of a mark."""
    return "" if piece == "." or piece in _MARKS or piece in _LOOSE_MARKS else counted(piece)


_PIECES = Remembered(_pieces)
_WRITTEN = Remembered(_written)
