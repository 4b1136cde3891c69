"""Typing errors, read as the words they are meant for: « livrason », « decu », « recomande ».

Only words that neither French nor `words.txt` has are changed, and only into words of that file:
those of the primer, the commonest first. A name or a rare word stays as it is.
"""

import re
from collections import defaultdict
from functools import cache
from importlib.resources import files

import simplemma
from rapidfuzz import process
from rapidfuzz.distance import OSA

from satispy.plain_text import unaccented

#: Letters from which on one of them may be wrong, missing, surplus or in its neighbour's place.
_ONE_WRONG = 5
#: French, or usual in shops, but not in the dictionary.
_KNOWN = frozenset((
    "dont", "quant", "voire", "forcément", "propos", "voix", "mars", "tél", "pass", "post", "model",
    "shirts", "leggings", "boots", "market", "shein", "robusta", "gillette", "prépayé", "privées",
    "espère", "monday", "friday", "travel", "player", "collect", "limited", "shorty", "garden",
    "privee", "privees", "summer", "tennis", "bonus", "cabas", "price", "power", "pretty",
))  # fmt: skip
#: Spellings that sound alike; a mute end is left out.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"), ("h", ""), ("qu|q", "k"), ("xc|cs", "x"), ("ç|c(?=[eéèêiîy])", "s"),
        ("c", "k"), ("z", "s"), ("y", "i"), ("eau|au|ô", "o"), ("[aâ]i|ei|[éèêë]", "e"),
        ("[ae]n|[ae]m(?=[bp])", "an"),
    )
]  # fmt: skip
_TWICE = re.compile(r"(\w)\1+")
_MUTE = re.compile(r"(?<=\w\w\w)(?:es?|[stxd])$")


def spelled(word: str) -> str:
    """A word of letters, in small ones."""
    words = _words()
    if len(word) < 3 or word in words.known or simplemma.is_known(word, "fr"):
        return word
    bare = undoubled(word)
    if meant := words.bare.get(bare):
        return meant
    if len(bare) < _ONE_WRONG:
        return word
    if meant := words.sound.get(sound(word)):
        return meant
    # Of several the first one is found, which is the commonest.
    near = process.extractOne(
        bare, words.beginning[bare[0]], processor=None, scorer=OSA.distance, score_cutoff=1
    )
    return words.bare[near[0]] if near else word


class _Words:
    """`words.txt` by what a typing error leaves of a word; of several words the commonest."""

    def __init__(self, words: list[str]) -> None:
        self.known = frozenset(words) | _KNOWN
        #: Without accents and doubled letters; by sound; the bare ones by their first letter.
        self.bare: dict[str, str] = {}
        self.sound: dict[str, str] = {}
        self.beginning: defaultdict[str, list[str]] = defaultdict(list)
        for word in words:
            bare = undoubled(word)
            if len(word) > 2 and bare not in self.bare:
                self.bare[bare] = word
                if len(bare) >= _ONE_WRONG:
                    self.beginning[bare[0]].append(bare)
            if len(said := sound(word)) > 3:
                self.sound.setdefault(said, word)


@cache
def _words() -> _Words:
    return _Words(files(__package__).joinpath("words.txt").read_text("utf-8").split())


def undoubled(word: str) -> str:
    """Without accents, and without letters that stand twice."""
    return _TWICE.sub(r"\1", unaccented(word))


def sound(word: str) -> str:
    """About how it is said."""
    for pattern, said in _SOUNDS:
        word = pattern.sub(said, word)
    return undoubled(_MUTE.sub("", undoubled(word)))
