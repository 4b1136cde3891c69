"""All the pages together, as one visitor gets them."""

import panel as pn
import pytest

from satispy.dashboard.addresses import PAGES
from satispy.dashboard.session import session


def test_a_session_has_every_page_even_while_nothing_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    (tabs,) = session().main
    assert tabs._names == [
        "Vue d’ensemble",
        "Alertes",
        "Pourquoi",
        "Évolution",
        "Entraînements",
        "Prédire",
        "Données",
        "Journal",
        "Compte",
        "À propos",
    ]
    assert len(tabs._names) == len(PAGES)


def test_a_page_is_made_when_its_tab_is_opened_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    (tabs,) = session().main
    runs = [*PAGES].index("entrainements")
    assert [len(place) for place in tabs] == [1] + [0] * (len(PAGES) - 1)
    tabs.active = runs
    (page,) = tabs[runs]
    tabs.active = 0
    tabs.active = runs
    assert [*tabs[runs]] == [page]


def test_titles_that_are_text_take_no_pane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    (tabs,) = session().main
    assert [type(each) for each in tabs.select(pn.pane.PaneBase)] == [pn.pane.HTML]  # of the page
    assert tabs._headers == []
