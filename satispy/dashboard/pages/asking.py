"""What somebody asks of the models and what they answer: the state of Prédire, without a widget."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

import param

from satispy.client.types import Explanation, Models, Prediction, StoredModel, Vote
from satispy.dashboard.door.permits import Permits
from satispy.errors import SatispyError, StorageUnreachable
from satispy.locales import formats
from satispy.locales.messages import _
from satispy.models.family import FAMILIES

ALL: Final = "all"
#: Two versions, of one family or of two, beside each other.
PAIR: Final = "pair"
MODELS: Final = (ALL, *FAMILIES, PAIR)
#: The version that serves; the others are named as the store names them.
IN_SERVICE: Final = ""


class Predictor(Protocol):
    """What this page needs of the service's client."""

    async def predict(
        self, texts: Sequence[str], model: str, version: str
    ) -> Sequence[Prediction]: ...

    async def explain(self, text: str, model: str, version: str) -> Explanation: ...

    async def models(self) -> Models: ...


class PredictState(param.Parameterized):
    """The service loads versions that do not serve, and holds the last few of them: any two can be
    compared, and no page holds a model."""

    text: param.String[str] = param.String(default="")
    model: param.Selector[str] = param.Selector(objects=list(MODELS))
    version: param.String[str] = param.String(default=IN_SERVICE)
    #: Tags of the two that are compared.
    pair: param.Tuple[tuple[str, str]] = param.Tuple(default=("", ""))
    #: Of the chosen family, or of all where two are compared; the newest first.
    versions: param.List[list[StoredModel]] = param.List(default=[])
    #: Of each comment, what each model says; the ensemble first where all were asked.
    answers: param.List[list[tuple[str, list[Vote]]]] = param.List(default=[])
    #: Of a comment that was asked alone: of the model that was asked, or of both.
    explanations: param.List[list[Explanation]] = param.List(default=[])
    trouble: param.ClassSelector[SatispyError | None] = param.ClassSelector(
        class_=SatispyError, default=None
    )
    asking: param.Boolean[bool] = param.Boolean(default=False)

    def __init__(self, predictor: Predictor, permits: Permits, **params: Any) -> None:
        super().__init__(**params)
        self._predictor = predictor
        self._permits = permits

    @property
    def comments(self) -> list[str]:
        """One comment a line."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]

    @property
    def asked(self) -> list[tuple[str, str]]:
        """(model, version) of those that answer."""
        if self.model != PAIR:
            return [(self.model, self.version)]
        return [split(tag) for tag in self.pair if tag]

    async def ask(self) -> None:
        """An empty text has no answer: what stood there goes."""
        comments = self.comments
        if self.asking:
            return
        if not comments:
            self.param.update(answers=[], explanations=[], trouble=None)
            return
        asked = self.asked
        self.param.update(asking=True, trouble=None)
        try:
            await self._demand()
            said = await asyncio.gather(
                *(self._predictor.predict(comments, *each) for each in asked)
            )
            explanations = await self._explained(comments, asked, said)
        except SatispyError as error:
            self.param.update(trouble=error, answers=[], explanations=[])
        else:
            together = [
                [vote for each in of_comment for vote in votes(each)]
                for of_comment in zip(*said, strict=True)
            ]
            answers = list(zip(comments, together, strict=True))
            self.param.update(answers=answers, explanations=explanations)
        finally:
            self.asking = False

    async def _explained(
        self,
        comments: list[str],
        asked: Sequence[tuple[str, str]],
        said: Sequence[Sequence[Prediction]],
    ) -> list[Explanation]:
        if len(comments) > 1:
            return []
        known = [
            each for each, answers in zip(asked, said, strict=True) if answers[0].label != "unknown"
        ]
        # Of all models, the champion explains itself: an average has no words.
        return await asyncio.gather(
            *(
                self._predictor.explain(comments[0], "" if model == ALL else model, version)
                for model, version in known
            )
        )

    async def choose(self, model: str) -> None:
        """Ask another model, as it serves now; its other versions can then be chosen. Of a pair,
        what serves and the version before it."""
        self.param.update(model=model, version=IN_SERVICE, versions=[])
        if model == ALL:
            return
        try:
            await self._demand()
            known = await self._predictor.models()
        except SatispyError as error:
            self.trouble = error
            return
        mine = [stored for stored in known.versions if model in (PAIR, stored.family)]
        newest = sorted(mine, key=lambda stored: stored.dataset_version or 0, reverse=True)
        if model == PAIR:
            self.pair = first_pair(newest, known.champion)
        self.versions = newest

    async def _demand(self) -> None:
        with suppress(StorageUnreachable):  # nothing is written: no reason to wait for the bucket
            await asyncio.to_thread(self._permits.demand, "user")


def first_pair(versions: Sequence[StoredModel], champion: str | None) -> tuple[str, str]:
    """What serves, and what of the same family is newest beside it."""
    serving = [each for each in versions if each.promoted] or list(versions)
    first = next((each for each in serving if each.family == champion), None)
    first = first or next(iter(serving), None)
    if first is None:
        return "", ""
    others = [each for each in versions if each.tag != first.tag]
    second = next((each for each in others if each.family == first.family), None)
    second = second or next(iter(others), first)
    return first.tag, second.tag


def split(tag: str) -> tuple[str, str]:
    """`satispy-gbc:v00003-1f2e` → what the service knows it by."""
    name, _colon, version = tag.partition(":")
    return name.removeprefix("satispy-"), version


def votes(prediction: Prediction) -> list[Vote]:
    by_model = prediction.by_model or {}
    return [prediction, *(by_model[name] for name in FAMILIES if name in by_model)]


def version_options(versions: Sequence[StoredModel]) -> dict[str, str]:
    """Label → version; the one in service stands first and needs no name of its own."""
    others = {stored.version: stored.version for stored in versions if not stored.promoted}
    serving = next((f" ({stored.version})" for stored in versions if stored.promoted), "")
    return {_("En service") + serving: IN_SERVICE, **others}


def pair_options(versions: Sequence[StoredModel]) -> dict[str, str]:
    """Label → tag, of all families."""
    return {_label(stored): stored.tag for stored in versions}


def _label(stored: StoredModel) -> str:
    parts = [stored.family.upper(), stored.version]
    if "origin" in stored.metrics:
        parts.append(formats.percent(stored.metrics["origin"].accuracy))
    if stored.promoted:
        parts.append(_("en service"))
    return " · ".join(parts)
