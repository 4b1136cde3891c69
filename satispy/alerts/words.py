"""What an alert says to people: its cause and the next step, in English."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from pydantic.types import JsonValue

from satispy.alerts.facts import Code, Condition

Facts = Mapping[str, JsonValue]


class Words(NamedTuple):
    cause: str
    next_step: str


def words(alert: Condition) -> Words:
    return _WORDS[alert.code](alert.subject, alert.facts)


def _requirement_missed(family: str, facts: Facts) -> Words:
    missed = facts.get("missed")
    scores = missed.items() if isinstance(missed, dict) else ()
    told = ", ".join(f"{name} {value:.1%}" for name, value in scores if isinstance(value, float))
    return Words(
        f"{family.upper()} of {facts.get('run')} misses the requirement of 80 %: {told}",
        "look at the run's blind spots and drift; what served before goes on unless the new one"
        " is better",
    )


def _drift(_: str, facts: Facts) -> Words:
    drifted = facts.get("drifted")
    what = ", ".join(map(str, drifted)) if isinstance(drifted, list) else ""
    return Words(
        f"the reviews of {facts.get('upload')} are unlike those before: {what}",
        "was it the right file, with the right columns? satispy reviews restore takes it back",
    )


def _incident(_: str, facts: Facts) -> Words:
    return Words(
        f"{facts.get('company')} ({facts.get('source')}): complaints of {facts.get('aspect')} are"
        f" beyond chance, {facts.get('complaints')} in {facts.get('reviews')} reviews",
        "satispy why, or the page Pourquoi, shows what they say",
    )


def _failed(_: str, facts: Facts) -> Words:
    return Words(
        f"the retrain {facts.get('run')} failed; the models before it go on serving",
        "satispy logs functions tells why; mend it, then satispy retrain",
    )


def _stuck(_: str, facts: Facts) -> Words:
    return Words(
        f"the retrain {facts.get('run')} was started and is heard of no more",
        "satispy status and satispy logs functions; a later retrain takes the turn by itself",
    )


def _dead_letters(_: str, facts: Facts) -> Words:
    return Words(
        "an upload failed again and again and is among the dead letters",
        "satispy logs functions tells why; mend it, then satispy reviews replay",
    )


def _old(family: str, facts: Facts) -> Words:
    return Words(
        f"{facts.get('tag')} has served {family} for more than {facts.get('days')} days",
        "are there new reviews? satispy retrain; else raise SATISPY_OLD_MODEL_DAYS",
    )


def _test(_: str, facts: Facts) -> Words:
    return Words("this is a test: alerts of satispy reach you", "nothing is to be done")


_WORDS: Final[Mapping[Code, Callable[[str, Facts], Words]]] = {
    Code.REQUIREMENT_MISSED: _requirement_missed,
    Code.DRIFT: _drift,
    Code.INCIDENT: _incident,
    Code.RETRAIN_FAILED: _failed,
    Code.RETRAIN_STUCK: _stuck,
    Code.DEAD_LETTERS: _dead_letters,
    Code.OLD_MODEL: _old,
    Code.TEST: _test,
}
