"""What French negation reaches: « ne … pas », « plus jamais », « aucun », « sans »."""

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

NEGATORS = frozenset((
    "pas", "jamais", "plus", "rien", "aucun", "aucune", "sans", "ni", "personne", "point", "guère",
    "nullement",
))  # fmt: skip
_BEFORE_VERB = frozenset(("ne", "n"))
#: Who does what « pas » denies where « ne » is not written: « je recommande pas ».
_SUBJECTS = frozenset((
    "je", "j", "tu", "il", "elle", "on", "nous", "vous", "ils", "elles", "ça", "ca", "c", "qui",
))  # fmt: skip
#: May stand between the two: « je vous le recommande pas ».
_OBJECTS = frozenset(
    ("le", "la", "les", "l", "me", "m", "te", "se", "s", "vous", "y", "en", "leur")
)
#: « plus » denies behind « ne », or before one of these: « plus rapide » praises.
_PLUS_DENIES = frozenset(("jamais", "de", "aucun", "aucune", "rien", "personne"))
#: Where a negation ends.
_ENDS = frozenset(("!", "?", "!!", "??", "…", "mais", "et", "car", "par", "cependant", "pourtant"))
#: Stand between a negator and what it denies: « pas du tout satisfaite ».
_LIGHT = frozenset((
    "le", "la", "les", "l", "de", "du", "des", "d", "un", "une", "à", "a", "en", "y", "être",
    "été", "est", "ai", "me", "m", "se", "s", "ce", "cette", "mon", "ma", "mes", "tout", "très",
    "trop", "vraiment", "absolument", "encore", "toujours",
))  # fmt: skip
#: Tokens that « ne » may stand before its negator, and the negator before the last word it denies.
_REACH = 5
#: Words that a negator denies behind itself.
_DENIED = 2


class Negation(NamedTuple):
    """Places of tokens: from `first` to `last` it is said as one; `denied` are its words."""

    first: int
    last: int
    denied: Sequence[int]


def negations(tokens: Sequence[str]) -> list[Negation]:
    """In their order; two may share words."""
    if NEGATORS.isdisjoint(tokens):
        return []
    found = []
    for at in compress(range(len(tokens)), map(NEGATORS.__contains__, tokens)):
        before = _before_verb(tokens, at)
        spoken = before is None and _spoken(tokens, at)
        plus = tokens[at] == "plus" and before is None
        if plus and _PLUS_DENIES.isdisjoint(tokens[at + 1 : at + 2]):
            continue
        behind = _behind(tokens, at)
        verb = [at - 1] if spoken else [] if before is None else [*range(before + 1, at)]
        first = at - 1 if spoken else at if before is None else before
        found.append(Negation(first, behind[-1] if behind else at, verb + behind))
    return found


def _before_verb(tokens: Sequence[str], at: int) -> int | None:
    before = max(0, at - _REACH)
    if _BEFORE_VERB.isdisjoint(tokens[before:at]):
        return None
    at -= 1
    while tokens[at] not in _BEFORE_VERB:
        at -= 1
    return at


def _spoken(tokens: Sequence[str], at: int) -> bool:
    """Whether « pas » denies the verb before it: « je recommande pas ».

    Not of « je suis contente pas de souci ».
    """
    if tokens[at] != "pas" or at < 2 or tokens[at + 1 : at + 2] in (["de"], ["d"]):
        return False
    subject = at - 2
    while subject > 0 and tokens[subject] in _OBJECTS and tokens[subject - 1] in _SUBJECTS:
        subject -= 1
    return tokens[subject] in _SUBJECTS


def _behind(tokens: Sequence[str], at: int) -> list[int]:
    behind: list[int] = []
    for place, word in enumerate(tokens[at + 1 : at + 1 + _REACH], at + 1):
        if word in _ENDS:
            break
        if word not in _LIGHT:
            behind.append(place)
            if len(behind) == _DENIED:
                break
    return behind
