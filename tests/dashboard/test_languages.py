"""Every page in English holds no French of ours; without a browser."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import panel as pn
import pytest
from signed_in import ADMIN
from test_why_page import SNAPSHOT

from infra.translations import current
from satispy.dashboard import session as app
from satispy.dashboard.addresses import PAGES
from satispy.dashboard.render import render
from satispy.locales.reader import Reader, answering

DOOR = {
    "door_login.html": {"name": "", "next": "", "fault": "wrong", "wait": 0},
    "door_first.html": {"name": "", "code": "c", "fault": "short", "least": 12},
    "door_error.html": {"status": 500},
    "door_unreachable.html": {"detail": "…"},
}


def french() -> list[str]:
    """The longest piece between two values of each message that is another one in English.

    Not its lone words in small letters: customers write them, in the examples too.
    """
    found = []
    for each in current("en"):
        for message, translation in zip(_strings(each.id), _strings(each.string), strict=False):
            piece = max(re.split(r"%\(\w+\)s|<[^>]*>", message), key=len).strip()
            lone = piece.islower() and " " not in piece
            if len(piece) >= 6 and not lone and piece.lower() not in translation.lower():
                found.append(piece.replace("%%", "%"))
    return found


def _strings(of: Any) -> tuple[str, ...]:
    return (of,) if isinstance(of, str) else tuple(of)


def texts(page: pn.viewable.Viewable) -> Iterator[str]:
    """Whatever a visitor may read of it."""
    for each in page.select():
        for name in ("object", "label", "placeholder", "description", "title", "filename"):
            value = getattr(each, name, None)
            if isinstance(value, str):
                yield re.sub(r'<(\w+)[^>]* lang="fr".*?</\1>', "", value, flags=re.S)
        options = getattr(each, "options", None) or ()
        yield from (str(option) for option in options)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_english_holds_no_french_of_ours(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "shared_feed", lambda: SimpleNamespace(latest=SNAPSHOT))
    monkeypatch.setattr(app, "permits_of", lambda document: ADMIN)
    with answering(Reader("en")):
        (tabs,) = app.session().main
        place = tabs[[*PAGES].index(name)]
        place.open()
        said = "\n".join([*texts(place), *tabs._names])
    assert len(said) > 100
    assert [each for each in french() if each in said] == []


@pytest.mark.parametrize("template", DOOR)
def test_the_pages_before_the_app_hold_none_either(template: str) -> None:
    with answering(Reader("en")):
        said = render(template, **{"xsrf": "", "at_home": True, **DOOR[template]})
    assert '<html lang="en">' in said
    assert [each for each in french() if each in said] == []
