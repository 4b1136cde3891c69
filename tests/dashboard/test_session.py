"""All the pages together, as one visitor gets them."""

import subprocess
import sys

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


def test_the_app_loads_nothing_that_its_image_has_not() -> None:
    unwanted = ("pandas", "PIL", "bentoml", "sklearn")
    asks = f"""
import sys
import satispy.dashboard.guarded
from satispy.dashboard.addresses import PAGES
from satispy.dashboard.session import session
session()
import satispy.reviews.replay
sys.exit(", ".join(name for name in {unwanted} if name in sys.modules) or 0)
"""
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
