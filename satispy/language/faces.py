"""Faces made of marks, and the brackets that look like them."""

import re
from collections import deque
from typing import Final

SMILE: Final = "🙂"
FROWN: Final = "🙁"

#: « :D » is one in capitals only, and not of « :D'abord ».
_LAUGH = re.compile(r"[:;=]-?D(?![\w'’])")
_MARK = re.compile(r"(?P<eyes>[:;=](?P<gap>\s?)['’]?(?P<nose>-?)\s?)?(?P<mouth>[()])")


def with_faces(text: str) -> str:
    """The text with each face as one emoji.

    A mouth that opens or closes a bracket is none: « Points forts : (prix, délais) »,
    « (rapide ; soigné ;) ».
    """
    if not (":" in text or ";" in text or "=" in text):
        return text
    if "D" in text:
        text = _LAUGH.sub(SMILE, text)
    if not ("(" in text or ")" in text):
        return text
    marks = [*_MARK.finditer(text)]
    brackets = _brackets(text, marks)
    parts, at = [], 0
    for number, mark in enumerate(marks):
        if mark["eyes"] and number not in brackets:
            parts += [text[at : mark.start()], SMILE if mark["mouth"] == ")" else FROWN]
            at = mark.end()
    return "".join(parts) + text[at:]


def _brackets(text: str, marks: list[re.Match[str]]) -> set[int]:
    """Which of the marks are brackets: those without eyes, and those that pair with one."""
    found: set[int] = set()
    sure: list[int] = []  # open brackets, and mouths that stand before a word like one
    loose: list[int] = []  # other open mouths
    for number, mark in enumerate(marks):
        before_word = text[mark.end() : mark.end() + 1].isalnum()
        if mark["mouth"] == "(":
            if not mark["eyes"] or before_word:
                sure.append(number)
            else:
                loose.append(number)
            if before_word and mark["gap"]:
                found.add(number)
        elif not mark["eyes"] and (sure or loose):
            found.add((sure or loose).pop())
    # What is still open is closed by the next mouth without a nose: « ;) ».
    still_open = deque(at for at in sure if not marks[at]["eyes"] and at not in found)
    for number, mark in enumerate(marks):
        closes = mark["mouth"] == ")" and mark["eyes"] and not mark["nose"]
        if closes and still_open and still_open[0] < number:
            still_open.popleft()
            found.add(number)
    return found
