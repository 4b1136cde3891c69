"""What a retrain found, in English: the text fields of a report. The app has words of its own."""

from satispy.reports.schema import (
    BelowRequirement,
    FirstOfFamily,
    MetricChange,
    Misbehaved,
    NotWorse,
    Why,
    Worse,
    WorseOnParts,
    WorsePart,
)


def reason(why: Why, against: str | None = None) -> str:
    """against: tag of the model in production."""
    match why:
        case FirstOfFamily():
            return "the first of its family"
        case NotWorse():
            return f"meets the requirement and is not worse than {against}"
        case BelowRequirement():
            return "misses the requirement"
        case Misbehaved(failed=failed):
            return f"fails the behavioural suite: {', '.join(each.kind for each in failed)}"
        case Worse(gain=gain):
            return f"worse than {against} beyond noise: {', '.join(gain)}"
        case WorseOnParts(parts=parts):
            return f"worse than {against} beyond noise on {', '.join(map(part, parts))}"


def part(worse: WorsePart) -> str:
    return f"{worse.by} {worse.value}"


def change(moved: MetricChange) -> str:
    return f"{moved.family} {moved.metric}: {moved.before:.3f} → {moved.after:.3f}"
