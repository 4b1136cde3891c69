"""Prédire: what each model says of the comments that somebody types, and which words decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import panel as pn
import panel_material_ui as pmui
import param

from satispy.client.types import Explanation, Models, Prediction, StoredModel, Vote
from satispy.dashboard.explaining import highlighted, strongest
from satispy.dashboard.render import Slot, dim, notice, pane, render
from satispy.dashboard.theme import PAGE, STACK, family_stroke
from satispy.errors import NoModel, RequestRefused, SatispyError
from satispy.models.family import FAMILIES

EXAMPLES = {
    "Très satisfaite": "Livraison rapide et soignée, je suis ravie de mon achat !",
    "Colis perdu": "Colis jamais reçu, le service client ne répond pas.",
    "Mitigé": "La robe est très jolie mais elle est arrivée avec deux semaines de retard.",
    "Négation": "Je ne suis pas déçue, rien à redire.",
    "Sans un mot connu": "Xyzzy plugh frobozz",
}
ALL = "all"
MODELS = {"Tous les modèles": ALL, "GBC": "gbc", "SVM": "svm", "ANN": "ann"}
#: The version that serves; the others are named as the store names them.
IN_SERVICE = ""


class Predictor(Protocol):
    """What this page needs of the service's client."""

    async def predict(
        self, texts: Sequence[str], model: str, version: str
    ) -> Sequence[Prediction]: ...

    async def explain(self, text: str, model: str, version: str) -> Explanation: ...

    async def models(self) -> Models: ...


class PredictState(param.Parameterized):
    """What was asked and answered, without a widget."""

    text: param.String[str] = param.String(default="")
    model: param.Selector[str] = param.Selector(objects=list(MODELS.values()))
    version: param.String[str] = param.String(default=IN_SERVICE)
    #: Of the chosen family, the newest first.
    versions: param.List[list[StoredModel]] = param.List(default=[])
    #: Of each comment, what each model says; the ensemble first where all were asked.
    answers: param.List[list[tuple[str, list[Vote]]]] = param.List(default=[])
    #: Of a comment that was asked alone.
    explanation: param.ClassSelector[Explanation | None] = param.ClassSelector(
        class_=Explanation, default=None
    )
    trouble: param.ClassSelector[SatispyError | None] = param.ClassSelector(
        class_=SatispyError, default=None
    )
    asking: param.Boolean[bool] = param.Boolean(default=False)

    def __init__(self, predictor: Predictor, **params: Any) -> None:
        super().__init__(**params)
        self._predictor = predictor

    @property
    def comments(self) -> list[str]:
        """One comment a line."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]

    async def ask(self) -> None:
        comments = self.comments
        if not comments or self.asking:
            return
        self.param.update(asking=True, trouble=None)
        try:
            predictions = await self._predictor.predict(comments, self.model, self.version)
            explanation = await self._explained(comments, predictions)
        except SatispyError as error:
            self.param.update(trouble=error, answers=[], explanation=None)
        else:
            answers = list(zip(comments, map(votes, predictions), strict=True))
            self.param.update(answers=answers, explanation=explanation)
        finally:
            self.asking = False

    async def _explained(
        self, comments: list[str], predictions: Sequence[Prediction]
    ) -> Explanation | None:
        if len(comments) > 1 or predictions[0].label == "unknown":
            return None
        # Of all models, the champion explains itself: an average has no words.
        model = "" if self.model == ALL else self.model
        return await self._predictor.explain(comments[0], model, self.version)

    async def choose(self, model: str) -> None:
        """Ask another model, as it serves now; its other versions can then be chosen."""
        self.param.update(model=model, version=IN_SERVICE, versions=[])
        if model == ALL:
            return
        try:
            known = await self._predictor.models()
        except SatispyError as error:
            self.trouble = error
            return
        mine = [stored for stored in known.versions if stored.family == model]
        self.versions = sorted(mine, key=lambda stored: stored.dataset_version or 0, reverse=True)


def votes(prediction: Prediction) -> list[Vote]:
    by_model = prediction.by_model or {}
    return [prediction, *(by_model[name] for name in FAMILIES if name in by_model)]


def version_options(versions: Sequence[StoredModel]) -> dict[str, str]:
    """Label → version; the one in service stands first and needs no name of its own."""
    others = {stored.version: stored.version for stored in versions if not stored.promoted}
    serving = next((f" ({stored.version})" for stored in versions if stored.promoted), "")
    return {f"En service{serving}": IN_SERVICE, **others}


class PredictPage:
    """The widgets of one session."""

    def __init__(self, state: PredictState) -> None:
        self._state = state
        text = pmui.TextAreaInput.from_param(
            state.param.text,
            label="Commentaires, un par ligne",
            placeholder="Par exemple : livraison rapide, produit conforme, je recommande.",
            rows=3,
            max_rows=12,
            auto_grow=True,
            max_length=1_000_000,
            sizing_mode="stretch_width",
            margin=(4, 0),
        )
        model = pmui.RadioButtonGroup(
            options=MODELS, value=state.model, label="", size="small", margin=0
        )
        model.param.watch(self._choose, "value")
        self._version = pmui.Select(
            label="Version", size="small", margin=0, width=300, visible=False
        )
        self._version.param.watch(self._take_version, "value")
        self._button = pmui.Button(label="Prédire", icon="auto_awesome", size="large", margin=0)
        self._button.on_click(self._ask)
        examples = [
            pmui.Button(
                label=name,
                variant="outlined",
                size="small",
                margin=0,
                on_click=self._example(comment),
            )
            for name, comment in EXAMPLES.items()
        ]
        prompt = pane('<span class="muted">Exemples :</span>')
        prompt.sizing_mode = None
        self._answers, self._explanation = pane(), Slot()
        self.layout = pn.Column(
            pane(render("predict_head.html")),
            text,
            pn.FlexBox(prompt, *examples, gap="8px", align_items="center"),
            pn.FlexBox(self._button, model, self._version, gap="14px", align_items="center"),
            self._answers,
            self._explanation,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(self._show, ["answers", "explanation", "trouble"])
        state.param.watch(self._offer_versions, "versions")
        state.param.watch(lambda event: dim(self._button, event.new), "asking")

    async def _ask(self, _: object) -> None:
        await self._state.ask()

    def _example(self, comment: str) -> Any:
        async def ask(_: object) -> None:
            self._state.text = comment
            await self._state.ask()

        return ask

    async def _choose(self, event: Any) -> None:
        await self._state.choose(event.new)

    def _take_version(self, event: Any) -> None:
        self._state.version = event.new or IN_SERVICE

    def _offer_versions(self, _: object) -> None:
        options = version_options(self._state.versions)
        self._version.param.update(
            options=options, value=IN_SERVICE, visible=bool(self._state.versions)
        )

    def _show(self, *_: object) -> None:
        state = self._state
        explanation = ""
        if state.trouble is not None:
            self._answers.object = explained(state.trouble)
        elif state.answers:
            counted = Counter(given[0].label for _, given in state.answers)
            self._answers.object = render(
                "predict_answers.html",
                answers=state.answers,
                totals=counted.most_common(),
                strokes={name: family_stroke(name) for name in FAMILIES},
            )
            if state.explanation is not None:
                explanation = render(
                    "predict_explanation.html",
                    explanation=state.explanation,
                    pieces=highlighted(state.answers[0][0], state.explanation.contributions),
                    words=strongest(state.explanation.contributions),
                )
        self._explanation.show(explanation)


def explained(trouble: SatispyError) -> str:
    if isinstance(trouble, NoModel):
        return notice(
            "info",
            "Aucun modèle n’est encore en service",
            "Envoyez un fichier d’avis ; les modèles répondront dès qu’ils seront entraînés.",
            command="satispy upload FICHIER.csv",
        )
    if isinstance(trouble, RequestRefused):
        return notice("warning", "Le service n’accepte pas cette demande", str(trouble))
    return notice(
        "error",
        "Le service de prédiction n’a pas répondu",
        "Le reste de l’application fonctionne. Pour voir l’état des services :",
        command="satispy status",
        detail=str(trouble),
    )
