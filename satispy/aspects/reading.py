"""What reviews say of each aspect, and in which clause."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from satispy.aspects.model import AspectModel
from satispy.aspects.seeds import TONE, Hit, Seeds
from satispy.aspects.taxonomy import Taxonomy
from satispy.language import TextPipeline
from satispy.language.clauses import Clause, clauses

Documents = Sequence[list[str]]
#: (P(positive), number of known words) of each document: what `SentimentModel.probabilities` is.
Sentiment = Callable[[Documents], tuple[np.ndarray, np.ndarray]]

#: From here on the model names an aspect that no seed names.
SURE = 0.8
#: Below, it takes back one that only a topic names.
DOUBT = 0.5
#: Log-odds of an aspect's seeds that say which way, and of words that do whatever they are about.
SAYS = 6.0
TONE_SAYS = 3.0
#: Models of whole reviews take a clause for praise more often than it is: most short texts are.
LEANING = 2.5
_AT_MOST = 0.999


class Mention(NamedTuple):
    aspect: str
    #: Log-odds that it praises; below zero it complains.
    polarity: float
    clause: Clause

    @property
    def complains(self) -> bool:
        return self.polarity < 0


@dataclass(frozen=True)
class AspectReader:
    """Seeds, model and sentiment together. Without a model the seeds decide alone."""

    taxonomy: Taxonomy
    seeds: Seeds
    model: AspectModel | None
    sentiment: Sentiment

    @classmethod
    def of(cls, model: AspectModel, sentiment: Sentiment) -> "AspectReader":
        return cls(model.taxonomy, Seeds(model.taxonomy), model, sentiment)

    def read(self, texts: Sequence[str]) -> list[list[Mention]]:
        """Of each text its mentions, in the order of its clauses."""
        tokens = TextPipeline().tokens
        cut = [clauses(text) for text in texts]
        documents = [tokens(clause.text) for found in cut for clause in found]
        named = self._aspects(documents)
        # Clauses of which no word says which way: the others need no model.
        asked = [at for at, aspects in enumerate(named) if not all(aspects.values())]
        said = _log_odds(self.sentiment([documents[at] for at in asked])) if asked else np.zeros(0)
        judged = dict(zip(asked, said.tolist(), strict=True))
        mentions: list[list[Mention]] = []
        at = 0
        for found in cut:
            mentions.append([])
            for clause in found:
                for aspect, pointing in named[at].items():
                    name = self.taxonomy.aspects[aspect].name
                    polarity = pointing or judged[at] - LEANING
                    mentions[-1].append(Mention(name, polarity, clause))
                at += 1
        return mentions

    def _aspects(self, documents: Documents) -> list[dict[int, float]]:
        """Of each clause, its aspects and the log-odds that seeds and tone give them."""
        sides = [_sides(self.seeds.find(each)) for each in documents]
        named = [_pointing(each) for each in sides]
        if self.model is None or not documents:
            return named
        likely = self.model.probabilities(documents)
        for at, aspect in np.argwhere(likely >= SURE).tolist():
            named[at].setdefault(aspect, _tone(sides[at]))
        for aspects, side, each in zip(named, sides, likely.tolist(), strict=True):
            # What only a topic named; a word of its own that judges it is never doubted.
            for aspect in [a for a in aspects if not side.get(a) and each[a] < DOUBT]:
                del aspects[aspect]
        return named


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


def _sides(hits: Sequence[Hit]) -> dict[int, int]:
    """Sum of the polarities of each aspect's hits, and of TONE's."""
    sides: dict[int, int] = {}
    for hit in hits:
        sides[hit.aspect] = sides.get(hit.aspect, 0) + hit.polarity
    return sides


def _pointing(sides: dict[int, int]) -> dict[int, float]:
    """Log-odds of praise by aspect: what its own seeds say, else the tone of the clause."""
    tone = _tone(sides)
    return {
        aspect: (SAYS if side > 0 else -SAYS) if side else tone
        for aspect, side in sides.items()
        if aspect != TONE
    }


def _tone(sides: dict[int, int]) -> float:
    """Log-odds by the words that judge whatever they are about."""
    tone = sides.get(TONE, 0)
    return TONE_SAYS * ((tone > 0) - (tone < 0))


def _log_odds(said: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Of positive; 0 of a text with no known word."""
    probabilities, known = said
    p = np.clip(probabilities, 1 - _AT_MOST, _AT_MOST)
    return np.asarray(np.where(known > 0, np.log(p / (1 - p)), 0.0))
