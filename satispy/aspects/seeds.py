"""Where the seeds of a taxonomy stand in the tokens of a clause."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from satispy.aspects.taxonomy import KINDS, Taxonomy
from satispy.errors import BrokenTaxonomy
from satispy.language.negation import NEGATORS
from satispy.language.remembered import Remembered
from satispy.plain_text import unaccented

#: Other words that « … » may stand for.
GAP = 4
#: Words before a complaint within which a negation denies it: « jamais eu de retard ».
DENIES_WITHIN = 3
#: Of KINDS.
_POLARITIES = (0, -1, 1)
_WORDS = re.compile(r"<[^>\s]+>|…|[\w*|]+")
_NEGATORS = frozenset(map(unaccented, NEGATORS - {"plus", "point", "personne"} | {"zéro"}))


#: Of a hit that is about no aspect: only its polarity says something.
TONE = -1


class Hit(NamedTuple):
    #: Number of the aspect in the taxonomy, or TONE.
    aspect: int
    #: -1 complaint, 1 praise, 0 says nothing of it.
    polarity: int
    #: Tokens from `first` up to but without `end`.
    first: int
    end: int


class _Node:
    """A place in the tree of seeds: what may follow at once, or behind other words."""

    __slots__ = ("after", "behind", "ends")

    def __init__(self) -> None:
        self.after: dict[int, _Node] = {}
        self.behind: dict[int, _Node] = {}
        #: (aspect, polarity, whether the seed holds a negation) of the seeds that end here.
        self.ends: list[tuple[int, int, bool]] = []


class Seeds:
    """All of a taxonomy's, as one tree: a token costs a few looks into dicts, however many."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._elements: dict[str, int] = {}
        #: Element numbers by exact word, and by the beginning of one.
        self._exact: defaultdict[str, list[int]] = defaultdict(list)
        self._begins: defaultdict[str, list[int]] = defaultdict(list)
        self._root = _Node()
        spoken = [(TONE, taxonomy.tone), *enumerate(taxonomy.aspects)]
        for number, aspect in spoken:
            for name, polarity in zip(KINDS, _POLARITIES, strict=True):
                for written in getattr(aspect, name):
                    self._plant(number, polarity, written)
        self._lengths = sorted({len(each) for each in self._begins})
        self._of_word: Remembered[_Word] = Remembered(self._looked_up)

    def find(self, tokens: Sequence[str]) -> list[Hit]:
        """In the tokens of one clause; a seed may stand in the words of another."""
        words = [*map(self._of_word.__getitem__, tokens)]
        found: list[Hit] = []
        for at, word in enumerate(words):
            for node in word.begins:
                _follow(node, words, at, at + 1, found)
        return found

    def _plant(self, aspect: int, polarity: int, written: str) -> None:
        words = _WORDS.findall(unaccented(written.lower()))
        if not words or words[0] == "…" or words[-1] == "…":
            raise BrokenTaxonomy(f"the seed {written!r} must begin and end with a word")
        node, gap = self._root, False
        for word in words:
            if word == "…":
                gap = True
                continue
            following = node.behind if gap else node.after
            node = following.setdefault(self._element(word), _Node())
            gap = False
        denies = any(word.split("|")[0] in _NEGATORS or word == "<non>" for word in words)
        node.ends.append((aspect, polarity, denies))

    def _element(self, word: str) -> int:
        if word in self._elements:
            return self._elements[word]
        number = self._elements[word] = len(self._elements)
        if word[0] == "<":
            try:
                choices = self._taxonomy.groups[word[1:-1]]
            except KeyError as error:
                raise BrokenTaxonomy(f"no group {error} for the seeds that name it") from error
        else:
            choices = tuple(word.split("|"))
        for choice in choices:
            plain = unaccented(choice.lower())
            if plain.endswith("*"):
                self._begins[plain[:-1]].append(number)
            else:
                self._exact[plain].append(number)
        return number

    def _looked_up(self, token: str) -> "_Word":
        word = unaccented(token)
        found = set(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found.update(self._begins.get(word[:length], ()))
        elements = tuple(sorted(found))
        begin = self._root.after
        return _Word(elements, tuple(begin[e] for e in elements if e in begin), word in _NEGATORS)


class _Word(NamedTuple):
    """What a token is to the seeds."""

    #: Numbers of the elements that it matches.
    elements: tuple[int, ...]
    #: Of the seeds that begin with one of them.
    begins: tuple[_Node, ...]
    negates: bool


def _follow(node: _Node, words: Sequence[_Word], first: int, at: int, found: list[Hit]) -> None:
    """Add the seeds that began at `first`, have come to this node and end here or behind."""
    for aspect, polarity, denies in node.ends:
        if polarity and not denies and _denied(words, first):
            polarity = -polarity
        found.append(Hit(aspect, polarity, first, at))
    if at == len(words):
        return
    if node.after:
        for element in words[at].elements:
            if element in node.after:
                _follow(node.after[element], words, first, at + 1, found)
    if node.behind:
        for place in range(at, min(at + GAP + 1, len(words))):
            for element in words[place].elements:
                if element in node.behind:
                    _follow(node.behind[element], words, first, place + 1, found)


def _denied(words: Sequence[_Word], at: int) -> bool:
    return any(word.negates for word in words[max(0, at - DENIES_WITHIN) : at])
