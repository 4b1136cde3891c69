"""Where the seeds of a taxonomy stand in the tokens of a clause."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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


#: Aspect and polarity of a seed, and whether it holds a negation.
_End = tuple[int, int, bool]
#: A Hit, which is slower to make.
_Found = tuple[int, int, int, int]


class _Node:
    """A place in the tree of seeds: which end here, and what follows at once or behind a gap."""

    __slots__ = ("after", "behind", "ends", "later", "next")

    def __init__(self) -> None:
        #: By element.
        self.after: dict[int, list[_Node]] = {}
        self.behind: dict[int, list[_Node]] = {}
        #: Their keys as bits: most words are told by one « & » to lead nowhere.
        self.next = self.later = 0
        self.ends: list[_End] = []


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
        return [Hit(*each) for each in self._hits(tokens)]

    def sides(self, tokens: Sequence[str]) -> dict[int, int]:
        """Of each aspect, and of TONE, that has a hit: the sum of their polarities."""
        found: dict[int, int] = {}
        for aspect, polarity, _, _ in self._hits(tokens):
            found[aspect] = found.get(aspect, 0) + polarity
        return found

    def _hits(self, tokens: Sequence[str]) -> list[_Found]:
        words = [*map(self._of_word.__getitem__, tokens)]
        found: list[_Found] = []
        last = len(words)
        for at, word in enumerate(words):
            if word.ends:
                _end(word.ends, words, at, at + 1, found)
            if word.later or (word.next and at + 1 < last and word.next & words[at + 1].bits):
                _follow(word, words, at, at + 1, found)
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
            element = self._element(word)
            following = node.behind if gap else node.after
            if gap:
                node.later |= 1 << element
            else:
                node.next |= 1 << element
            [node] = following.setdefault(element, [_Node()])
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
        begun = [node for e in sorted(found) for node in self._root.after.get(e, ())]
        after: defaultdict[int, list[_Node]] = defaultdict(list)
        behind: defaultdict[int, list[_Node]] = defaultdict(list)
        for node in begun:
            for element, nodes in node.after.items():
                after[element] += nodes
            for element, nodes in node.behind.items():
                behind[element] += nodes
        ends = [end for node in begun for end in node.ends]
        return _Word(
            tuple(sorted(found)), _bits(found), word in _NEGATORS, ends, after, behind,
            _bits(after), _bits(behind),
        )  # fmt: skip


class _Word(NamedTuple):
    """What a token is to the seeds, and the place in their tree where it begins them."""

    #: Numbers of the elements that it matches.
    elements: tuple[int, ...]
    bits: int
    negates: bool
    ends: Sequence[_End]
    after: Mapping[int, list[_Node]]
    behind: Mapping[int, list[_Node]]
    next: int
    later: int


def _bits(elements: Iterable[int]) -> int:
    return sum(1 << element for element in elements)


def _follow(
    place: "_Node | _Word", words: Sequence[_Word], first: int, at: int, found: list[_Found]
) -> None:
    """Add the seeds that began at `first`, have come to this place and end behind it."""
    if place.next and at < len(words) and place.next & words[at].bits:
        for element in words[at].elements:
            for node in place.after.get(element, ()):
                _arrive(node, words, first, at + 1, found)
    if later := place.later:
        for end, word in enumerate(words[at : at + GAP + 1], at + 1):
            if later & word.bits:
                for element in word.elements:
                    for node in place.behind.get(element, ()):
                        _arrive(node, words, first, end, found)


def _arrive(node: _Node, words: Sequence[_Word], first: int, at: int, found: list[_Found]) -> None:
    if node.ends:
        _end(node.ends, words, first, at, found)
    if node.next or node.later:
        _follow(node, words, first, at, found)


def _end(
    ends: Sequence[_End], words: Sequence[_Word], first: int, at: int, found: list[_Found]
) -> None:
    for aspect, polarity, holds_negation in ends:
        if polarity and not holds_negation and _denied(words, first):
            polarity = -polarity
        found.append((aspect, polarity, first, at))


def _denied(words: Sequence[_Word], at: int) -> bool:
    return any(word.negates for word in words[max(0, at - DENIES_WITHIN) : at])
