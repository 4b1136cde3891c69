"""Who reads: of one session or request, never of the process, which many share."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale

#: Messages are written in it; the others have a catalogue, `<language>.po`.
SOURCE = "fr"
#: As each names itself.
LANGUAGES = {SOURCE: "Français", "en": "English"}
#: How each writes numbers and dates. Those who read English here live in Europe: the day comes
#: first, and the clock has 24 hours.
_HABITS = {SOURCE: "fr_FR", "en": "en_GB"}


@dataclass(frozen=True)
class Reader:
    language: str = SOURCE
    timezone: str = "Europe/Paris"

    @property
    def locale(self) -> Locale:
        return _locale(self.language)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_HABITS[language])


_NOBODY = Reader()
_reader = ContextVar("reader", default=_NOBODY)


def reader() -> Reader:
    """Whoever what runs now answers to."""
    return _reader.get()


def answer_to(reader: Reader) -> None:
    """For the rest of this task, and for what it starts."""
    _reader.set(reader)


@contextmanager
def answering(reader: Reader) -> Iterator[None]:
    token = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(token)


def of_terminal(said: str) -> str:
    """Of SATISPY_LANG, LC_ALL or LANG (`fr_FR.UTF-8`); English where none says French."""
    return SOURCE if said.partition("_")[0].partition(".")[0].lower() == SOURCE else "en"


def preferred(chosen: str, remembered: str, accepted: str) -> str:
    """One of LANGUAGES. accepted: an Accept-Language header (RFC 9110, 12.5.4), or empty."""
    for language in (chosen, remembered):
        if language in LANGUAGES:
            return language
    weighted = []
    for each in accepted.split(","):
        tag, _, weight = each.partition(";q=")
        try:
            weighted.append((float(weight or 1), tag.strip()))
        except ValueError:  # no weight: whoever sends it means nothing that can be known
            continue
    tags = [tag for weight, tag in sorted(weighted, key=lambda one: -one[0]) if weight > 0]
    return negotiate_locale(tags, [*LANGUAGES], sep="-") or SOURCE
