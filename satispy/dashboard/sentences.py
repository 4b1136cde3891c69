"""What a retrain decided, in French sentences made of the facts in its report."""

from satispy.dashboard.french import (
    BEHAVIOURS,
    METRICS_IN_TEXT,
    NARROW_SPACE,
    PARTS_IN_TEXT,
    decimal,
    part_value,
    percent,
    plural,
)
from satispy.reports.schema import (
    REQUIREMENT,
    BelowRequirement,
    FirstOfFamily,
    Interval,
    KnownAnswers,
    LessSure,
    LossesAddUp,
    Metric,
    Misbehaved,
    NotWorse,
    TooFewRows,
    Unloadable,
    Why,
    Worse,
    WorseOnParts,
    WorsePart,
)


def reason(why: Why) -> str:
    """What follows « Mis en service : » or « Pas mis en service : », without the full stop."""
    match why:
        case FirstOfFamily():
            return "premier modèle de sa famille"
        case Unloadable():
            return "le modèle en service ne se charge plus avec cette version de satispy"
        case NotWorse():
            return "exigence tenue, et pas moins bon au-delà du hasard"
        case BelowRequirement(missed=missed):
            found = ", ".join(f"{METRICS_IN_TEXT[of]} à {percent(at)}" for of, at in missed.items())
            least = f"{NARROW_SPACE}; il faut plus de {percent(REQUIREMENT, 0)}"
            return f"exigence manquée ({found}{least})"
        case Misbehaved(failed=failed):
            found = ", ".join(map(_answers, failed))
            return f"échoue à l’épreuve de comportement (bonnes réponses : {found})"
        case TooFewRows(least=least, lost=lost, won=won):
            found = f"{plural(lost, 'avis', 'avis')} de test en moins, {won} en plus"
            return f"mesuré moins bon ({found}), et moins de {least} ne permettent pas d’en juger"
        case Worse(gain=gain):
            found = ", ".join(_loss(by, of) for of, by in gain.items())
            return f"moins bon au-delà du hasard ({found})"
        case LessSure(loss=loss):
            return f"probabilités moins justes au-delà du hasard ({_brier(loss)})"
        case LossesAddUp(best=best, gain=gain, loss=loss):
            found = ", ".join(
                [*(_loss(by, of) for of, by in gain.items()), *([_brier(loss)] if loss else [])]
            )
            return (
                f"pas moins bon que le modèle en service, mais que {best} avant lui :"
                f" de petites pertes s’ajouteraient ({found})"
            )
        case WorseOnParts(parts=parts):
            found = ", ".join(map(_part, parts))
            return f"moins bon au-delà du hasard sur une partie des avis ({found})"


def _answers(of: KnownAnswers) -> str:
    kind = BEHAVIOURS.get(of.kind, of.kind)
    return f"{kind} {percent(of.right, 0)} au lieu de {percent(of.required, 0)}"


def _part(of: WorsePart) -> str:
    where = f"{PARTS_IN_TEXT.get(of.by, of.by)} {part_value(of.value)}"
    return f"{_loss(of.gain, 'accuracy')} sur les {plural(of.rows, 'avis', 'avis')} {where}"


def _brier(loss: Interval) -> str:
    """A loss of 0,0041 to 0,0093 → score de Brier plus haut de 0,0041 à 0,0093"""
    return f"score de Brier plus haut de {decimal(loss.low, 4)}\u00a0à\u00a0{decimal(loss.high, 4)}"


def _loss(gain: Interval, of: Metric) -> str:
    """A gain of −3,4 to −1,2 pt → 1,2 à 3,4 pt de moins en exactitude"""
    least, most = decimal(-100 * gain.high, 1), decimal(-100 * gain.low, 1)
    return f"{least}\u00a0à\u00a0{most}{NARROW_SPACE}pt de moins en {METRICS_IN_TEXT[of]}"
