"""All the pages together, as one visitor gets them."""

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
