"""What is promoted, and what is not."""

import numpy as np

from satispy.promotion.behaviour import REQUIRED
from satispy.promotion.decide import Opponent, choose_default, decide
from satispy.reports.metrics import measure
from satispy.reports.schema import (
    BelowRequirement,
    Decision,
    FirstOfFamily,
    KnownAnswers,
    LessSure,
    LossesAddUp,
    Misbehaved,
    NotWorse,
    TooFewRows,
    Unloadable,
    Worse,
    WorseOnParts,
)

ROWS = 1_000
LABELS = (np.arange(ROWS) % 3 > 0).astype(int)
WELL_BEHAVED = dict.fromkeys(REQUIRED, 1.0)


def answers(wrong: np.ndarray) -> np.ndarray:
    return np.where(wrong, 1 - LABELS, LABELS) * 0.8 + 0.1


def every(step: int) -> np.ndarray:
    """P(positive) of a model that errs on each row whose number is divisible by `step`."""
    return answers(np.arange(ROWS) % step == 0)


def rival(candidate: np.ndarray, earlier: np.ndarray, tag: str = "satispy-gbc:old") -> Opponent:
    source = ["TrustPilot" if row < 500 else "TrustedShop" for row in range(ROWS)]
    return Opponent(tag, LABELS, candidate, earlier, {"source": source})


def test_the_first_of_a_family_is_promoted() -> None:
    decision = decide(measure(LABELS, every(3)), WELL_BEHAVED, None)
    assert (decision.promoted, decision.why) == (True, FirstOfFamily())
    assert decision.reason == "the first of its family"


def test_a_candidate_as_good_as_the_incumbent_is_promoted() -> None:
    candidate = every(11)
    decision = decide(measure(LABELS, candidate), WELL_BEHAVED, rival(candidate, every(10)))
    assert (decision.promoted, decision.why) == (True, NotWorse())
    assert decision.reason == "meets the requirement and is not worse than satispy-gbc:old"


def test_a_candidate_that_misses_the_requirement_is_not() -> None:
    candidate = every(3)
    decision = decide(measure(LABELS, candidate), WELL_BEHAVED, rival(candidate, every(2)))
    assert (decision.promoted, decision.reason) == (False, "misses the requirement")
    scores = measure(LABELS, candidate)
    missed = {"accuracy": scores.accuracy, "f1_0": scores.f1_0, "f1_1": scores.f1_1}
    assert decision.why == BelowRequirement(missed={k: v for k, v in missed.items() if v <= 0.8})


def test_a_candidate_worse_beyond_noise_is_not() -> None:
    candidate = every(8)
    decision = decide(measure(LABELS, candidate), WELL_BEHAVED, rival(candidate, every(50)))
    assert not decision.promoted
    assert decision.reason == "worse than satispy-gbc:old beyond noise: accuracy, f1_0, f1_1"
    assert decision.gain["accuracy"].high < 0
    assert decision.why == Worse(gain=decision.gain)


def test_a_gain_that_hides_a_loss_on_one_source_is_not() -> None:
    number = np.arange(ROWS)
    candidate = answers((number < 500) & (number % 6 == 0))
    production = answers((number >= 500) & (number % 5 == 0))
    decision = decide(measure(LABELS, candidate), WELL_BEHAVED, rival(candidate, production))
    assert not decision.promoted
    assert decision.worse_slices == ["source TrustPilot"]
    assert decision.reason == "worse than satispy-gbc:old beyond noise on source TrustPilot"
    assert isinstance(decision.why, WorseOnParts)
    (part,) = decision.why.parts
    assert (part.by, part.value, part.rows) == ("source", "TrustPilot", 500)
    assert part.gain.high < 0


def test_a_candidate_that_fails_the_behavioural_suite_is_not() -> None:
    candidate = every(20)
    rude = WELL_BEHAVED | {"case": 0.9}
    decision = decide(measure(LABELS, candidate), rude, rival(candidate, every(10)))
    assert decision.reason == "fails the behavioural suite: case"
    assert decision.why == Misbehaved(failed=[KnownAnswers(kind="case", right=0.9, required=1.0)])


def test_an_incumbent_that_cannot_be_loaded_makes_way() -> None:
    decision = decide(measure(LABELS, every(3)), WELL_BEHAVED, None, unloadable="satispy-gbc:old")
    assert (decision.promoted, decision.why) == (True, Unloadable())
    assert decision.against == "satispy-gbc:old"


def test_probabilities_that_got_worse_count_though_the_answers_are_the_same() -> None:
    incumbent = every(10)
    candidate = np.where(incumbent > 0.5, 0.6, 0.4)
    decision = decide(measure(LABELS, candidate), WELL_BEHAVED, rival(candidate, incumbent))
    assert isinstance(decision.why, LessSure)
    assert 0 < decision.why.loss.low < decision.why.loss.high


def test_losses_within_noise_do_not_add_up() -> None:
    candidate, incumbent, best = every(10), every(11), every(16)
    decision = decide(
        measure(LABELS, candidate),
        WELL_BEHAVED,
        rival(candidate, incumbent),
        rival(candidate, best, "satispy-gbc:best"),
    )
    assert not decision.promoted
    assert isinstance(decision.why, LossesAddUp)
    assert decision.why.best == "satispy-gbc:best"
    assert decision.against == "satispy-gbc:old"


def test_where_rows_are_too_few_to_tell_a_candidate_has_to_be_measured_as_good() -> None:
    few = slice(0, 60)
    blank: dict[str, list[str]] = {}

    def judged(candidate: np.ndarray, incumbent: np.ndarray) -> Decision:
        opponent = Opponent("old", LABELS[few], candidate[few], incumbent[few], blank)
        return decide(measure(LABELS, candidate), WELL_BEHAVED, opponent)

    assert judged(every(10), every(10)).promoted
    assert judged(every(12), every(10)).promoted
    decision = judged(every(10), every(30))
    assert not decision.promoted
    assert decision.why == TooFewRows(least=200, lost=4, won=0)


def test_another_family_becomes_the_default_only_beyond_noise() -> None:
    said = {"gbc": every(10), "svm": every(11), "ann": every(30)}
    assert choose_default(LABELS, {"gbc": said["gbc"], "svm": said["svm"]}, "gbc") == "gbc"
    assert choose_default(LABELS, said, "gbc") == "ann"
    assert choose_default(LABELS, said, None) == "ann"
    assert choose_default(LABELS, {}, "gbc") == "gbc"


def test_what_was_decided_is_read_from_json_as_it_was_written() -> None:
    candidate = every(8)
    decision = decide(measure(LABELS, candidate), WELL_BEHAVED, rival(candidate, every(50)))
    assert Decision.model_validate_json(decision.model_dump_json()) == decision


def test_a_decision_of_before_has_its_english_words_only() -> None:
    decision = Decision.model_validate({"promoted": False, "reason": "misses the requirement"})
    assert decision.why is None
