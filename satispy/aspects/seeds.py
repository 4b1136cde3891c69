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
_NEGATORS = frozenset(map(unaccented, NEGATORS - {"plus", "point", "personne"} | {"zéro", "non"}))
#: A negation before one of these ends there; « non » denies the next word only.
_JOINS = frozenset(("et", "ou", "car"))


#: In the place of an aspect: what judges, whatever it is about.
TONE = -1
#: Number of the aspect, or TONE; -1 complaint, 1 praise, 0 says neither; and whether
#: the seed holds a negation of its own.
_End = tuple[int, int, bool]


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

    def sides(self, tokens: Sequence[str]) -> dict[int, int]:
        """What the tokens of one clause speak of: of each aspect, and of TONE, the sum of its
        seeds' polarities. A seed may stand in the words of another."""
        words = [*map(self._of_word.__getitem__, tokens)]
        found: dict[int, int] = {}
        present = 0
        for at in [at for at, word in enumerate(words) if word.begins]:
            word = words[at]
            if word.ends:
                _end(word.ends, words, at, found)
            if word.later:
                present = present or _present(words)
                if word.later & present:
                    _follow(word, words, at, at + 1, found)
                    continue
            if at + 1 < len(words) and word.next & words[at + 1].bits:
                _follow(word, words, at, at + 1, found)
        return found

    def _plant(self, aspect: int, polarity: int, written: str) -> None:
        words = _WORDS.findall(unaccented(written.lower()))
        if not words or words[0] == "…" or words[-1] == "…":
            raise BrokenTaxonomy(
                "the seed %(written)r must begin and end with a word", written=written
            )
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
                raise BrokenTaxonomy(
                    "no group %(error)s for the seeds that name it", error=error
                ) from error
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
        denies = 1 if word == "non" else DENIES_WITHIN if word in _NEGATORS else 0
        return _Word(
            tuple(sorted(found)), _bits(found), denies, word in _JOINS,
            bool(begun), ends, after, behind, _bits(after), _bits(behind),
        )  # fmt: skip


class _Word(NamedTuple):
    """What a token is to the seeds, and the place in their tree where it begins them."""

    #: Numbers of the elements that it matches.
    elements: tuple[int, ...]
    bits: int
    #: How many words behind it.
    denies: int
    joins: bool
    #: Whether it begins any seed.
    begins: bool
    ends: Sequence[_End]
    after: Mapping[int, list[_Node]]
    behind: Mapping[int, list[_Node]]
    next: int
    later: int


def _present(words: Iterable[_Word]) -> int:
    """The bits of all of them."""
    bits = 0
    for word in words:
        bits |= word.bits
    return bits


def _bits(elements: Iterable[int]) -> int:
    return sum(1 << element for element in elements)


def _follow(
    place: _Node | _Word, words: Sequence[_Word], first: int, at: int, found: dict[int, int]
) -> None:
    """Count the seeds that began at `first`, have come to this place and end behind it."""
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


def _arrive(
    node: _Node, words: Sequence[_Word], first: int, at: int, found: dict[int, int]
) -> None:
    if node.ends:
        _end(node.ends, words, first, found)
    if node.next or node.later:
        _follow(node, words, first, at, found)


def _end(ends: Sequence[_End], words: Sequence[_Word], first: int, found: dict[int, int]) -> None:
    for aspect, polarity, holds_negation in ends:
        if polarity and not holds_negation and _denied(words, first):
            polarity = -polarity
        found[aspect] = found.get(aspect, 0) + polarity


def _denied(words: Sequence[_Word], at: int) -> bool:
    for distance in range(1, min(at, DENIES_WITHIN) + 1):
        word = words[at - distance]
        if word.denies >= distance:
            return True
        if word.joins:
            return False
    return False
