"""What a retrain decided and why a row is rejected, in sentences made of facts."""

from satispy.locales.formats import decimal, percent, ranged
from satispy.locales.messages import _, ngettext
from satispy.locales.names import METRICS_IN_TEXT, PARTS_IN_TEXT, behaviour, part_value
from satispy.locales.reader import reader
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
from satispy.reviews import reasons


def row_fault(code: str, message: str) -> str:
    """message: the same in English, which comes with each fault."""
    return reasons.in_language(code, message, reader().language)


def reason(why: Why) -> str:
    """What follows « Mis en service : » or « Pas mis en service : », without the full stop."""
    match why:
        case FirstOfFamily():
            return _("premier modèle de sa famille")
        case Unloadable():
            return _("le modèle en service ne se charge plus avec cette version de satispy")
        case NotWorse():
            return _("exigence tenue, et pas moins bon au-delà du hasard")
        case BelowRequirement(missed=missed):
            found = ", ".join(
                _("%(metric)s à %(value)s", metric=METRICS_IN_TEXT[of], value=percent(at))
                for of, at in missed.items()
            )
            return _(
                "exigence manquée (%(found)s\u202f; il faut plus de %(least)s)",
                found=found,
                least=percent(REQUIREMENT, 0),
            )
        case Misbehaved(failed=failed):
            return _(
                "échoue à l’épreuve de comportement (bonnes réponses : %(found)s)",
                found=", ".join(map(_answers, failed)),
            )
        case TooFewRows(least=least, lost=lost, won=won):
            return ngettext(
                "mesuré moins bon (%(num)s avis de test en moins, %(won)s en plus), et moins de"
                " %(least)s ne permettent pas d’en juger",
                "mesuré moins bon (%(num)s avis de test en moins, %(won)s en plus), et moins de"
                " %(least)s ne permettent pas d’en juger",
                lost,
                won=won,
                least=least,
            )
        case Worse(gain=gain):
            found = ", ".join(_loss(by, of) for of, by in gain.items())
            return _("moins bon au-delà du hasard (%(found)s)", found=found)
        case LessSure(loss=loss):
            return _("probabilités moins justes au-delà du hasard (%(found)s)", found=_brier(loss))
        case LossesAddUp(best=best, gain=gain, loss=loss):
            found = ", ".join(
                [*(_loss(by, of) for of, by in gain.items()), *([_brier(loss)] if loss else [])]
            )
            return _(
                "pas moins bon que le modèle en service, mais que %(best)s avant lui : de petites"
                " pertes s’ajouteraient (%(found)s)",
                best=best,
                found=found,
            )
        case WorseOnParts(parts=parts):
            return _(
                "moins bon au-delà du hasard sur une partie des avis (%(found)s)",
                found=", ".join(map(_part, parts)),
            )


def _answers(of: KnownAnswers) -> str:
    return _(
        "%(kind)s %(right)s au lieu de %(required)s",
        kind=behaviour(of.kind),
        right=percent(of.right, 0),
        required=percent(of.required, 0),
    )


def _part(of: WorsePart) -> str:
    where = f"{PARTS_IN_TEXT.get(of.by, of.by)} {part_value(of.value)}"
    return ngettext(
        "%(loss)s sur les %(num)s avis %(where)s",
        "%(loss)s sur les %(num)s avis %(where)s",
        of.rows,
        loss=_loss(of.gain, "accuracy"),
        where=where,
    )


def _brier(loss: Interval) -> str:
    """A loss of 0,0041 to 0,0093 → score de Brier plus haut de 0,0041 à 0,0093"""
    by = ranged(decimal(loss.low, 4), decimal(loss.high, 4))
    return _("score de Brier plus haut de %(by)s", by=by)


def _loss(gain: Interval, of: Metric) -> str:
    """A gain of −3,4 to −1,2 pt → 1,2 à 3,4 pt de moins en exactitude"""
    by = ranged(decimal(-100 * gain.high, 1), decimal(-100 * gain.low, 1))
    return _(
        "%(by)s\u202fpt de moins en %(metric)s",
        by=by,
        metric=METRICS_IN_TEXT[of],
    )
