"""What any model of French reviews must get right to be promoted.

Remarks whose label no French reader doubts (remarks.csv), none of them in the primer nor near to
a sentence of it; and changes of a text that must not change the answer.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from satispy.models.sentiment import SentimentModel

KINDS = (
    "negation", "delivery", "product", "service", "refund", "site", "typing errors", "emoji",
    "contrast",
)  # fmt: skip
LABELS = ("negative", "positive")
#: Share of the remarks of one kind and label that must be recognised. A cell holds 8 to 10: a
#: model that recognises four negative remarks in five and nine positive ones in ten falls below
#: these by chance in less than one cell in a hundred.
PART = {"negative": 0.5, "positive": 0.6}
#: What is hard for anybody: words in no dictionary, and two feelings in one remark.
HARD = {
    "typing errors": {"negative": 0.4, "positive": 0.5},
    "contrast": {"negative": 0.4, "positive": 0.5},
}
#: Of all remarks of a label, 84 each: three standard errors below four in five, nine in ten.
WHOLE = {"negative": 0.67, "positive": 0.8}
#: What may change without the answer changing. What the text pipeline guarantees leaves no room.
INVARIANCES = {"accents": 0.85, "case": 1.0, "elision": 1.0, "unknown": 1.0, "length": 1.0}
ACCENTS = str.maketrans("éèêëàâîïùûçôœ", "eeeeaaiiuucoo")


@dataclass(frozen=True)
class Remark:
    kind: str
    label: str
    text: str


@cache
def remarks() -> Sequence[Remark]:
    text = (files(__package__) / "remarks.csv").read_text("utf-8")
    return tuple(Remark(**row) for row in csv.DictReader(text.splitlines()))


def named(kind: str, label: str) -> str:
    """A part of the suite as reports name it; `all` is a kind of its own."""
    return f"{kind} ({label})"


#: Share that must be right, by the name of each part of the suite.
REQUIRED: dict[str, float] = {
    **{named("all", label): WHOLE[label] for label in LABELS},
    **{named(kind, label): HARD.get(kind, PART)[label] for kind in KINDS for label in LABELS},
    **INVARIANCES,
}


def examine(model: SentimentModel) -> dict[str, float]:
    """Share of right answers, by the name of each part; a remark answered `unknown` is missed."""
    asked = remarks()
    said = model.predict([remark.text for remark in asked])
    right = [
        (remark, answer.label == remark.label) for remark, answer in zip(asked, said, strict=True)
    ]
    shares = {
        named(kind, label): _share(
            so for each, so in right if each.label == label and kind in ("all", each.kind)
        )
        for kind in ("all", *KINDS)
        for label in LABELS
    }
    return shares | _invariances(model)


def _invariances(model: SentimentModel) -> dict[str, float]:
    texts = [remark.text for remark in remarks() if remark.kind != "typing errors"]
    plain = model.predict(texts)
    bare = model.predict([text.translate(ACCENTS) for text in texts])
    shouted = model.predict([text.upper() for text in texts])
    curled = model.predict([text.replace("'", "’") for text in texts])
    nothing = model.predict(["", "   ", "!!!", "123 456", "zzxqv wqxzk"])
    lengths = model.predict([" ".join(["parfait"] * words) for words in (1, 10, 500, 20_000)])
    return {
        "accents": _share(a.label == b.label for a, b in zip(plain, bare, strict=True)),
        "case": _share(a == b for a, b in zip(plain, shouted, strict=True)),
        "elision": _share(a == b for a, b in zip(plain, curled, strict=True)),
        "unknown": _share(
            each.label == "unknown" and each.probability == model.base_rate for each in nothing
        ),
        "length": _share(0 <= each.probability <= 1 for each in lengths),
    }


def failed(shares: dict[str, float]) -> list[str]:
    """The parts of which too few were right."""
    return [part for part, least in REQUIRED.items() if shares[part] < least]


def _share(answers: Iterable[bool]) -> float:
    right = list(answers)
    return sum(right) / len(right)
