"""The whole walk in a browser, on the real stack: from the first account to the logout.

SATISPY_PICTURES=folder keeps a picture of each step (docs/images/walk.png is made of them).
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from stacks import at_rest

from infra.stack import Stack
from satispy import journal, one_time
from satispy.demo.generate import write_walk
from satispy.journal import What
from satispy.registry import pointer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]

PASSWORD = "trois mots faciles"
#: Two rows of the third file whose stars nobody can read.
UNREADABLE = """\
900001,Le colis est arrivé ouvert,zéro,AvisLibre,Belle Rive,900001,0,2024-05-02
900002,Livreur aimable et emballage soigné,quatre et demie,AvisLibre,Belle Rive,900002,0,2024-05-03
"""
NAMES = ("avis_hiver.csv", "avis_printemps.csv", "avis_mai.csv")
TO_SCORE = "Commentaire\nlivraison rapide et je recommande\njamais reçu et service client muet\n"


class Walker:
    """One person and one browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self._steps = 0
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def choose(self, select: str, option: str | re.Pattern[str]) -> None:
        self.page.get_by_role("combobox", name=select, exact=True).click()
        self.page.get_by_role("menuitem", name=option).first.click()

    def drop(self, *files: FilePayload, accept: str) -> None:
        """On the box that takes these kinds of files."""
        self.page.locator(f'input[type=file][accept="{accept}"]').set_input_files([*files])

    def does(self, action: str, option: str | re.Pattern[str], select: str, why: str) -> None:
        """Says what and why, reads what would change, confirms."""
        self.choose("Action", action)
        self.choose(select, option)
        self.page.get_by_label("Pourquoi (pour le journal)").fill(why)
        self.button("Continuer").click()
        self.button("Confirmer").click()

    def picture(self, name: str, of: Locator | None = None) -> None:
        """of: what has to be in it; else the top of the page."""
        self._steps += 1
        if folder := os.environ.get("SATISPY_PICTURES"):
            if of is None:
                self.page.evaluate("scrollTo(0, 0)")
            else:
                of.evaluate("element => element.scrollIntoView({block: 'center'})")
            self.page.wait_for_timeout(600)  # what moves comes to rest
            self.page.screenshot(path=Path(folder) / f"{self._steps}-{name}.png")


def test_from_the_first_account_to_the_logout_nobody_needs_a_terminal(
    stack: Stack, tmp_path: Path, chromium: Browser
) -> None:
    store = stack.store()
    for entry in store.list("accounts"):  # `up` makes an administrator by itself
        store.delete(entry.key)
    context = chromium.new_context(
        locale="fr-FR", viewport={"width": 1120, "height": 700}, accept_downloads=True
    )
    context.set_default_timeout(120_000)
    walker = Walker(context.new_page())
    page, wait = walker.page, {"timeout": 120_000.0}

    page.goto(one_time.link(stack.app.url, one_time.make(stack.home)))
    page.get_by_label("Nom").fill("anne")
    page.get_by_label("Mot de passe", exact=False).fill(PASSWORD)
    page.get_by_label("Encore une fois").fill(PASSWORD)
    walker.picture("first-account")
    walker.button("Créer le compte et entrer").click()
    expect(page.get_by_text("En direct")).to_be_visible(**wait)
    page.get_by_role("link", name="Se déconnecter").click()
    page.get_by_label("Nom").fill("anne")
    page.get_by_label("Mot de passe", exact=False).first.fill(PASSWORD)
    walker.picture("login")
    page.keyboard.press("Enter")
    expect(page.get_by_text("En direct")).to_be_visible(**wait)

    walker.tab("Données")
    walker.drop(*three_files(tmp_path), accept=".csv,.gz,text/csv")
    last = receipt(page, NAMES[2])
    expect(last).to_contain_text("2 lignes écartées", **wait)
    walker.picture("three-files", last)

    walker.tab("Entraînements")
    expect(page.get_by_role("region", name="Étapes de").first).to_be_visible(**wait)
    under_way = page.get_by_role("heading", name="en cours")
    expect(under_way.first).to_be_visible(**wait)
    walker.picture("a-run", under_way.first)
    at_rest(stack)
    expect(under_way).to_have_count(0, **wait)

    served = pointer.read(store).tags()
    walker.does(
        "Revenir au modèle d’avant", re.compile("·"), "Ce qui répondrait", "essai du retour"
    )
    done = page.get_by_text(re.compile("est en service, et répond"))
    expect(done).to_be_visible(**wait)
    rolled_back = pointer.read(store).tags()
    (family,) = (each for each in served if served[each] != rolled_back[each])
    walker.picture("rolled-back", done)
    version = served[family].partition(":")[2]
    walker.does("Mettre un modèle en service", re.compile(version), "Modèle", "il était meilleur")
    expect(page.get_by_text(f"{version} est en service")).to_be_visible(**wait)
    assert pointer.read(store).tags() == served
    walker.picture("promoted-again", done)

    walker.tab("Données")
    rows = page.get_by_role("region", name="Lignes écartées, à corriger")
    page.get_by_role("button", name="Corriger ici").first.click()
    boxes = rows.get_by_label("star, Ligne")
    expect(boxes).to_have_count(2, **wait)
    for box, star in zip(boxes.all(), "14", strict=True):
        box.fill(star)
    walker.picture("rows-mended", rows)
    walker.button("Envoyer les lignes corrigées").click()
    expect(receipt(page, NAMES[2].replace(".csv", "-corrections"))).to_contain_text("2", **wait)

    walker.tab("Prédire")
    walker.drop(file("a_noter.csv", TO_SCORE.encode()), accept=".csv,.gz")
    ready = page.get_by_text("a_noter_predictions.csv est prêt")
    expect(ready).to_be_visible(**wait)
    walker.picture("a-file-scored", ready)
    with page.expect_download() as download:
        walker.button("Télécharger (CSV)").click()
    good, bad = Path(download.value.path()).read_text("utf-8-sig").splitlines()[1:]
    assert "positive" in good
    assert "negative" in bad

    page.get_by_role("link", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible(**wait)
    walker.picture("logout")
    page.goto(f"{stack.app.url}/app")
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible(**wait)
    context.close()

    by_anne = {each.what for each in journal.last(store, 50) if each.by.who == "anne"}
    assert {
        What.UPLOAD_SENT, What.MODEL_ROLLED_BACK, What.MODEL_PROMOTED, What.UPLOAD_MENDED,
    } <= by_anne  # fmt: skip
    assert walker.errors == []


def three_files(folder: Path) -> list[FilePayload]:
    """Demo reviews that no other test has; two rows of the last cannot be read."""
    written = [path.read_bytes() for path in write_walk(folder, seed=7, scale=0.1)]
    written[-1] += UNREADABLE.encode()
    return [file(name, content) for name, content in zip(NAMES, written, strict=True)]


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def receipt(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name.removesuffix(".csv")).first
