"""What is promoted, and what is not."""

import numpy as np

from satispy.reports.metrics import measure
from satispy.retraining.behaviour import REQUIRED
from satispy.retraining.decide import Rival, decide

ROWS = 1_000
LABELS = (np.arange(ROWS) % 3 > 0).astype(int)
WELL_BEHAVED = dict.fromkeys(REQUIRED, 1.0)


def answers(wrong: np.ndarray) -> np.ndarray:
    return np.where(wrong, 1 - LABELS, LABELS) * 0.8 + 0.1


def every(step: int) -> np.ndarray:
    """P(positive) of a model that errs on each row whose number is divisible by `step`."""
    return answers(np.arange(ROWS) % step == 0)


def rival(candidate: np.ndarray, production: np.ndarray) -> Rival:
    source = ["TrustPilot" if row < 500 else "TrustedShop" for row in range(ROWS)]
    return Rival("satispy-gbc:old", LABELS, candidate, production, {"source": source})


def test_the_first_of_a_family_is_promoted() -> None:
    assert decide(measure(LABELS, every(3)), WELL_BEHAVED, None).promoted


def test_a_candidate_as_good_as_production_is_promoted() -> None:
    candidate = every(11)
    assert decide(measure(LABELS, candidate), WELL_BEHAVED, rival(candidate, every(10))).promoted


def test_a_candidate_that_misses_the_requirement_is_not() -> None:
    candidate = every(3)
    decision = decide(measure(LABELS, candidate), WELL_BEHAVED, rival(candidate, every(2)))
    assert (decision.promoted, decision.reason) == (False, "misses the requirement")


def test_a_candidate_worse_beyond_noise_is_not() -> None:
    candidate = every(8)
    decision = decide(measure(LABELS, candidate), WELL_BEHAVED, rival(candidate, every(50)))
    assert not decision.promoted
    assert "worse than satispy-gbc:old" in decision.reason
    assert decision.gain["accuracy"].high < 0


def test_a_gain_that_hides_a_loss_on_one_source_is_not() -> None:
    number = np.arange(ROWS)
    candidate = answers((number < 500) & (number % 6 == 0))
    production = answers((number >= 500) & (number % 5 == 0))
    decision = decide(measure(LABELS, candidate), WELL_BEHAVED, rival(candidate, production))
    assert not decision.promoted
    assert decision.worse_slices == ["source TrustPilot"]


def test_a_candidate_that_fails_the_behavioural_suite_is_not() -> None:
    candidate = every(20)
    rude = WELL_BEHAVED | {"case": 0.9}
    decision = decide(measure(LABELS, candidate), rude, rival(candidate, every(10)))
    assert decision.reason == "fails the behavioural suite: case"
