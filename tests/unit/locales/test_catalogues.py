"""Every sentence has its translation, and no translation has outlived its sentence."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment

from infra.translations import ROOT, SPEAKING, current, extracted, untranslated
from satispy.locales.reader import LANGUAGES, SOURCE

OTHERS = sorted(LANGUAGES.keys() - {SOURCE})
#: What no catalogue knows: names, units and codes that are the same everywhere.
UNIVERSAL = {"satispy", "pt", "GBC", "SVM", "ANN", "CSV", "F1", "EN", "FR"}
MARKS = {"_", "N_", "ngettext"}


@pytest.fixture(scope="module")
def messages() -> Catalog:
    return extracted()


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_and_none_is_left_over(
    messages: Catalog, language: str
) -> None:
    catalogue = current(language)
    said = {each.id for each in catalogue if each.id}
    assert {each.id for each in messages if each.id} == said, "make translations"
    assert not catalogue.obsolete
    assert not [each.id for each in catalogue if each.fuzzy and each.id]
    assert untranslated(catalogue) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_holds_the_values_of_its_message(language: str) -> None:
    wrong = {each.id: errors for each in current(language) if (errors := [*each.check()])}
    assert wrong == {}
    for each in current(language):
        strings = [each.string] if isinstance(each.string, str) else each.string
        for string in strings if each.id else ():
            assert _values(string) <= _values(each.id), each.id


def test_no_sentence_stands_outside_the_catalogue() -> None:
    """Letters with accents, and words of templates, that nothing translates."""
    dashboard = ROOT / SPEAKING[0]
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
        yield from _unmarked_strings(ast.parse(file.read_text(encoding="utf-8")))


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


def _unmarked_strings(tree: ast.Module) -> Iterator[str]:
    marked: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            marked |= {id(one) for argument in node.args for one in ast.walk(argument)}
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            marked.add(id(body[0].value))  # a docstring
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in marked
        ) and _is_french(node.value):
            yield node.value


def _is_french(text: str) -> bool:
    words = re.search(r"[^\W\d_]{2,}", text)
    return bool(words and re.search(r"[à-ÿÀ-ÖœŒ’]|\w [:;!?](?: |$)", text))
