"""What reviews say of each aspect, and in which clause."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from satispy.aspects.model import AspectModel
from satispy.aspects.seeds import TONE
from satispy.language.clauses import Clause, clause_tokens, clauses

Documents = Sequence[list[str]]
#: (P(positive), number of known words) of each document: what `SentimentModel.probabilities` is.
Sentiment = Callable[[Documents], tuple[np.ndarray, np.ndarray]]

#: Log-odds of an aspect's seeds that say which way, of words that do whatever they are about, and
#: of the other clauses of a review.
SAYS = 6.0
TONE_SAYS = 3.0
REVIEW_SAYS = 1.0
#: Models of whole reviews take few words for praise more often than they are.
LEANING = 2.5
_AT_MOST = 0.999


class Mention(NamedTuple):
    aspect: str
    #: Log-odds that it praises; below zero it complains.
    polarity: float
    #: Of the clause among those of the text.
    number: int

    @property
    def complains(self) -> bool:
        return self.polarity < 0

    def clause_of(self, text: str) -> Clause:
        """Cut anew from the text that it was read in: most mentions are counted and never shown."""
        return clauses(text)[self.number]


@dataclass(frozen=True)
class AspectReader:
    """Seeds name the aspects; which way a clause points, its own words say, else the rest of the
    review, else the sentiment model."""

    model: AspectModel
    sentiment: Sentiment

    def read(self, texts: Sequence[str]) -> list[list[Mention]]:
        """Of each text its mentions, in the order of its clauses."""
        cut = [clause_tokens(text) for text in texts]
        read = [self._mentions(found) for found in cut]
        unsaid = [
            (row, at)
            for row, mentions in enumerate(read)
            for at, mention in enumerate(mentions)
            if not mention.polarity
        ]
        if unsaid:
            asked = [cut[row][read[row][at].number] for row, at in unsaid]
            said = _log_odds(self.sentiment(asked)) - LEANING
            for (row, at), polarity in zip(unsaid, said.tolist(), strict=True):
                read[row][at] = read[row][at]._replace(polarity=polarity)
        return read

    def _mentions(self, cut: Documents) -> list[Mention]:
        """With a polarity of 0 where neither its clause nor the rest of the text says any."""
        names, sides_of = self.model.taxonomy.names, self.model.seeds.sides
        found: list[Mention] = []
        neutral: list[int] = []
        review = 0
        for number, tokens in enumerate(cut):
            sides = sides_of(tokens)
            if not sides:
                continue
            tone = _sign(sides.pop(TONE, 0))
            own = 0
            for aspect, side in sides.items():
                own += _sign(side)
                polarity = SAYS * _sign(side) or TONE_SAYS * tone
                if not polarity:
                    neutral.append(len(found))
                found.append(Mention(names[aspect], polarity, number))
            review += _sign(own) or tone
        for at in neutral if review else ():
            found[at] = found[at]._replace(polarity=REVIEW_SAYS * _sign(review))
        return found


def by_aspect(mentions: Sequence[Mention]) -> dict[str, Mention]:
    """One of each aspect: its strongest clause, with the polarity of all its clauses together."""
    found: dict[str, Mention] = {}
    for each in mentions:
        known = found.get(each.aspect)
        if known is None:
            found[each.aspect] = each
        else:
            strongest = max(known, each, key=lambda mention: abs(mention.polarity))
            found[each.aspect] = strongest._replace(polarity=known.polarity + each.polarity)
    return found


def _sign(side: int) -> int:
    return (side > 0) - (side < 0)


def _log_odds(said: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Of positive; 0 of a text with no known word."""
    probabilities, known = said
    p = np.clip(probabilities, 1 - _AT_MOST, _AT_MOST)
    return np.asarray(np.where(known > 0, np.log(p / (1 - p)), 0.0))
