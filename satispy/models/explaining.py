"""What pushed which way: shares of the answer, by groups of words that are said as one.

Shapley values of the groups: what a group changes when it joins others, averaged over how many
others there are. They add up to what the whole text changes. Of up to EXACT groups every set is
asked about; of more, only the two ends: the group alone, and all the others with and without it.
One method for all families, because it only asks the model.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import factorial

import numpy as np

from satispy.language.negation import NEGATORS, negations

#: Groups of which every set is asked about: 2⁷ short texts.
EXACT = 7
EXACT_METHOD = "Shapley values"
ENDS_METHOD = "Shapley values, the first and last term"
#: Words that are nothing without the next one: « n'est pas | satisfaite », « ne fait pas | … ».
_LEAN_ON_NEXT = frozenset((
    "est", "sont", "suis", "était", "étaient", "ai", "a", "as", "avons", "avez", "ont", "avais",
    "avait", "fait", "été", "être", "y", "en", "l", "m", "me", "le", "la", "les", "s", "se",
))  # fmt: skip
_ELIDED = frozenset(("n", "l", "d", "j", "c", "s", "m", "t", "qu"))
_VOWELS = frozenset("aeiouyàâéèêëîïôùûh")

#: From texts, as tokens, to P(positive).
Asked = Callable[[Sequence[list[str]]], np.ndarray]


def groups(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """(first, one after the last) of each, in order: a negation and what it denies, or a token."""
    found: list[tuple[int, int]] = []
    for each in negations(tokens):
        negator = max(at for at in range(each.first, each.last + 1) if tokens[at] in NEGATORS)
        verb = [at for at in each.denied if at < negator]
        behind = [at for at in each.denied if at > negator]
        whole = verb and not all(tokens[at] in _LEAN_ON_NEXT for at in verb)
        end = negator + 1 if whole or not behind else behind[0] + 1
        if found and each.first < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((each.first, end))
    starts = dict(found)
    every: list[tuple[int, int]] = []
    at = 0
    while at < len(tokens):
        end = starts.get(at, at + 1)
        every.append((at, end))
        at = end
    return every


def pushes(tokens: list[str], asked: Asked, limit: int) -> tuple[list[tuple[str, float]], str]:
    """(words of each group, what it adds to P(positive)) in their order, and the method.

    A group that stands several times counts as one. Beyond `limit` of them those that push the
    least alone are left out.
    """
    places: dict[tuple[str, ...], list[int]] = {}
    for begin, end in groups(tokens):
        places.setdefault(tuple(tokens[begin:end]), []).extend(range(begin, end))
    said = list(places)
    player = np.zeros(len(tokens), dtype=int)
    for number, key in enumerate(said):
        player[places[key]] = number
    if len(said) <= EXACT:
        return list(zip(map(spelt, said), _exact(tokens, player, asked), strict=True)), EXACT_METHOD
    values = _ends(tokens, player, len(said), asked, limit)
    return [(spelt(said[number]), push) for number, push in values.items()], ENDS_METHOD


def _exact(tokens: list[str], player: np.ndarray, asked: Asked) -> list[float]:
    players = int(player.max(initial=-1)) + 1
    sets = np.arange(1 << players)
    answers = asked(
        [[t for t, of in zip(tokens, player, strict=True) if chosen >> of & 1] for chosen in sets]
    )
    sizes = np.bitwise_count(sets)
    orders = [factorial(k) * factorial(players - k - 1) for k in range(players)]
    shares = np.array(orders, dtype=float) / factorial(players)
    values = []
    for number in range(players):
        without = sets[(sets >> number & 1) == 0]
        change = answers[without | (1 << number)] - answers[without]
        values.append(float(change @ shares[sizes[without]]))
    return values


def _ends(
    tokens: list[str], player: np.ndarray, players: int, asked: Asked, limit: int
) -> dict[int, float]:
    alone = [[t for t, of in zip(tokens, player, strict=True) if of == n] for n in range(players)]
    nothing, *first = asked([[], *alone])
    joins = np.array(first) - nothing
    shown = sorted(np.argsort(-np.abs(joins), kind="stable")[:limit].tolist())
    others = [[t for t, of in zip(tokens, player, strict=True) if of != n] for n in shown]
    whole, *without = asked([tokens, *others])
    return {n: float((joins[n] + whole - rest) / 2) for n, rest in zip(shown, without, strict=True)}


def spelt(group: Sequence[str]) -> str:
    """« n ai pas » as it is written: « n'ai pas »."""
    text = group[0]
    for before, word in pairwise(group):
        apostrophe = before in _ELIDED and word[0] in _VOWELS
        text += ("'" if apostrophe else " ") + word
    return text
