"""An operator's morning, in a browser and without a terminal: three files, and what became of each.

SATISPY_PICTURES=folder keeps a picture of each step (docs/images/operator).
"""

import codecs
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import merge
from playwright.sync_api import Locator, Page, expect

from satispy.storage import Store

pytestmark = pytest.mark.e2e

PLAY_CONSOLE = """\
Package Name,App Version Code,App Version Name,Reviewer Language,Device,\
Review Submit Date and Time,Review Submit Millis Since Epoch,Review Last Update Date and Time,\
Review Last Update Millis Since Epoch,Star Rating,Review Title,Review Text,\
Developer Reply Date and Time,Developer Reply Millis Since Epoch,Developer Reply Text,Review Link
test.boutique,812,8.1.2,fr,oriole,2026-11-03T08:12:44Z,1793693564000,2026-11-03T08:12:44Z,\
1793693564000,5,,"Pratique, je suis mes colis et je retrouve mes factures",,,,https://play.test/1
test.boutique,812,8.1.2,fr,panther,2026-11-03T19:40:02Z,1793734802000,2026-11-04T07:02:10Z,\
1793775730000,1,Déconnectée,Il faut se reconnecter à chaque ouverture et le panier est perdu,,,,\
https://play.test/2
test.boutique,813,8.1.3,fr,oriole,2026-11-05T12:00:31Z,1793880031000,2026-11-05T12:00:31Z,\
1793880031000,4,,,,,,https://play.test/3
"""
FOREIGN = """\
Fiche;Qui;Ressenti;Dit;Quand
F-2041;Zoé;9;Robe conforme à la photo et reçue en deux jours;03/11/2026
F-2042;Max;2;La fermeture a cédé et le vendeur fait le mort depuis dix jours;04/11/2026
F-2043;Inès;7;Belle matière mais la taille est un peu juste;04/11/2026
"""
BROKEN = """\
Commentaire;star;source;company;date
Emballage soigné et livreur aimable;5;Boutique;Lyon;02/11/2026
Le colis est arrivé ouvert;zéro;Boutique;Lyon;03/11/2026
=Très bien, je reviendrai;4 étoiles et demie;Boutique;Lyon;03/11/2026
Toujours pas remboursée;1;Boutique;Lyon;04/11/2026
"""


class Operator:
    """Drops files on the page; takes a picture where somebody wants to see it."""

    def __init__(self, page: Page, s3: Store) -> None:
        self.page = page
        self._s3 = s3
        self._pictures = os.environ.get("SATISPY_PICTURES")
        page.get_by_role("tab", name="Données").click()

    def drop(self, name: str, content: bytes) -> Locator:
        """Answers the row of its receipt."""
        self.page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": content}
        )
        expect(self.page.get_by_text(f"{name} est envoyé")).to_be_visible()
        return self.merged(name)

    def merged(self, name: str) -> Locator:
        self._s3.describe(f"uploads/{name}")
        merge(f"uploads/{name}")
        expect(self.page.get_by_text(f"{name} est envoyé")).to_be_hidden()
        return self.page.get_by_role("row", name=name.removesuffix(".csv"), exact=False).first

    def picture(self, name: str) -> None:
        if self._pictures:
            self.page.screenshot(path=Path(self._pictures) / f"{name}.png")


def in_excel(quarantine: bytes, corrections: dict[str, str]) -> bytes:
    """Opened in a French Excel, some cells typed anew, saved as CSV.

    It knows UTF-8 by its mark, splits at semicolons, and saves in the code page of the system, with
    a question mark for what that has not.
    """
    assert quarantine.startswith(codecs.BOM_UTF8)
    text = quarantine.decode("utf-8-sig")
    assert text.splitlines()[0].count(";") > 3
    for wrong, right in corrections.items():
        assert wrong in text
        text = text.replace(wrong, right)
    return "\r\n".join(text.splitlines()).encode("cp1252", "replace") + b"\r\n"


def test_three_files_are_dropped_mapped_mended_and_all_their_rows_are_accounted_for(
    visit: Callable[..., Page], s3: Store
) -> None:
    operator = Operator(visit(), s3)
    page = operator.page

    row = operator.drop("reviews_test.boutique_202611.csv", PLAY_CONSOLE.encode("utf-16"))
    expect(row).to_contain_text("reconnu : Google Play Console")
    assert cells(row) == ["3", "2", "0", "1"]  # stars without a word
    expect(page.get_by_text("2 avis dans la version")).to_be_visible()
    operator.picture("1-google-play")

    row = operator.drop("enquete_novembre.csv", FOREIGN.encode("cp1252"))
    expect(row).to_contain_text("fichier refusé")
    page.get_by_role("button", name="Indiquer ses colonnes").click()
    expect(page.get_by_role("region", name="Premières lignes du fichier")).to_contain_text("F-2042")
    page.get_by_role("combobox", name="La note est").click()
    page.get_by_role("menuitem", name="sur 10", exact=True).click()
    operator.picture("2-columns-by-clicks")
    page.get_by_role("button", name="Fusionner avec ces colonnes").click()
    expect(page.get_by_text("enquete_novembre.csv est envoyé")).to_be_visible()
    row = operator.merged("enquete_novembre.csv")
    expect(page.get_by_text("Le fichier a été envoyé de nouveau depuis")).to_be_visible()
    assert cells(row) == ["3", "3", "0", "0"]
    expect(page.get_by_role("button", name="Afficher la version")).to_be_visible()
    page.get_by_role("button", name="Afficher la version").click()
    expect(page.get_by_text("5 avis dans la version")).to_be_visible()

    row = operator.drop("avis_boutique.csv", BROKEN.encode("cp1252"))
    assert cells(row) == ["4", "2", "0", "2"]
    row.get_by_text("pourquoi").click()
    operator.picture("3-why-two-rows-were-rejected")
    with page.expect_download() as download:
        page.get_by_role("button", name="avis_boutique : 2 lignes").click()
    rejected = Path(download.value.path()).read_bytes()
    mended = in_excel(rejected, {"zéro": "1", "4 étoiles et demie": "4"})
    row = operator.drop("avis_boutique_lignes_ecartees.csv", mended)
    assert cells(row) == ["2", "2", "0", "0"]
    operator.picture("4-mended-and-sent-again")


def cells(row: Locator) -> list[str]:
    """Rows read, added, known already, rejected."""
    return [row.locator("td.num").nth(at).inner_text() for at in range(4)]
