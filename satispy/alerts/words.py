"""What an alert says to people: its cause and the next step."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from pydantic.types import JsonValue

from satispy.alerts.facts import Code, Condition
from satispy.sentence import Sentence

Facts = Mapping[str, JsonValue]


class Words(NamedTuple):
    cause: Sentence
    next_step: Sentence

    def in_english(self) -> tuple[str, str]:
        """For channels, which nobody has given a language."""
        return str(self.cause), str(self.next_step)


def words(alert: Condition) -> Words:
    return _WORDS[alert.code](alert.subject, alert.facts)


def _requirement_missed(family: str, facts: Facts) -> Words:
    missed = facts.get("missed")
    scores = missed.items() if isinstance(missed, dict) else ()
    told = ", ".join(f"{name} {value:.1%}" for name, value in scores if isinstance(value, float))
    return Words(
        Sentence(
            "%(family)s of %(run)s misses the requirement of 80 %%: %(metrics)s",
            family=family.upper(),
            run=facts.get("run"),
            metrics=told,
        ),
        Sentence(
            "look at the run's blind spots and drift; what served before goes on unless the new one"
            " is better"
        ),
    )


def _drift(_: str, facts: Facts) -> Words:
    drifted = facts.get("drifted")
    what = ", ".join(map(str, drifted)) if isinstance(drifted, list) else ""
    return Words(
        Sentence(
            "the reviews of %(upload)s are unlike those before: %(what)s",
            upload=facts.get("upload"),
            what=what,
        ),
        Sentence(
            "was it the right file, with the right columns? satispy reviews restore takes it back"
        ),
    )


def _incident(_: str, facts: Facts) -> Words:
    return Words(
        Sentence(
            "%(company)s (%(source)s): complaints of %(aspect)s are beyond chance, %(complaints)s"
            " in %(reviews)s reviews",
            company=facts.get("company"),
            source=facts.get("source"),
            aspect=facts.get("aspect"),
            complaints=facts.get("complaints"),
            reviews=facts.get("reviews"),
        ),
        Sentence("satispy why, or the page Pourquoi, shows what they say"),
    )


def _failed(_: str, facts: Facts) -> Words:
    return Words(
        Sentence(
            "the retrain %(run)s failed; the models before it go on serving", run=facts.get("run")
        ),
        Sentence("satispy logs functions tells why; mend it, then satispy retrain"),
    )


def _stuck(_: str, facts: Facts) -> Words:
    return Words(
        Sentence("the retrain %(run)s was started and is heard of no more", run=facts.get("run")),
        Sentence(
            "satispy status and satispy logs functions; a later retrain takes the turn by itself"
        ),
    )


def _dead_letters(_: str, facts: Facts) -> Words:
    return Words(
        Sentence("an upload failed again and again and is among the dead letters"),
        Sentence("satispy logs functions tells why; mend it, then satispy reviews replay"),
    )


def _old(family: str, facts: Facts) -> Words:
    return Words(
        Sentence(
            "%(tag)s has served %(family)s for more than %(days)s days",
            tag=facts.get("tag"),
            family=family,
            days=facts.get("days"),
        ),
        Sentence("are there new reviews? satispy retrain; else raise SATISPY_OLD_MODEL_DAYS"),
    )


def _test(_: str, facts: Facts) -> Words:
    return Words(
        Sentence("this is a test: alerts of satispy reach you"), Sentence("nothing is to be done")
    )


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
