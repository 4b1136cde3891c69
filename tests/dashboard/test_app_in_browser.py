"""The app as people meet it: a real server, a real S3, a real Chromium."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import merge
from made_up_reports import make_report, metrics, write_report
from made_up_service import MadeUpService
from playwright.sync_api import Page, expect
from s3_on_loopback import s3_server
from test_why_page import made_up

from satispy import journal
from satispy.dashboard.pages.predict import EXAMPLES
from satispy.journal import What
from satispy.reports import recent
from satispy.reports import store as reports
from satispy.reports.insights import key
from satispy.reports.schema import Interval
from satispy.reviews.proposal import Proposal
from satispy.reviews.receipts import Reason, Receipt, put_of
from satispy.settings import Settings
from satispy.storage import Store

Visit = Callable[..., Page]
pytestmark = pytest.mark.e2e


def test_the_first_report_appears_without_reloading(visit: Visit, s3: Store) -> None:
    page = visit("#evolution")
    expect(page.get_by_text("Pas encore de rapport")).to_be_visible()
    expect(page.get_by_text("satispy upload")).to_be_visible()
    expect(page.get_by_role("heading", name="Toutes les mises à jour")).to_be_hidden()
    for number in (1, 2, 3):
        write_report(s3, make_report(number))
        expect(page.get_by_role("row", name=f"v0000{number}")).to_be_visible()
    expect(page.get_by_text("Exigence tenue : tous les indicateurs")).to_be_visible()
    expect(page.get_by_text("En direct")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(3)
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_the_figures_are_those_of_the_reports_in_french(visit: Visit, s3: Store) -> None:
    for number in (1, 2):
        write_report(s3, make_report(number))
    last = make_report(2).models["gbc"]
    page = visit("#evolution")
    card = page.get_by_role("article", name="GBC")
    shown = f"{last.origin.accuracy * 100:.1f}".replace(".", ",")
    expect(card).to_contain_text(f"{shown}\xa0%")
    expect(card).to_contain_text("pt")
    page.get_by_role("button", name="Textes jamais vus").click()
    shown = f"{last.unseen.accuracy * 100:.1f}".replace(".", ",")
    expect(card).to_contain_text(f"{shown}\xa0%")
    page.get_by_role("button", name="Par modèle").click()
    expect(page.get_by_role("heading", name="Réseau de neurones")).to_be_visible()


def test_a_missed_requirement_is_said_in_words(visit: Visit, s3: Store) -> None:
    write_report(s3, make_report(1, -0.12))
    page = visit("#evolution")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Exigence manquée")
    expect(alert).to_contain_text("F1 avis négatifs")
    expect(page.get_by_text("exigence manquée").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 1000, 375])
def test_sixty_updates_fit_the_width_of_the_screen(visit: Visit, s3: Store, width: int) -> None:
    for number in range(1, 61):
        report = make_report(number)
        around = dict.fromkeys(("accuracy", "f1_0", "f1_1"), Interval(low=0.937, high=0.957))
        models = {
            family: model.model_copy(update={"intervals": around})
            for family, model in report.models.items()
        }
        write_report(s3, report.model_copy(update={"models": models}))
    page = visit("#evolution")
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.get_by_text("60 mises à jour")).to_be_visible()
    expect(page.get_by_role("row", name="v00060")).to_be_attached()
    expect(page.get_by_role("row", name="v00035")).to_be_hidden()
    page.get_by_role("button", name="Toutes").click()
    expect(page.get_by_role("row", name="v00001")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for card in page.locator(".card").all():
        assert card.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    for chart in page.locator(".bk-Figure").all():
        box = chart.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_the_charts_are_downloaded_as_a_picture_and_as_a_table(visit: Visit, s3: Store) -> None:
    for number in (1, 2):
        write_report(s3, make_report(number))
    page = visit("#evolution")
    expect(page.locator(".bk-Figure")).to_have_count(3)
    with page.expect_download() as download:
        page.get_by_role("button", name="Image (PNG)").click()
    assert download.value.suggested_filename == "evolution.png"
    picture = Path(download.value.path()).read_bytes()
    assert picture.startswith(b"\x89PNG")
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    assert width >= 640
    assert height > 3 * 240
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger (CSV)").click()
    assert "v00002" in Path(download.value.path()).read_text("utf-8-sig")


def test_the_page_says_when_s3_is_gone_and_keeps_what_it_knew(
    visit: Visit, s3: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with s3_server() as environment:
        monkeypatch.setenv("AWS_ENDPOINT_URL", environment["AWS_ENDPOINT_URL"])
        write_report(Store.bucket(Settings()), make_report(1))
        page = visit("#evolution", **environment)
        expect(page.get_by_role("row", name="v00001")).to_be_visible()
    expect(page.get_by_text("Le stockage S3 ne répond pas")).to_be_visible()
    expect(page.get_by_role("row", name="v00001")).to_be_visible()


def test_comments_are_judged_by_every_model(visit: Visit, s3: Store) -> None:
    page = visit()
    page.get_by_role("tab", name="Prédire").click()
    page.get_by_role("button", name="Colis perdu").click()
    answer = page.get_by_role("article")
    expect(answer.get_by_role("row", name=re.compile("Ensemble Négatif"))).to_be_visible()
    expect(answer.get_by_role("row", name=re.compile("GBC Négatif"))).to_be_visible()
    why = page.get_by_role("region", name="Les mots qui ont pesé")
    expect(why.get_by_role("row", name="jamais")).to_contain_text("négatif")
    box = page.get_by_label("Commentaires, un par ligne")
    box.fill("Livraison parfaite\nXyzzy xyglot")
    page.get_by_role("button", name="SVM").click()
    expect(page.get_by_text("En service (v00003-0badcafe)")).to_be_visible()
    page.get_by_role("button", name="Prédire").click()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("row", name=re.compile("SVM Positif"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("SVM Inconnu"))).to_be_visible()


def test_two_versions_are_compared_and_a_file_is_scored(visit: Visit, s3: Store) -> None:
    page = visit("#predire")
    page.get_by_role("button", name="Deux versions").click()
    page.get_by_role("combobox", name="… et une autre").click()
    page.get_by_role("menuitem", name="SVM · v00001-0badcafe").click()
    page.get_by_role("button", name="Colis perdu").click()
    expect(page.get_by_text("Les deux versions diffèrent sur 1 commentaire de 1.")).to_be_visible()
    for tag in ("satispy-gbc:v00003-0badcafe", "satispy-svm:v00001-0badcafe"):
        expect(page.get_by_role("region", name=f"pour {tag}")).to_be_visible()
    page.get_by_label("Commentaires, un par ligne").fill("")
    page.get_by_role("button", name="Prédire").click()
    expect(page.get_by_role("article")).to_have_count(0)
    page.locator("input[type=file]").set_input_files(
        {"name": "mars.csv", "mimeType": "text/csv", "buffer": b"Commentaire\nparfait\n"}
    )
    expect(page.get_by_text("mars_predictions.csv est prêt")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger (CSV)").click()
    assert download.value.suggested_filename == "mars_predictions.csv"
    assert b"parfait,positive" in Path(download.value.path()).read_bytes()


def test_no_answer_stays_behind(visit: Visit, s3: Store) -> None:
    page = visit()
    page.get_by_role("tab", name="Prédire").click()
    for name, code in [("Colis perdu", "lost"), ("Négation", "negation")] * 10:
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("article")).to_contain_text(EXAMPLES[code])
        button = page.get_by_role("button", name="Prédire")
        expect(button).to_have_css("pointer-events", "auto")
        expect(button).to_be_enabled()


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ("answers", "Le service de prédiction n’a pas répondu"),
        ("promoted", "Aucun modèle n’est encore en service"),
    ],
)
def test_a_service_that_is_down_or_has_no_model_yet_is_said_in_words(
    visit: Visit, service: MadeUpService, monkeypatch: pytest.MonkeyPatch, lacks: str, said: str
) -> None:
    monkeypatch.setattr(service, lacks, False)
    page = visit()
    page.get_by_role("tab", name="Prédire").click()
    page.get_by_role("button", name="Mitigé").click()
    expect(page.get_by_text(said)).to_be_visible()


def test_the_theme_follows_the_button_and_the_text_stays_readable(visit: Visit, s3: Store) -> None:
    write_report(s3, make_report(1))
    page = visit("#evolution")
    expect(page.get_by_role("article")).to_have_count(3)
    page.get_by_role("button", name="Thème clair ou sombre").click()
    value = page.locator(".figure-value").first
    expect(value).to_have_css("color", "rgb(255, 255, 255)")


def answer(s3: Store, name: str, **fields: object) -> None:
    """What merging writes of the file as it was put last."""
    entry = s3.describe(f"uploads/{name}.csv")
    about = {"upload": name, "key": entry.key, "put": put_of(entry), "seconds": 0.5}
    times = {"put_at": entry.modified, "finished": entry.modified}
    receipt = Receipt.model_validate({**about, **times, **fields})
    s3.write(f"receipts/{name}.json", receipt.model_dump_json().encode())


def test_a_file_is_sent_and_its_receipt_comes(visit: Visit, s3: Store) -> None:
    page = visit()
    page.get_by_role("tab", name="Données").click()
    content = b"Commentaire,star\nparfait,5\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "mars.csv", "mimeType": "text/csv", "buffer": content}
    )
    expect(page.get_by_text("mars.csv est envoyé")).to_be_visible()
    assert s3.read("uploads/mars.csv") == content
    s3.write("quarantine/mars.csv", b"the rejected rows")
    answer(
        s3,
        "mars",
        received=3,
        added=1,
        rejected=2,
        reasons=[Reason(code="star_missing", message="…", count=2, lines=[3, 4])],
        quarantine="quarantine/mars.csv",
        dataset_version=1,
        run="v00001",
    )
    row = page.get_by_role("row", name="mars")
    expect(row).to_contain_text("entraînement v00001")
    row.get_by_text("pourquoi").click()
    expect(row).to_contain_text("note absente")
    expect(page.get_by_text("mars.csv est envoyé")).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("button", name="mars : 2 lignes").click()
    assert download.value.suggested_filename == "mars_lignes_ecartees.csv"
    assert Path(download.value.path()).read_bytes() == b"the rejected rows"


def test_a_file_chosen_again_is_sent_again_and_another_kind_is_refused_in_words(
    visit: Visit, s3: Store
) -> None:
    page = visit("#donnees")
    files = page.locator("input[type=file]")
    same = {"name": "mai.csv", "mimeType": "text/csv", "buffer": b"Commentaire,star\nBien,5\n"}
    files.set_input_files(same)
    expect(page.get_by_text("mai.csv est envoyé")).to_be_visible()
    s3.delete("uploads/mai.csv")
    files.set_input_files([])
    files.set_input_files(same)
    expect(page.get_by_text("mai.csv est envoyé")).to_have_count(2)
    assert s3.exists("uploads/mai.csv")
    files.set_input_files({"name": "mai.xlsx", "mimeType": "", "buffer": b"PK"})
    expect(page.get_by_text("mai.xlsx n’est pas un fichier .csv")).to_be_visible()


def test_a_file_with_an_unknown_header_is_mapped_by_clicks(visit: Visit, s3: Store) -> None:
    s3.write("uploads/strange.csv", "Ressenti;Dit\n5;Très bien reçu\n1;Cassé, dommage\n".encode())
    answer(
        s3,
        "strange",
        refused="no column for 'Commentaire' and 'star'",
        proposal=Proposal(columns={"comment": "Dit", "star": "Ressenti"}),
    )
    page = visit()
    page.get_by_role("tab", name="Données").click()
    page.get_by_role("button", name="Indiquer ses colonnes").click()
    cells = page.get_by_role("region", name="Premières lignes du fichier")
    expect(cells).to_contain_text("Cassé, dommage")
    page.get_by_role("button", name="Fusionner avec ces colonnes").click()
    expect(page.get_by_text("strange.csv est envoyé")).to_be_visible()
    said = s3.describe("uploads/strange.csv").metadata["satispy-columns"]
    assert said == "comment=Dit&star=Ressenti"


def test_a_run_can_be_looked_at_in_detail(visit: Visit, s3: Store) -> None:
    for number in (1, 2):
        write_report(s3, make_report(number))
    page = visit()
    page.get_by_role("tab", name="Entraînements").click()
    card = page.get_by_role("article", name="GBC")
    expect(card).to_contain_text("satispy-gbc:v00002")
    page.get_by_role("combobox", name="Entraînement").click()
    page.get_by_role("menuitem", name="v00001").click()
    expect(card).to_contain_text("satispy-gbc:v00001")
    expect(card.get_by_role("row", name=re.compile("était négatif"))).to_be_visible()


def test_the_rules_to_beat_stay_within_their_card_on_a_phone(visit: Visit, s3: Store) -> None:
    rules = {"baselines": {"linear": metrics(0.9, 100)}}
    write_report(s3, make_report(1).model_copy(update=rules))
    page = visit("#entrainements")
    page.set_viewport_size({"width": 390, "height": 900})
    card = page.locator("section", has=page.get_by_role("heading", name="À battre"))
    expect(card.get_by_role("columnheader").last).to_be_visible()
    assert card.evaluate("card => card.scrollWidth <= card.clientWidth")


def test_a_cause_leads_to_the_reviews_that_complain_of_it(visit: Visit, s3: Store) -> None:
    # A run that no other test has: the app reads the insights of each once.
    s3.write(key("v00007"), made_up("v00007").model_dump_json().encode())
    write_report(s3, make_report(7))
    page = visit()
    page.get_by_role("tab", name="Pourquoi").click()
    expect(page.get_by_text("Incident en cours : Livraison, Alpha")).to_be_visible()
    ranked = page.get_by_role("region", name="Causes par impact").get_by_role("row")
    expect(ranked.nth(1)).to_contain_text("Livraison")
    expect(page.locator("mark", has_text="Colis jamais reçu")).to_be_visible()
    page.get_by_role("button", name="Prix").click()
    expect(page.get_by_text("Aucun avis récent ne s’en plaint.")).to_be_visible()
    page.get_by_role("combobox", name="Enseigne").click()
    page.get_by_role("menuitem", name="=Beta()").click()
    expect(ranked.nth(1)).to_contain_text("Prix")
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger").click()
    assert "Livraison" in Path(download.value.path()).read_text("utf-8-sig")


def test_a_typed_review_is_kept_and_a_faulty_one_is_explained(visit: Visit, s3: Store) -> None:
    page = visit()
    page.get_by_role("tab", name="Données").click()
    page.get_by_role("button", name="Ajouter l’avis").click()
    expect(page.get_by_text("À corriger : commentaire vide, note absente")).to_be_visible()
    page.get_by_label("Commentaire", exact=True).fill("Très bien")
    page.get_by_role("button", name="4 ★").click()
    page.get_by_role("button", name="Ajouter l’avis").click()
    expect(page.get_by_text("Merci, l’avis est enregistré")).to_be_visible()
    assert len(s3.list("inbox")) == 1


def test_each_page_and_run_has_an_address_that_a_click_changes(visit: Visit, s3: Store) -> None:
    for number in (1, 2, 3):
        write_report(s3, make_report(number))
    page = visit("#entrainements.v00002")
    chosen = page.get_by_role("tab", selected=True)
    expect(chosen).to_have_text("Entraînements")
    expect(page.get_by_role("combobox", name="Entraînement")).to_contain_text("v00002")
    page.get_by_role("tab", name="Évolution").click()
    expect(page).to_have_url(re.compile("#evolution$"))
    page.go_back()
    expect(chosen).to_have_text("Entraînements")
    page.get_by_role("tab", name="Vue d’ensemble").click()
    expect(page).to_have_url(re.compile("#accueil$"))
    page.get_by_role("link", name="v00003").first.click()
    expect(chosen).to_have_text("Entraînements")
    expect(page).to_have_url(re.compile(r"#entrainements\.v00003$"))
    page.goto(f"{page.url.partition('#')[0]}#entrainements.v99999")
    expect(page.get_by_text("Il n’y a pas d’entraînement v99999")).to_be_visible()
    expect(page.get_by_role("combobox", name="Entraînement")).to_contain_text("v99999")


def test_who_goes_back_right_after_a_click_leaves_the_page_that_is_seen(
    visit: Visit, s3: Store
) -> None:
    for number in (1, 2, 3):
        write_report(s3, make_report(number))
    page = visit("#entrainements.v00002")
    expect(page.get_by_role("combobox", name="Entraînement")).to_contain_text("v00002")
    page.get_by_role("tab", name="Évolution").click()
    page.get_by_role("tab", name="Entraînements").click()
    expect(page).to_have_url(re.compile(r"#entrainements\.v00002$"))
    page.evaluate("WebSocket.prototype.send = () => {}")  # nothing reaches the server any more
    page.get_by_role("tab", name="Évolution").click()
    expect(page).to_have_url(re.compile("#evolution$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"#entrainements\.v00002$"))


def test_a_tab_that_is_chosen_reaches_the_server_before_its_address(
    visit: Visit, s3: Store
) -> None:
    write_report(s3, make_report(1))
    page = visit("")
    page.evaluate("""() => {
      window.sent = "";
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (data) { window.sent += data; send.call(this, data); };
    }""")
    page.get_by_role("tab", name="Évolution").click()
    expect(page).to_have_url(re.compile("#evolution$"))
    page.wait_for_function("""sent.includes('"attr":"hash"')""")
    sent = page.evaluate("sent")
    assert sent.index('"attr":"active"') < sent.index('"attr":"hash"')


def test_a_click_on_an_update_opens_its_run(visit: Visit, s3: Store) -> None:
    for number in (1, 2, 3):
        write_report(s3, make_report(number))
    page = visit("#evolution")
    chart = page.locator(".bk-Figure").first
    expect(chart).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    expect(page.get_by_role("row", name="v00003")).to_be_visible()
    chart.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(page).to_have_url(re.compile(r"#entrainements\.v00002$"))


@pytest.mark.parametrize("width", [1400, 390])
def test_the_first_page_says_how_customers_are_and_what_needs_a_look(
    visit: Visit, s3: Store, width: int
) -> None:
    report = make_report(width)  # a run that no other test has
    s3.write(key(report.run), made_up(report.run).model_dump_json().encode())
    write_report(s3, report)
    page = visit()
    page.set_viewport_size({"width": width, "height": 900})
    expect(page.get_by_role("region", name="Satisfaction des clients")).to_contain_text("30,0")
    look = page.get_by_role("region", name="À regarder")
    expect(look).to_contain_text("Livraison, Alpha")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    look.get_by_role("link", name="Lire les avis").click()
    expect(page.get_by_role("heading", name="Pourquoi des clients")).to_be_visible()


@pytest.mark.parametrize("width", [1400, 390])
def test_a_review_is_searched_for_and_opened_at_its_own_address(
    visit: Visit, s3: Store, width: int
) -> None:
    rows = "Commentaire,star,company\nColis jamais reçu,1,Alpha\nParfait,5,Beta\n"
    s3.write("uploads/mars.csv", rows.encode())
    merge("uploads/mars.csv")
    page = visit("#donnees")
    page.set_viewport_size({"width": width, "height": 900})
    found = page.get_by_role("region", name="Avis trouvés")
    expect(found.get_by_role("link")).to_have_count(2)
    page.get_by_label("Mots", exact=True).fill("RECU colis")
    page.keyboard.press("Enter")
    expect(found.get_by_role("link")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert found.evaluate("table => table.scrollWidth <= table.clientWidth")
    found.get_by_role("link", name="Colis jamais reçu").click()
    opened = page.get_by_role("dialog")
    expect(opened).to_contain_text("Venu de mars, ligne 2")
    expect(opened.get_by_role("row", name="SVM")).to_contain_text("v00003")
    expect(page).to_have_url(re.compile(r"#donnees\.r[0-9a-f]{32}$"))
    address = page.url.partition("#")[2]
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()
    expect(page).to_have_url(re.compile("#donnees$"))
    again = visit(f"#{address}")
    expect(again.get_by_role("dialog")).to_contain_text("Colis jamais reçu")


def test_an_alert_opens_on_the_page_at_its_address_is_seen_with_a_word_and_ends_by_itself(
    visit: Visit, s3: Store
) -> None:
    page = visit("#alertes")
    expect(page.get_by_text("Aucune alerte n’est ouverte")).to_be_visible()
    # As a run writes it; the app's own thread finds what is wrong.
    s3.write(key("v00001"), made_up("v00001").model_dump_json().encode())
    poor = make_report(1, -0.12)
    reports.save(s3, poor)
    recent.note(s3, poor)
    first = page.get_by_role("navigation", name="Alertes ouvertes").get_by_role("link").first
    expect(first).to_have_text("Livraison, Alpha (TrustPilot)")
    page.get_by_role("link", name="Exigence manquée : Gradient boosting").click()
    expect(page.get_by_role("article")).to_contain_text("il faut plus de 80")
    assert "#alertes." in page.url
    page.get_by_label("Un mot pour les autres").fill("on attend les avis de mars")
    page.get_by_label("Un mot pour les autres").press("Tab")
    page.get_by_role("button", name="J’ai vu").click()
    expect(page.get_by_role("article")).to_contain_text("« on attend les avis de mars »")
    (entry,) = journal.last(s3, 1)
    assert (entry.what, entry.by.who) == (What.ALERT_ACKNOWLEDGED, "anne")
    page.get_by_role("tab", name="Vue d’ensemble").click()
    expect(page.get_by_role("region", name="À regarder")).to_contain_text("Livraison, Alpha")
    page.get_by_role("tab", name="Alertes").click()
    page.get_by_role("link", name="Exigence manquée : Gradient boosting").click()
    expect(page.get_by_role("article")).to_contain_text("Vue par anne")
    good = make_report(2).model_copy(update={"alerts": []})
    reports.save(s3, good)
    recent.note(s3, good)
    expect(page.get_by_role("article")).to_contain_text("✓ finie")


def test_rejected_rows_are_mended_where_they_are_shown(visit: Visit, s3: Store) -> None:
    s3.write("uploads/avril.csv", b"Commentaire,star\nBien,5\nOuvert,x\nPerdu,y\n")
    merge("uploads/avril.csv")
    page = visit("#donnees")
    page.get_by_role("button", name="Corriger ici").click()
    rows = page.get_by_role("region", name="Lignes écartées, à corriger")
    expect(rows.get_by_role("row", name="3 ", exact=False).first).to_contain_text("étoiles")
    rows.get_by_label("star, Ligne 3").fill("1")
    rows.get_by_label("star, Ligne 4").fill("z")
    page.get_by_role("button", name="Envoyer les lignes corrigées").click()
    expect(page.get_by_text("1 ligne corrigée est envoyée")).to_be_visible()
    expect(rows.get_by_label("star, Ligne 3")).to_be_hidden()
    expect(rows.get_by_label("star, Ligne 4")).to_have_value("z")
    assert b"Ouvert,1" in s3.read("uploads/avril-corrections.csv")
