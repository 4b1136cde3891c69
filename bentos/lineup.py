"""The models that answer, as one immutable value: a swap replaces the whole of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from satispy.aspects.model import AspectModel
from satispy.aspects.reading import AspectReader, Mention, by_aspect
from satispy.aspects.taxonomy import Aspect
from satispy.client.types import (
    AspectSaid,
    Contribution,
    Explanation,
    Family,
)
from satispy.errors import NoModel
from satispy.language import TextPipeline
from satispy.models.ensemble import together
from satispy.models.sentiment import SentimentModel, judged, label

#: `satispy.client.types.Prediction` as it is written: a model of each would be made to be unmade.
Answer = dict[str, Any]
Predict = Callable[[Sequence[str]], list[Answer]]


@dataclass(frozen=True)
class Serving:
    """A loaded model and where it comes from."""

    family: Family
    tag: str
    run: str
    dataset_version: int
    since: datetime
    accuracy: float | None
    model: SentimentModel

    @property
    def version(self) -> str:
        return self.tag.partition(":")[2]


@dataclass(frozen=True)
class ServingAspects:
    """The model that tells what texts speak of."""

    tag: str
    model: AspectModel


@dataclass(frozen=True)
class Lineup:
    by_family: Mapping[Family, Serving]
    champion: Family | None
    #: Promoted, and not to be loaded: of another version of satispy, say.
    refused: Set[str] = frozenset()
    aspects: ServingAspects | None = None

    def __iter__(self) -> Iterator[Serving]:
        return iter(self.by_family.values())

    def one(self, family: str) -> Serving:
        """The model of this family, or the champion."""
        wanted = self.champion if family == "champion" else family
        for serving in self:
            if serving.family == wanted:
                return serving
        if self.refused if wanted is None else wanted in self.refused:
            raise NoModel(
                "What is promoted cannot be loaded, GET /models says why. A retrain makes models"
                " that can: `satispy retrain`."
            )
        if wanted is None:
            raise NoModel("No model is promoted yet: upload reviews; the first retrain does it.")
        raise NoModel(
            "No %(wanted)s model is promoted; these are: %(by_family)s.",
            wanted=wanted,
            by_family=", ".join(self.by_family),
        )

    def all(self) -> list[Serving]:
        return list(self) or [self.one("champion")]


NOBODY = Lineup({}, None)


def predict_one(serving: Serving, texts: Sequence[str]) -> list[Answer]:
    [probabilities], [known] = judged([serving.model], _tokenised(texts))
    return _answers(probabilities, known, {**_by(serving), **_NOTHING_MORE})


def predict_together(
    models: Sequence[Serving], texts: Sequence[str], show_votes: bool
) -> list[Answer]:
    """The mean probability of the models that know a word of the text."""
    probabilities, known = judged([serving.model for serving in models], _tokenised(texts))
    by = {
        "model": "ensemble",
        "tag": "+".join(serving.tag for serving in models),
        "dataset_version": max(serving.dataset_version for serving in models),
        **_NOTHING_MORE,
    }
    answers = _answers(together(probabilities, known), known.max(axis=0), by)
    if show_votes:
        votes = map(_answers, probabilities, known, map(_by, models))
        families = [serving.family for serving in models]
        for answer, of_text in zip(answers, zip(*votes, strict=True), strict=True):
            answer["by_model"] = dict(zip(families, of_text, strict=True))
    return answers


#: What is asked for more seldom: `null` in other answers.
_NOTHING_MORE: Mapping[str, Any] = {"by_model": None, "aspects": None}


def _tokenised(texts: Sequence[str]) -> list[list[str]]:
    tokens = TextPipeline().tokens
    return [tokens(text) for text in texts]


def _by(serving: Serving) -> dict[str, Any]:
    return {
        "model": serving.family,
        "tag": serving.tag,
        "dataset_version": serving.dataset_version,
    }


def _answers(probabilities: np.ndarray, known: np.ndarray, by: Mapping[str, Any]) -> list[Answer]:
    return [
        {"label": label(p, k), "probability": p, "known_words": k, **by}
        for p, k in zip(probabilities.tolist(), known.tolist(), strict=True)
    ]


def with_aspects(lineup: Lineup, predict: Predict) -> Predict:
    """What `predict` answers, and what each text says of each aspect. Raises NoModel."""
    if lineup.aspects is None:
        raise NoModel("No model of aspects is promoted yet: the next retrain makes one.")
    model = lineup.aspects.model
    reader = AspectReader(model, lineup.one("champion").model.probabilities)
    title = {each.name: each for each in model.taxonomy.aspects}

    def both(texts: Sequence[str]) -> list[Answer]:
        return [
            {
                **answer,
                "aspects": [_of_aspect(title[name], said, text) for name, said in found.items()],
            }
            for text, answer, found in zip(
                texts, predict(texts), map(by_aspect, reader.read(texts)), strict=True
            )
        ]

    return both


def _of_aspect(aspect: Aspect, mention: Mention, text: str) -> AspectSaid:
    return AspectSaid(
        aspect=aspect.name,
        fr=aspect.fr,
        en=aspect.en,
        label="negative" if mention.complains else "positive",
        clause=mention.clause_of(text).text,
    )


def explain(serving: Serving, text: str) -> Explanation:
    found = serving.model.explain(text)
    strongest_first = sorted(found.words, key=lambda word: -abs(word[1]))
    return Explanation(
        **found.prediction._asdict(),
        **_by(serving),
        method=found.method,
        contributions=[Contribution(word=word, weight=weight) for word, weight in strongest_first],
    )
