"""Word weights → a text with its decisive words marked, and a short list of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from satispy.client.types import Contribution
from satispy.plain_text import unaccented

#: A word, or a mark that a model may weigh as a word.
PIECES = re.compile(r"\w+|[^\w\s]|\s+")
APOSTROPHES = ("'", "’")
#: Words listed beside their bars.
LISTED = 10
#: A weight below this share of the strongest one is not worth a colour.
FAINT = 0.08


@dataclass(frozen=True)
class Piece:
    """A part of the text as it was typed; share: -1 … 1 of the strongest weight."""

    text: str
    share: float = 0.0


@dataclass(frozen=True)
class Weighed:
    word: str
    weight: float
    share: float


def strongest(contributions: Sequence[Contribution]) -> list[Weighed]:
    top = _top(contributions)
    ordered = sorted(contributions, key=lambda one: -abs(one.weight))[:LISTED]
    return [
        Weighed(one.word, one.weight, one.weight / top)
        for one in ordered
        if abs(one.weight) / top >= FAINT / 4
    ]


def highlighted(text: str, contributions: Sequence[Contribution]) -> list[Piece]:
    """The text in pieces; together they are the text.

    Words that were weighed as one (« ne recommande pas ») are marked where they stand side by side,
    the longest first; the same word elsewhere has a weight of its own.
    """
    top = _top(contributions)
    pieces = PIECES.findall(text)
    places = [at for at, piece in enumerate(pieces) if _counts(piece)]
    bare = [_bare(pieces[at]) for at in places]
    weight_at: dict[int, float] = {}
    alone: dict[str, float] = {}
    groups = [(_words(one.word), one.weight) for one in contributions]
    for words, weight in sorted(groups, key=lambda group: -len(group[0])):
        if len(words) == 1:
            alone[words[0]] = weight
        for start in range(len(bare) - len(words) + 1 if len(words) > 1 else 0):
            where = places[start : start + len(words)]
            if bare[start : start + len(words)] == words and weight_at.keys().isdisjoint(where):
                weight_at.update(dict.fromkeys(where, weight))
    marked = []
    for at, piece in enumerate(pieces):
        share = weight_at.get(at, _weight(_bare(piece), alone)) / top
        marked.append(Piece(piece, share if abs(share) >= FAINT else 0.0))
    return marked


def _words(group: str) -> list[str]:
    return [piece for piece in PIECES.findall(_bare(group)) if _counts(piece)]


def _counts(piece: str) -> bool:
    return not piece.isspace() and piece not in APOSTROPHES


def _weight(word: str, weights: dict[str, float]) -> float:
    """A lemma marks its inflected forms: the longest beginning that both share, if most of it."""
    if word in weights or len(word) < 5:
        return weights.get(word, 0.0)
    near = [known for known in weights if len(known) >= 5 and known[:5] == word[:5]]
    return weights[max(near, key=len)] if near else 0.0


def _top(contributions: Sequence[Contribution]) -> float:
    return max((abs(one.weight) for one in contributions), default=0.0) or 1.0


def _bare(word: str) -> str:
    """Without case and accents, as people mistype them."""
    return unaccented(word.lower())
