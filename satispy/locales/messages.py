"""Sentences in the reader's language.

A message is the sentence in the code: French where the app speaks, English elsewhere. Each language
has a catalogue of those that are written in the other; `make translations` finds what stands in
`_(…)`, `N_(…)`, `ngettext(…)`, `Sentence(…)` and in errors, and what stands in the templates.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

from satispy.locales.reader import reader
from satispy.sentence import N_ as N_


def translated(message: str) -> str:
    """The message in the reader's language, with its `%(…)s` as they are."""
    return _catalogue(reader().language).ugettext(message) if message else ""


def translated_plural(one: str, many: str, number: int) -> str:
    language = reader().language
    found = _catalogue(language).ungettext(one, many, number)
    if found not in (one, many):
        return found
    return one if Locale(language).plural_form(number) == "one" else many


def _(message: str, **values: object) -> str:
    """values: for `%(…)s` in the message; a per cent sign of its own is written `%%`."""
    return translated(message) % values


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """values: as for `_`; `%(num)s` is the number, in the reader's figures."""
    figures = format_decimal(number, locale=reader().locale)
    return translated_plural(one, many, number) % {"num": figures, **values}


class Names(Mapping[str, str]):
    """What codes are called, in the reader's language: `Names({"ok": N_("Tout va bien")})`."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._messages = messages

    def __getitem__(self, code: str) -> str:
        return translated(self._messages[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._messages)

    def __len__(self) -> int:
        return len(self._messages)


def by_label(names: Names) -> dict[str, str]:
    """What a choice offers: the name in the reader's language → the code."""
    return {name: code for code, name in names.items()}


def catalogue_file(language: str) -> Path:
    return Path(__file__).with_name(f"{language}.po")


@cache
def _catalogue(language: str) -> Translations:
    """Compiled in memory, once: some hundredths of a second, and no file to be made or shipped."""
    with catalogue_file(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
