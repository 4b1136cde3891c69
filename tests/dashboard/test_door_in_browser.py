"""People come in, do what their role lets them, and leave: a real server, S3 and Chromium.

SATISPY_PICTURES=folder keeps a picture of each page.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import sign_in
from made_up_reports import make_report, write_report
from playwright.sync_api import Browser, BrowserContext, Page, expect

from satispy import journal
from satispy.accounts import Accounts
from satispy.journal import Actor, Fact, What
from satispy.journal.entries import key_of
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.storage import Store

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PASSWORD = "a long password"


@pytest.fixture
def browser(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(120_000)
    yield context
    context.close()


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SATISPY_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def is_open(page: Page) -> None:
    """Its scripts are loaded: on a busy machine, late."""
    expect(page.get_by_text("En direct")).to_be_visible(timeout=120_000)


def log_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Nom").fill(name)
    page.get_by_label("Mot de passe", exact=False).first.fill(password)
    page.keyboard.press("Enter")


def test_an_admin_lets_somebody_in_who_then_sees_what_is_not_for_them(
    browser: BrowserContext, app: str, s3: Store
) -> None:
    Accounts(s3, cost=16).create("anne", "admin", PASSWORD)
    page = browser.new_page()
    page.goto(f"{app}#compte")
    log_in(page, "anne", "not this one")
    expect(page.get_by_role("alert")).to_contain_text("Mot de passe ou nom inconnu")
    expect(page.get_by_label("Nom")).to_have_value("anne")
    log_in(page, "anne", PASSWORD)
    is_open(page)
    assert page.url == f"{app}#compte"
    page.get_by_role("tab", name="Compte").click()
    page.get_by_label("Nom", exact=True).fill("max")
    page.get_by_role("button", name="Valider").click()
    given = page.get_by_role("status").filter(has_text="affiché une seule fois")
    password = given.locator("code").inner_text()
    expect(page.get_by_role("row", name="max")).to_contain_text("utilisateur")
    picture(page, "compte")
    page.get_by_role("link", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    log_in(page, "max", password)
    is_open(page)
    page.get_by_role("tab", name="Données").click()
    expect(page.get_by_text("Envoyer des fichiers : réservé aux administrateurs")).to_be_visible()
    page.get_by_role("tab", name="Entraînements").click()
    expect(page.get_by_role("button", name="Continuer")).to_be_disabled()
    # The account is gone, and so is the page, by itself
    Accounts(s3).remove("max")
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible(timeout=60_000)


def promoted(store: Store, version: str, accuracy: float) -> None:
    production = Production(
        tag=f"satispy-gbc:{version}",
        archive=f"models/satispy-gbc/{version}.bentomodel",
        digest="0badcafe",
        run=version.partition("-")[0],
        dataset_version=1,
        since=datetime.now(UTC),
        accuracy=accuracy,
    )
    pointer.promote(store, "gbc", production, "a run", Actor(who="publish", via="pipeline"))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_model_is_rolled_back_with_a_reason_after_a_confirmation(
    browser: BrowserContext, app: str, s3: Store, width: int, scheme: str
) -> None:
    write_report(s3, make_report(1))
    promoted(s3, "v00001-1f2e", 0.901)
    promoted(s3, "v00002-0bad", 0.893)
    sign_in(browser, app)
    page = browser.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{app}?theme={'dark' if scheme == 'dark' else 'default'}")
    is_open(page)
    page.get_by_role("tab", name="Entraînements").click()
    page.get_by_label("Action").click()
    page.get_by_role("menuitem", name="Revenir au modèle d’avant").click()
    go_on = page.get_by_role("button", name="Continuer")
    go_on.click()
    expect(page.get_by_text("À compléter : dites en quelques mots pourquoi")).to_be_visible()
    page.get_by_label("Pourquoi (pour le journal)").fill("Lyon se plaint")
    go_on.click()
    expect(page.get_by_text("v00001-1f2e (90,1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"agir-{width}")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_text("v00001-1f2e est en service")).to_be_visible()
    assert pointer.read(s3).tags() == {"gbc": "satispy-gbc:v00001-1f2e"}
    (entry,) = journal.last(s3, 1)
    assert (entry.what, entry.by.who, entry.by.via) == ("model.rolled_back", "anne", "app")
    assert "Lyon se plaint" in entry.why


def test_an_admin_reads_in_the_journal_who_did_what_and_holds_it_against_its_hashes(
    browser: BrowserContext, app: str, s3: Store
) -> None:
    Accounts(s3, cost=16).create("anne", "admin", PASSWORD)
    anne = Actor(who="anne", via="cli")
    for name in ("max", "<i>eve</i>"):
        journal.record(s3, Fact(by=anne, what=What.ACCOUNT_SET, on=name))
    page = browser.new_page()
    page.goto(f"{app}#journal")
    log_in(page, "anne", PASSWORD)
    is_open(page)
    table = page.get_by_role("region", name="Entrées du journal")
    expect(table.get_by_role("row", name="<i>eve</i>")).to_contain_text("compte créé ou changé")
    page.get_by_role("button", name="Vérifier le journal").click()
    expect(page.get_by_text("Le journal est intact")).to_be_visible()
    picture(page, "journal")
    s3.write(key_of(1), b"{}")
    page.get_by_role("button", name="Vérifier le journal").click()
    expect(page.get_by_text("L’entrée 1 a été modifiée")).to_be_visible()
