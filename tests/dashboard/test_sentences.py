"""Why a model serves or does not, as French readers are told."""

from typing import get_args

import pytest

from satispy.dashboard import sentences
from satispy.locales import names
from satispy.promotion.behaviour import REQUIRED
from satispy.reports.schema import (
    BelowRequirement,
    FirstOfFamily,
    Interval,
    KnownAnswers,
    LessSure,
    LossesAddUp,
    Misbehaved,
    NotWorse,
    TooFewRows,
    Unloadable,
    Why,
    Worse,
    WorseOnParts,
    WorsePart,
)

LOSS = Interval(low=-0.0342, high=-0.0118)
SAID = [
    (FirstOfFamily(), "premier modèle de sa famille"),
    (Unloadable(), "le modèle en service ne se charge plus avec cette version de satispy"),
    (NotWorse(), "exigence tenue, et pas moins bon au-delà du hasard"),
    (
        BelowRequirement(missed={"accuracy": 0.7984, "f1_0": 0.712}),
        "exigence manquée (exactitude à 79,8\xa0%, F1 des avis négatifs à 71,2\xa0%\u202f; "
        "il faut plus de 80\xa0%)",
    ),
    (
        Misbehaved(
            failed=[
                KnownAnswers(kind="delivery (negative)", right=0.4, required=0.5),
                KnownAnswers(kind="case", right=0.92, required=1.0),
            ]
        ),
        "échoue à l’épreuve de comportement (bonnes réponses : "
        "livraison, remarques négatives 40\xa0% au lieu de 50\xa0%, "
        "majuscules 92\xa0% au lieu de 100\xa0%)",
    ),
    (
        Worse(gain={"accuracy": LOSS, "f1_1": Interval(low=-0.02, high=-0.001)}),
        "moins bon au-delà du hasard (1,2\u00a0à\u00a03,4\u202fpt de moins en exactitude, "
        "0,1\u00a0à\u00a02,0\u202fpt de moins en F1 des avis positifs)",
    ),
    (
        TooFewRows(least=200, lost=4, won=1),
        "mesuré moins bon (4 avis de test en moins, 1 en plus), "
        "et moins de 200 ne permettent pas d’en juger",
    ),
    (
        LessSure(loss=Interval(low=0.0041, high=0.0093)),
        "probabilités moins justes au-delà du hasard "
        "(score de Brier plus haut de 0,0041\u00a0à\u00a00,0093)",
    ),
    (
        LossesAddUp(best="satispy-gbc:v00014-1f2e", gain={"accuracy": LOSS}, loss=None),
        "pas moins bon que le modèle en service, mais que satispy-gbc:v00014-1f2e avant lui : "
        "de petites pertes s’ajouteraient (1,2\u00a0à\u00a03,4\u202fpt de moins en exactitude)",
    ),
    (
        WorseOnParts(
            parts=[
                WorsePart(by="source", value="TrustPilot", rows=1_500, gain=LOSS),
                WorsePart(by="company", value="VeePee", rows=120, gain=LOSS),
            ]
        ),
        "moins bon au-delà du hasard sur une partie des avis ("
        "1,2\u00a0à\u00a03,4\u202fpt de moins en exactitude "
        "sur les 1\u202f500 avis de la source TrustPilot, "
        "1,2\u00a0à\u00a03,4\u202fpt de moins en exactitude "
        "sur les 120 avis de l’enseigne VeePee)",
    ),
]


@pytest.mark.parametrize(("why", "said"), SAID, ids=[why.code for why, _ in SAID])
def test_a_decision_is_said_in_french_with_its_figures(why: Why, said: str) -> None:
    assert sentences.reason(why) == said


def test_each_code_of_a_decision_has_its_sentence_above() -> None:
    union, _ = get_args(Why)
    assert {type(why) for why, _ in SAID} == set(get_args(union))


def test_each_kind_of_question_with_a_known_answer_is_named_in_french() -> None:
    for kind in REQUIRED:
        assert names.behaviour(kind) != kind
