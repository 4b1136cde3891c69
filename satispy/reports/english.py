"""What a retrain found, in English: the text fields of a report. The app has words of its own."""

from satispy.reports.schema import (
    BelowRequirement,
    FirstOfFamily,
    LessSure,
    LossesAddUp,
    MetricChange,
    Misbehaved,
    NotWorse,
    TooFewRows,
    Unloadable,
    Why,
    Worse,
    WorseOnParts,
    WorsePart,
)
from satispy.sentence import Sentence


def reason(why: Why, against: str | None = None) -> Sentence:
    """against: tag of the incumbent."""
    match why:
        case FirstOfFamily():
            return Sentence("the first of its family")
        case Unloadable():
            return Sentence("%(against)s, which served, cannot be loaded any more", against=against)
        case NotWorse():
            return Sentence(
                "meets the requirement and is not worse than %(against)s", against=against
            )
        case BelowRequirement():
            return Sentence("misses the requirement")
        case Misbehaved(failed=failed):
            kinds = ", ".join(each.kind for each in failed)
            return Sentence("fails the behavioural suite: %(kinds)s", kinds=kinds)
        case TooFewRows(least=least, lost=lost, won=won):
            return Sentence(
                "%(lost)s rows lost and %(won)s won against %(against)s: fewer than %(least)s test"
                " rows cannot tell that from noise",
                lost=lost,
                won=won,
                against=against,
                least=least,
            )
        case Worse(gain=gain):
            metrics = ", ".join(gain)
            return Sentence(
                "worse than %(against)s beyond noise: %(metrics)s", against=against, metrics=metrics
            )
        case LessSure(loss=loss):
            return Sentence(
                "worse probabilities than %(against)s beyond noise: Brier score %(low)+.4f to"
                " %(high)+.4f",
                against=against,
                low=loss.low,
                high=loss.high,
            )
        case LossesAddUp(best=best, gain=gain, loss=loss):
            worse = [*gain, *(["Brier score"] if loss else [])]
            return Sentence(
                "no worse than %(against)s, but than %(best)s before it: %(metrics)s",
                against=against,
                best=best,
                metrics=", ".join(worse),
            )
        case WorseOnParts(parts=parts):
            on = ", ".join(map(part, parts))
            return Sentence(
                "worse than %(against)s beyond noise on %(parts)s", against=against, parts=on
            )


def part(worse: WorsePart) -> str:
    return f"{worse.by} {worse.value}"


def change(moved: MetricChange) -> str:
    return f"{moved.family} {moved.metric}: {moved.before:.3f} → {moved.after:.3f}"
