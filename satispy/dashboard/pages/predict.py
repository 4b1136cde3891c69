"""Prédire: what each model says of comments or of a file, and which words decided."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import Any, Final

import panel as pn
import panel_material_ui as pmui

from satispy.dashboard.door.permits import refused
from satispy.dashboard.explaining import highlighted, strongest
from satispy.dashboard.pages.asking import (
    ALL,
    IN_SERVICE,
    PAIR,
    PredictState,
    pair_options,
    version_options,
)
from satispy.dashboard.pages.scoring import Scoring, ScoringState
from satispy.dashboard.render import Slot, dim, notice, pane, render, static
from satispy.dashboard.theme import PAGE, STACK, family_stroke
from satispy.errors import Forbidden, NoModel, RequestRefused, SatispyError
from satispy.locales.messages import N_, Names, _
from satispy.locales.telling import told
from satispy.models.family import FAMILIES

#: Comments that are asked at a click.
EXAMPLES: Final[dict[str, str]] = tomllib.loads(static("examples.toml"))
TITLES_OF_EXAMPLES: Final = Names(
    {
        "glad": N_("Très satisfaite"),
        "lost": N_("Colis perdu"),
        "mixed": N_("Mitigé"),
        "negation": N_("Négation"),
        "unknown": N_("Sans un mot connu"),
    }
)
TITLES: Final = Names(
    {
        ALL: N_("Tous"),
        "gbc": "GBC",
        "svm": "SVM",
        "ann": "ANN",
        PAIR: N_("Deux versions"),
    }
)


class PredictPage:
    """The widgets of one session."""

    def __init__(self, state: PredictState, scoring: ScoringState | None = None) -> None:
        self._state = state
        text = pmui.TextAreaInput.from_param(
            state.param.text,
            label=_("Commentaires, un par ligne"),
            placeholder=_("Par exemple : livraison rapide, produit conforme, je recommande."),
            rows=3,
            max_rows=12,
            auto_grow=True,
            max_length=1_000_000,
            sizing_mode="stretch_width",
            margin=(4, 0),
        )
        model = pmui.RadioButtonGroup(
            options={title: name for name, title in TITLES.items()},
            value=state.model,
            label="",
            size="small",
            margin=0,
        )
        model.param.watch(self._choose, "value")
        self._version = self._select(_("Version"), lambda value: state.param.update(version=value))
        self._first = self._select(_("Une version"), lambda value: self._take(value, 0))
        self._second = self._select(_("… et une autre"), lambda value: self._take(value, 1))
        self._button = pmui.Button(label=_("Prédire"), icon="auto_awesome", size="large", margin=0)
        self._button.on_click(self._ask)
        examples = [
            pmui.Button(
                label=TITLES_OF_EXAMPLES[name],
                variant="outlined",
                size="small",
                margin=0,
                on_click=self._example(comment),
            )
            for name, comment in EXAMPLES.items()
        ]
        prompt = pane(render("predict_prompt.html"))
        prompt.sizing_mode = None
        self._answers, self._explanation = pane(), Slot()
        self.layout = pn.Column(
            pane(render("predict_head.html")),
            text,
            pn.FlexBox(prompt, *examples, gap="8px", align_items="center"),
            pn.FlexBox(self._button, model, gap="14px", align_items="center"),
            pn.FlexBox(self._version, self._first, self._second, gap="14px"),
            self._answers,
            self._explanation,
            *([Scoring(scoring, state).layout] if scoring else []),
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(self._show, ["answers", "explanations", "trouble"])
        state.param.watch(self._offer_versions, "versions")
        state.param.watch(lambda event: dim(self._button, event.new), "asking")

    def _select(self, label: str, take: Any) -> pmui.Select:
        select = pmui.Select(label=label, size="small", margin=0, width=330, visible=False)
        select.param.watch(lambda event: take(event.new or IN_SERVICE), "value")
        return select

    def _take(self, tag: str, at: int) -> None:
        pair = list(self._state.pair)
        pair[at] = tag
        self._state.pair = tuple(pair)

    async def _ask(self, event: object) -> None:
        await self._state.ask()

    def _example(self, comment: str) -> Any:
        async def ask(event: object) -> None:
            self._state.text = comment
            await self._state.ask()

        return ask

    async def _choose(self, event: Any) -> None:
        await self._state.choose(event.new)

    def _offer_versions(self, event: object) -> None:
        state = self._state
        of_two = state.model == PAIR
        there = bool(state.versions)
        self._version.visible = there and not of_two
        self._first.visible = self._second.visible = there and of_two
        if of_two:
            options = pair_options(state.versions)
            for select, tag in zip((self._first, self._second), state.pair, strict=True):
                select.param.update(options=options, value=tag)
        else:
            self._version.param.update(options=version_options(state.versions), value=IN_SERVICE)

    def _show(self, *events: object) -> None:
        state = self._state
        words = ""
        if state.trouble is not None:
            self._answers.object = explained(state.trouble)
        elif not state.answers:
            self._answers.object = ""
        else:
            counted = Counter(given[0].label for _text, given in state.answers)
            self._answers.object = render(
                "predict_answers.html",
                answers=state.answers,
                totals=counted.most_common(),
                strokes={name: family_stroke(name) for name in FAMILIES},
                differing=differing(state),
            )
            words = "".join(
                render(
                    "predict_explanation.html",
                    explanation=each,
                    pieces=highlighted(state.answers[0][0], each.contributions),
                    words=strongest(each.contributions),
                    alone=len(state.explanations) == 1,
                )
                for each in state.explanations
            )
        self._explanation.show(f'<div class="side-by-side">{words}</div>' if words else "")


def differing(state: PredictState) -> int | None:
    """Of how many comments two versions say another thing; None where no two were compared."""
    pairs = [given for _text, given in state.answers if len(given) == 2]
    return sum(one.label != other.label for one, other in pairs) if pairs else None


def explained(trouble: SatispyError) -> str:
    if isinstance(trouble, NoModel):
        return notice(
            "info",
            _("Aucun modèle n’est encore en service"),
            _("Envoyez un fichier d’avis ; les modèles répondront dès qu’ils seront entraînés."),
            command=_("satispy upload FICHIER.csv"),
        )
    if isinstance(trouble, Forbidden):
        return refused(trouble)
    if isinstance(trouble, RequestRefused):
        return notice("warning", _("Le service n’accepte pas cette demande"), detail=told(trouble))
    return notice(
        "error",
        _("Le service de prédiction n’a pas répondu"),
        _("Le reste de l’application fonctionne. Pour voir l’état des services :"),
        command="satispy status",
        detail=told(trouble),
    )
