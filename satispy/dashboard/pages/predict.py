"""Prédire: what each model says of the comments that somebody types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import panel as pn
import panel_material_ui as pmui
import param

from satispy.client.types import Prediction, Vote
from satispy.dashboard.evolution import FAMILY_ORDER
from satispy.dashboard.render import notice, pane, render
from satispy.dashboard.theme import PAGE, STACK, family_stroke
from satispy.errors import NoModel, RequestRefused, SatispyError

EXAMPLES = {
    "Très satisfaite": "Livraison rapide et soignée, je suis ravie de mon achat !",
    "Colis perdu": "Colis jamais reçu, le service client ne répond pas.",
    "Mitigé": "La robe est très jolie mais elle est arrivée avec deux semaines de retard.",
    "Négation": "Je ne suis pas déçue, rien à redire.",
    "Sans un mot connu": "Xyzzy plugh frobozz",
}
MODELS = {
    "Tous les modèles": "all",
    "GBC": "gbc",
    "SVM": "svm",
    "ANN": "ann",
}


class Predictor(Protocol):
    """What this page needs of the service's client."""

    async def predict(self, texts: Sequence[str], model: str) -> Sequence[Prediction]: ...


class PredictState(param.Parameterized):
    """What was asked and answered, without a widget."""

    text: param.String[str] = param.String(default="")
    model: param.Selector[str] = param.Selector(objects=list(MODELS.values()))
    #: Of each comment, what each model says; the ensemble first where all were asked.
    answers: param.List[list[tuple[str, list[Vote]]]] = param.List(default=[])
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
            predictions = await self._predictor.predict(comments, self.model)
        except SatispyError as error:
            self.param.update(trouble=error, answers=[])
        else:
            self.answers = list(zip(comments, map(votes, predictions), strict=True))
        finally:
            self.asking = False


def votes(prediction: Prediction) -> list[Vote]:
    by_model = prediction.by_model or {}
    return [prediction, *(by_model[name] for name in FAMILY_ORDER if name in by_model)]


class PredictPage:
    """The widgets of one session."""

    def __init__(self, state: PredictState) -> None:
        self._state = state
        text = pmui.TextAreaInput.from_param(
            state.param.text,
            label="Commentaires, un par ligne",
            placeholder="Par exemple : livraison rapide, produit conforme, je recommande.",
            rows=4,
            max_rows=12,
            auto_grow=True,
            max_length=1_000_000,
            sizing_mode="stretch_width",
            margin=(4, 0),
        )
        model = pmui.RadioButtonGroup.from_param(
            state.param.model, options=MODELS, label="", size="small", margin=0
        )
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
        self._answers = pane()
        self.layout = pn.Column(
            pane(render("predict_head.html")),
            text,
            pn.FlexBox(
                pane('<span class="muted">Exemples :</span>').clone(sizing_mode=None),
                *examples,
                gap="8px",
                align_items="center",
                sizing_mode="stretch_width",
            ),
            pn.FlexBox(
                self._button, model, gap="14px", align_items="center", sizing_mode="stretch_width"
            ),
            self._answers,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(self._show, ["answers", "trouble", "asking"])
        state.param.watch(self._enable, ["text", "asking"])
        self._enable()

    async def _ask(self, _: object) -> None:
        await self._state.ask()

    def _example(self, comment: str) -> Any:
        async def ask(_: object) -> None:
            self._state.text = comment
            await self._state.ask()

        return ask

    def _enable(self, *_: object) -> None:
        self._button.loading = self._state.asking

    def _show(self, *_: object) -> None:
        state = self._state
        if state.trouble is not None:
            self._answers.object = explained(state.trouble)
        elif state.answers:
            counted = Counter(given[0].label for _, given in state.answers)
            self._answers.object = render(
                "predict_answers.html",
                answers=state.answers,
                totals=counted.most_common(),
                strokes={name: family_stroke(name) for name in FAMILY_ORDER},
            )


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
