"""Every sentence has its translation, and no translation has outlived its sentence."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment

from infra.translations import (
    CLI,
    FRENCH,
    OTHERS,
    ROOT,
    current,
    errors,
    extracted,
    untranslated,
)
from satispy.locales.reader import LANGUAGES

#: What no catalogue knows: names, units and codes that are the same everywhere.
UNIVERSAL = {"satispy", "pt", "GBC", "SVM", "ANN", "CSV", "F1", "EN", "FR"}
MARKS = {"_", "N_", "ngettext", "Sentence", *errors()}
#: In the command line's strings: what a person types, what is stored or a program reads, styles.
NOT_SAID = (
    r"satispy [a-z]|export SATISPY_|source \.venv|unset |--column comment|^bold |by hand$"
    r"|^reviews, dataset version|^typing errors$"
)


@pytest.fixture(scope="module", params=sorted(LANGUAGES))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def messages(language: str) -> Catalog:
    return extracted(language)


def test_every_message_is_translated_and_none_is_left_over(
    messages: Catalog, language: str
) -> None:
    catalogue = current(language)
    said = {each.id for each in catalogue if each.id}
    assert {each.id for each in messages if each.id} == said, "make translations"
    assert not catalogue.obsolete
    assert not [each.id for each in catalogue if each.fuzzy and each.id]
    assert untranslated(catalogue) == []


def test_a_translation_holds_the_values_of_its_message(language: str) -> None:
    wrong = {each.id: errors_of for each in current(language) if (errors_of := [*each.check()])}
    assert wrong == {}
    for each in current(language):
        strings = [each.string] if isinstance(each.string, str) else each.string
        for string in strings if each.id else ():
            assert _values(string) <= _values(each.id), each.id


def test_english_has_no_space_before_a_colon() -> None:
    spaced = re.compile(r"\s(?:<[^>]*>)?:")
    strings = [each.string for each in current("en") if each.id]
    flat = [text for each in strings for text in ([each] if isinstance(each, str) else each)]
    assert [text for text in flat if spaced.search(text)] == []


def test_no_message_means_one_thing_in_french_and_another_in_english() -> None:
    """Each catalogue holds what is written in the other language, and nothing of its own."""
    french, english = (
        {each.id: each.string for each in current(language) if each.id} for language in ("fr", "en")
    )
    assert {
        id for id in french.keys() & english.keys() if {french[id], english[id]} != {id}
    } == set()


def test_an_error_says_a_message_and_values() -> None:
    """An f-string would be English to whoever reads it, whatever the catalogue holds."""
    names = {"Sentence", *errors()}
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for folder in OTHERS
        for file in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in names
        and node.args
        and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert found == []


def test_no_sentence_of_the_command_line_stands_outside_the_catalogue() -> None:
    """Two words in a row that nothing translates, be it a template of an f-string."""
    found = {
        file.name: words
        for file in sorted(CLI.glob("*.py"))
        if (words := [*_unmarked_strings(ast.parse(file.read_text("utf-8")), _is_english)])
    }
    assert found == {}


def test_no_message_hides_within_an_f_string() -> None:
    """What reads the sources for messages does not look there."""
    found = [
        f"{file.name}:{node.lineno}"
        for folder in OTHERS
        for file in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Name)
        and inner.func.id in ("_", "ngettext")
    ]
    assert found == []


def test_the_app_has_no_sentence_outside_the_catalogue() -> None:
    """Letters with accents, and words of templates, that nothing translates."""
    dashboard = ROOT / FRENCH[0]
    found = {
        str(file.relative_to(dashboard)): words
        for file in sorted(dashboard.rglob("*"))
        if (words := [*_unmarked(file)])
    }
    assert found == {}


def _values(text: str | tuple[str, ...]) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text if isinstance(text, str) else " ".join(text)))


def _unmarked(file: Path) -> Iterator[str]:
    if file.suffix == ".html":
        yield from _unmarked_words(file.read_text(encoding="utf-8"))
    elif file.suffix == ".py":
        yield from _unmarked_strings(ast.parse(file.read_text(encoding="utf-8")), _is_french)


def _unmarked_words(template: str) -> Iterator[str]:
    """What a visitor reads of the markup, its attributes included, and of its expressions."""
    template = re.sub(
        r"\{%-?\s*trans.*?endtrans\s*-?%\}|<script>.*?</script>", "", template, flags=re.S
    )
    env = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    markup = "".join(
        value if kind == "data" else " "
        for _, kind, value in env.lex(template)
        if kind in ("data", "variable_begin", "block_begin")
    )
    said = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', markup)
    text = re.sub(r"<code>.*?</code>|<style>.*?</style>", "", markup, flags=re.S)
    for piece in [*said, *re.sub(r"<[^>]*>", "\n", text).split("\n")]:
        words = re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", "", piece))
        if set(words) - UNIVERSAL:
            yield piece.strip()
    marked = re.sub(r'\b(?:_|ngettext)\((?:\s*"[^"]*"\s*,?)+', "", template)
    for string in re.findall(r'"([^"<>{}]*)"', " ".join(re.findall(r"\{[{%].*?[}%]\}", marked))):
        if _is_french(string):
            yield string


def _unmarked_strings(tree: ast.Module, is_said: Callable[[str], bool]) -> Iterator[str]:
    marked: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            marked |= {id(one) for argument in node.args for one in ast.walk(argument)}
        if isinstance(node, ast.keyword) and node.arg in ("help", "why", "reason"):
            marked.add(id(node.value))
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            marked.add(id(body[0].value))  # a docstring
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in marked
        ) and is_said(node.value):
            yield node.value


def _is_english(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2,} [a-z]{2,}", text)) and not re.search(NOT_SAID, text)


def _is_french(text: str) -> bool:
    words = re.search(r"[^\W\d_]{2,}", text)
    return bool(words and re.search(r"[à-ÿÀ-ÖœŒ’]|\w [:;!?](?: |$)", text))
