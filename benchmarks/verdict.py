"""The verdict on models that are simulated: false alarms of drift, equal models that are blocked.

Every figure is a share of simulated uploads or runs that the real code judges, beside its bar.
RUNS: how many of each (default 300; twice as many without drift, a tenth of the lines of runs).
"""

import os
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from satispy.models import FAMILIES
from satispy.promotion.behaviour import REQUIRED
from satispy.promotion.decide import Opponent, choose_default, decide, remains_best
from satispy.reports.drift import drift, shift
from satispy.reports.metrics import measure
from satispy.reports.schema import Drift

RUNS = int(os.environ.get("RUNS", "300"))
SIZES = (20, 50, 200, 500, 2_000, 10_000)
COMPANIES = (1, 5, 20, 40)
#: As of the real reviews.
TEST_ROWS = 3_000
ACCURACY = 0.908
NEGATIVE = 0.35
#: With so much noise of their own two models agree on 95 % of the rows.
NOISE = 0.27
#: Between the means of the two labels, so that such a model has ACCURACY.
DISTANCE = NormalDist().inv_cdf(ACCURACY) * (1 + NOISE**2) ** 0.5
WELL_BEHAVED = dict.fromkeys(REQUIRED, 1.0)


def run() -> dict[str, object]:
    random = np.random.default_rng(20)
    figures = {
        "drift_false_alarms": false_alarms(random, 2 * RUNS),
        "drift_power": power(random, RUNS),
        "equal_blocked": equal_blocked(random, RUNS),
        "losses_promoted": losses_promoted(random, max(RUNS // 10, 1)),
        "default_model_changes": default_model_changes(random, RUNS),
    }
    for name, bar in (
        ("drift_false_alarms", "≤ .05 of uploads of the same source"),
        ("drift_power", "≥ .90 of uploads with 10 points more negative reviews, 500 rows"),
        ("equal_blocked", "≤ .05 of runs with two equal models"),
        ("losses_promoted", "≤ 1 in 20 runs, each one point worse: the most in any line"),
        ("default_model_changes", "≤ .05 of runs with three equal models"),
    ):
        print(f"  {name:22} {figures[name]:>6.3f}   {bar}")
    return dict(figures)


# --- drift ---


@dataclass(frozen=True)
class Source:
    """Where reviews come from: the facts of each are drawn, stars and answers go together."""

    negative: float
    companies: np.ndarray
    lengths: np.ndarray

    def draw(self, random: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
        positive = random.random(rows) >= self.negative
        stars = np.where(positive, random.choice([3, 4, 5], rows, p=[0.1, 0.3, 0.6]), 1)
        stars = np.where(~positive & (random.random(rows) < 0.25), 2, stars)
        facts = {
            "labels": positive,
            "stars": stars,
            "source": random.random(rows) < np.where(positive, 0.3, 0.9),
            "company": random.choice(len(self.companies), rows, p=self.companies),
            "length": random.choice(len(self.lengths), rows, p=self.lengths),
        }
        seen = evidence(random, positive.astype(int))
        for family in FAMILIES:
            facts[f"{family} predictions"] = answers(random, positive.astype(int), seen) >= 0.5
        return facts


def source(random: np.random.Generator, companies: int) -> Source:
    return Source(
        NEGATIVE,
        random.dirichlet(np.full(companies, 0.7)),
        random.dirichlet(np.full(5, 3.0)),
    )


def compared(
    random: np.random.Generator, before: dict[str, np.ndarray], after: dict[str, np.ndarray]
) -> Drift:
    shifts = [shift(what, _texts(before[what]), _texts(after[what])) for what in before]
    right = {
        family: (
            int((after[f"{family} predictions"] == after["labels"]).sum()),
            len(after["stars"]),
        )
        for family in FAMILIES
    }
    words = [tokens(random, len(each["stars"])) for each in (before, after)]
    return drift("upload", len(after["stars"]), shifts, *words, right)


def tokens(random: np.random.Generator, rows: int) -> np.ndarray:
    """Of each text: tokens, and unknown ones; some authors write worse than others."""
    lengths = 1 + random.poisson(random.gamma(1.2, 25, rows))
    return np.column_stack([lengths, random.binomial(lengths, random.beta(1, 30, rows))])


def false_alarms(random: np.random.Generator, uploads: int) -> float:
    """Of uploads of all sizes and numbers of companies, in turn."""
    alarms = []
    for number in range(uploads):
        size, companies = SIZES[number % 6], COMPANIES[number // 6 % 4]
        where = source(random, companies)
        before = where.draw(random, int(random.choice([500, 2_000, 10_000])))
        alarms.append(bool(compared(random, before, where.draw(random, size)).alarming))
    return float(np.mean(alarms))


def power(random: np.random.Generator, uploads: int) -> float:
    found = []
    for number in range(uploads):
        where = source(random, COMPANIES[number % 4])
        angrier = Source(NEGATIVE + 0.1, where.companies, where.lengths)
        seen = compared(random, where.draw(random, 10_000), angrier.draw(random, 500))
        found.append(bool(seen.alarming))
    return float(np.mean(found))


# --- models ---


def evidence(random: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """What any model can see of each review."""
    return DISTANCE * (2 * labels - 1) + random.standard_normal(len(labels))


def answers(
    random: np.random.Generator, labels: np.ndarray, seen: np.ndarray, noise: float = NOISE
) -> np.ndarray:
    """P(positive) of a model that sees the evidence with noise of its own; calibrated."""
    share = labels.mean()
    odds = np.log(share / (1 - share)) if 0 < share < 1 else 0.0
    own = seen + noise * random.standard_normal(len(labels))
    return np.asarray(1 / (1 + np.exp(-(2 * DISTANCE / (1 + noise**2) * own + odds))))


def noise_for(accuracy: float) -> float:
    """With which a model has this share of the rows right, about."""
    return float(max((DISTANCE / NormalDist().inv_cdf(accuracy)) ** 2 - 1, 0) ** 0.5)


@dataclass(frozen=True)
class Rows:
    """The test rows of a run."""

    labels: np.ndarray
    seen: np.ndarray
    groups: dict[str, list[str]]

    @classmethod
    def draw(cls, random: np.random.Generator) -> "Rows":
        labels = (random.random(TEST_ROWS) >= NEGATIVE).astype(int)
        companies = random.choice(20, TEST_ROWS, p=random.dirichlet(np.full(20, 2.0)))
        sources = random.random(TEST_ROWS) < 0.6
        groups = {"company": _texts(companies), "source": _texts(sources)}
        return cls(labels, evidence(random, labels), groups)

    def opponent(self, tag: str, candidate: np.ndarray, earlier: np.ndarray) -> Opponent:
        return Opponent(tag, self.labels, candidate, earlier, self.groups)


def equal_blocked(random: np.random.Generator, runs: int) -> float:
    """In half of them the best version of before is another one, as good as both."""
    blocked = []
    for number in range(runs):
        rows = Rows.draw(random)
        candidate, incumbent, best = (answers(random, rows.labels, rows.seen) for _ in range(3))
        decision = decide(
            measure(rows.labels, candidate),
            WELL_BEHAVED,
            rows.opponent("incumbent", candidate, incumbent),
            rows.opponent("best", candidate, best) if number % 2 else None,
        )
        blocked.append(not decision.promoted)
    return float(np.mean(blocked))


def losses_promoted(random: np.random.Generator, lines: int, runs: int = 20) -> int:
    """Each candidate is a point worse than what serves: the most that any line lets through."""
    return max(_promoted_in_a_line(random, runs) for _ in range(lines))


def _promoted_in_a_line(random: np.random.Generator, runs: int) -> int:
    rows = Rows.draw(random)  # of all runs: a review's side never changes
    accuracy, found = ACCURACY, 0
    incumbent = answers(random, rows.labels, rows.seen)
    best: np.ndarray | None = None
    for _ in range(runs):
        candidate = answers(random, rows.labels, rows.seen, noise_for(accuracy - 0.01))
        against = rows.opponent("incumbent", candidate, incumbent)
        anchor = None if best is None else rows.opponent("best", candidate, best)
        if decide(measure(rows.labels, candidate), WELL_BEHAVED, against, anchor).promoted:
            line = anchor or against
            best = line.earlier if remains_best(line) else None
            incumbent, accuracy, found = candidate, accuracy - 0.01, found + 1
    return found


def default_model_changes(random: np.random.Generator, runs: int) -> float:
    changed = []
    for _ in range(runs):
        rows = Rows.draw(random)
        said = {family: answers(random, rows.labels, rows.seen) for family in FAMILIES}
        changed.append(choose_default(rows.labels, said, "svm") != "svm")
    return float(np.mean(changed))


def _texts(values: np.ndarray) -> list[str]:
    return [str(value) for value in values.tolist()]
