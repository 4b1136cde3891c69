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


def reason(why: Why, against: str | None = None) -> str:
    """against: tag of the incumbent."""
    match why:
        case FirstOfFamily():
            return "the first of its family"
        case Unloadable():
            return f"{against}, which served, cannot be loaded any more"
        case NotWorse():
            return f"meets the requirement and is not worse than {against}"
        case BelowRequirement():
            return "misses the requirement"
        case Misbehaved(failed=failed):
            return f"fails the behavioural suite: {', '.join(each.kind for each in failed)}"
        case TooFewRows(least=least, lost=lost, won=won):
            return (
                f"{lost} rows lost and {won} won against {against}: fewer than {least} test rows"
                " cannot tell that from noise"
            )
        case Worse(gain=gain):
            return f"worse than {against} beyond noise: {', '.join(gain)}"
        case LessSure(loss=loss):
            return (
                f"worse probabilities than {against} beyond noise: Brier score"
                f" {loss.low:+.4f} to {loss.high:+.4f}"
            )
        case LossesAddUp(best=best, gain=gain, loss=loss):
            worse = [*gain, *(["Brier score"] if loss else [])]
            return f"no worse than {against}, but than {best} before it: {', '.join(worse)}"
        case WorseOnParts(parts=parts):
            return f"worse than {against} beyond noise on {', '.join(map(part, parts))}"


def part(worse: WorsePart) -> str:
    return f"{worse.by} {worse.value}"


def change(moved: MetricChange) -> str:
    return f"{moved.family} {moved.metric}: {moved.before:.3f} → {moved.after:.3f}"
