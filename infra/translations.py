"""`make translations`: bring the catalogues up to the messages that code and templates hold.

A new message is left without translation, to be written by hand; one that is gone is dropped. The
catalogues are sorted and name no lines, so that two who add messages seldom meet.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from satispy.locales.messages import catalogue_file
from satispy.locales.reader import LANGUAGES, SOURCE

ROOT = Path(__file__).resolve().parent.parent
#: Folders whose people read more than one language.
SPEAKING = ("satispy/dashboard", "satispy/locales", "satispy/cli")
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true",
            "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}  # fmt: skip


def extracted() -> Catalog:
    """Every message, with the French it is written in."""
    found = Catalog(charset="utf-8")
    for folder in SPEAKING:
        for _file, _line, message, comments, context in extract_from_dir(
            ROOT / folder, _METHODS, _OPTIONS, comment_tags=("L10n:",), strip_comment_tags=True
        ):
            found.add(message, auto_comments=comments, context=context)
    return found


def current(language: str) -> Catalog:
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


def main() -> int:
    """How many messages have no translation, as the exit status says too."""
    missing = 0
    for language in LANGUAGES.keys() - {SOURCE}:
        catalogue = current(language)
        catalogue.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
        with catalogue_file(language).open("wb") as file:
            write_po(
                file, catalogue, width=100, no_location=True, omit_header=True,
                sort_output=True, ignore_obsolete=True,
            )  # fmt: skip
        empty = untranslated(catalogue)
        missing += len(empty)
        for each in empty:
            sys.stderr.write(f"{catalogue_file(language).name}: {each!r} has no translation\n")
    return min(missing, 1)


def untranslated(catalogue: Catalog) -> list[str]:
    return [str(each.id) for each in catalogue if each.id and not _is_whole(each.string)]


def _is_whole(string: str | Sequence[str] | None) -> bool:
    return bool(string) and all([string] if isinstance(string, str) else string or ())


if __name__ == "__main__":
    sys.exit(main())
