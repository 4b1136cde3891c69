"""Sentences for people as facts: a message in English and the values in it.

Whoever finds something out says it so. Logs and programs get the English (`str`); where somebody
reads it, `satispy.locales.messages.told` puts it into the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


class Count(int):
    """A number of things, which is written in groups of three as the reader does."""

    def __str__(self) -> str:
        return f"{int(self):,}"


class Amount(float):
    """A quantity with one digit behind the point, which is the reader's own."""

    def __str__(self) -> str:
        return f"{float(self):,.1f}"


@dataclass(frozen=True, init=False)
class Sentence:
    """values: for `%(…)s` in the message, which is taken as it is where there are none; a
    datetime, a Count, an Amount and another Sentence are written as the reader does."""

    message: str
    values: Mapping[str, object]

    def __init__(self, message: str, /, **values: object) -> None:
        object.__setattr__(self, "message", message)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        if not self.values:
            return self.message
        return self.message % {name: _in_english(value) for name, value in self.values.items()}


def N_(message: str) -> str:  # noqa: N802  the name that extractors know
    """A message that is translated where it is shown: on import nobody reads yet."""
    return message


def paragraphs(text: str) -> str:
    """The text without the line ends of the code that holds it."""
    return "\n\n".join(" ".join(each.split()) for each in text.split("\n\n"))


def _in_english(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return value
