"""What was found out, told to whoever reads: sentences and errors in the reader's language."""

from datetime import datetime
from typing import Protocol

from satispy.locales import formats
from satispy.locales.messages import translated
from satispy.sentence import Amount, Count, Sentence


class Says(Protocol):
    """What has a sentence for people: an error, for instance."""

    @property
    def sentence(self) -> Sentence: ...


def told(said: Sentence | Says) -> str:
    """The sentence with its values as the reader writes them."""
    sentence = said if isinstance(said, Sentence) else said.sentence
    message = translated(sentence.message)
    if not sentence.values:
        return message
    return message % {name: _written(value) for name, value in sentence.values.items()}


def _written(value: object) -> object:
    if isinstance(value, Count):
        return formats.count(int(value))
    if isinstance(value, Amount):
        return formats.decimal(float(value), 1)
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, Sentence):
        return told(value)
    if isinstance(sentence := getattr(value, "sentence", None), Sentence):
        return told(sentence)
    return value
