"""How many sentences of each form, and the balance between praise and blame."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from satispy.language import TextPipeline
from satispy.primer.forms import FORMS, Speaker
from satispy.primer.lexicon import ASPECTS, aspect

#: Sentences of each polarity, for each aspect. Words, verdicts, idioms, denied verbs are of one
#: aspect, « general »; irony is of three.
QUOTAS = {
    "word": 600,
    "verdict": 1_000,
    "clause": 100,
    "combination": 150,
    "noun phrase": 45,
    "intensifier": 25,
    "denied adjective": 30,
    "denied noun": 35,
    "denied verb": 320,
    "idiom": 70,
    "irony": 60,
    "contrast": 25,
    "enumeration": 35,
    "dressed": 30,
    "emoji": 20,
    "bare accents": 20,
    "typo": 45,
    "jargon": 10,
}
#: Draws for one more sentence before a form is taken for exhausted.
_PATIENCE = 60
_SEED = 2026


@dataclass(frozen=True)
class Sentence:
    text: str
    #: 0 negative, 1 positive, of the whole.
    label: int
    #: The form: one of QUOTAS.
    kind: str
    aspect: str


def write() -> Sequence[Sentence]:
    """Every sentence; one that both polarities could say is neither's."""
    plain = TextPipeline().normalise
    kept: dict[str, Sentence] = {}
    claimed: dict[str, int] = {}
    for sentence in _drawn():
        text = plain(sentence.text)
        if claimed.setdefault(text, sentence.label) != sentence.label:
            kept.pop(text, None)
        else:
            kept.setdefault(text, sentence)
    return tuple(kept.values())


def _drawn() -> Iterator[Sentence]:
    speaker = Speaker(_SEED)
    for kind, form in FORMS.items():
        for name in ASPECTS:
            for label in (0, 1):
                found: dict[str, None] = {}
                misses = 0
                quota = QUOTAS[kind]
                if kind == "clause":  # each of the lexicon's, at least once
                    quota = max(quota, len(aspect(name).clauses.of(label)))
                while len(found) < quota and misses < _PATIENCE:
                    text = form(speaker, aspect(name), label)
                    misses = 0 if text and text not in found else misses + 1
                    if text:
                        found[text] = None
                yield from (Sentence(text, label, kind, name) for text in found)
