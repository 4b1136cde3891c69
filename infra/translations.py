"""`make translations`: bring the catalogues up to the messages that code and templates hold.

A new message is left without translation, to be written by hand; one that is gone is dropped. The
catalogues are sorted and name no lines, so that two who add messages seldom meet.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from satispy.locales.messages import catalogue_file
from satispy.locales.reader import LANGUAGES, SOURCE
from satispy.sentence import paragraphs

ROOT = Path(__file__).resolve().parent.parent
#: Folders whose sentences are French; those of the others are English.
FRENCH = ("satispy/dashboard", "satispy/locales")
OTHERS = ("satispy", "infra", "functions", "bentos")
CLI = ROOT / "satispy" / "cli"
#: Errors that are raised with a code, and write their message themselves.
CODED = {"Unsuitable"}
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true",
            "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}  # fmt: skip
Keywords = Mapping[str, Any]


def extracted(language: str) -> Catalog:
    """Every message that the catalogue of this language translates: those written in another."""
    found = Catalog(charset="utf-8")
    if language != SOURCE:
        for folder in FRENCH:
            _add(found, folder, DEFAULT_KEYWORDS)
        return found
    facts: Keywords = dict.fromkeys(("Sentence", *errors()))
    for folder in OTHERS:
        _add(found, folder, {**DEFAULT_KEYWORDS, **facts}, but=FRENCH)
    for folder in FRENCH:
        _add(found, folder, facts)
    for said in helps():
        found.add(said)
    return found


def _add(found: Catalog, folder: str, keywords: Keywords, but: Sequence[str] = ()) -> None:
    def is_ours(path: str) -> bool:
        return str(Path(path).relative_to(ROOT)) not in but

    for _file, _line, message, comments, context in extract_from_dir(
        ROOT / folder, _METHODS, _OPTIONS, keywords, comment_tags=("L10n:",),
        strip_comment_tags=True, directory_filter=is_ours,
    ):  # fmt: skip
        found.add(message, auto_comments=comments, context=context)


def errors() -> set[str]:
    """The names of our errors, whose messages are English wherever they are raised."""
    sources = (
        file.read_text("utf-8") for folder in OTHERS for file in (ROOT / folder).rglob("*.py")
    )
    below = [
        pair for source in sources for pair in re.findall(r"^class (\w+)\((\w+)\)", source, re.M)
    ]
    found = {"SatispyError"}
    while fresh := {name for name, above in below if above in found} - found:
        found |= fresh
    return found - CODED


def helps() -> Iterator[str]:
    """What `satispy --help` says: of each command its docstring, of each option its `help`."""
    trees = [ast.parse(file.read_text("utf-8")) for file in sorted(CLI.glob("*.py"))]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    named = {name for node in nodes for name in _registered(node)}
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            if node.name in named or any(map(_registers, node.decorator_list)):
                yield paragraphs(ast.get_docstring(node) or "")
        elif isinstance(node, ast.keyword) and node.arg == "help":
            yield str(ast.literal_eval(node.value))


def _registered(node: ast.AST) -> Iterator[str]:
    """`app.command("list")(show_all)` and `commands = {"why": why}` make commands of functions."""
    match node:
        case ast.Call(func=function, args=[ast.Name(id=name)]) if _registers(function):
            yield name
        case ast.Assign(targets=[ast.Name(id="commands")], value=ast.Dict(values=values)):
            yield from (each.id for each in values if isinstance(each, ast.Name))


def _registers(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="app"), attr="command")):
            return True
    return False


def current(language: str) -> Catalog:
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


def main() -> int:
    """How many messages have no translation, as the exit status says too."""
    missing = 0
    for language in sorted(LANGUAGES):
        catalogue = current(language)
        catalogue.update(extracted(language), no_fuzzy_matching=True, update_creation_date=False)
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
