"""The image of the app: its size, and its pages in a browser, from a read-only root.

Every page is opened in both languages and the reviews are searched; nothing may be asked of another
machine, be missing, or be said in the console: Panel takes what its image lacks from elsewhere.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from playwright.sync_api import Page, expect

from benchmarks._docker import docker, looked_at, memory_of, packages_in, wait_until_well
from benchmarks._served import moto
from infra.browser import opened
from satispy.accounts import Accounts
from satispy.dashboard.addresses import PAGES
from satispy.reviews import merge_upload
from satispy.settings import Settings
from satispy.storage import Store
from tests.dashboard.made_up_reports import make_report, write_report
from tests.ports import free_port

BUCKET = "satispy"
FOLDERS = {"/opt/satispy": "the app's packages", "/usr": "Debian and its Python"}


#: By language: words of `Page`, and of `browsed`.
WORDS = {
    "fr": ("En direct", "Mots", "Avis trouvés", "Venu de mars, ligne 3"),
    "en": ("Live", "Words", "Reviews found", "From mars, line 3"),
}


def check(tag: str) -> dict[str, object]:
    about = looked_at(tag, FOLDERS)
    with moto() as (s3, _), container(tag, _bucket(s3)) as (address, name):
        idle = memory_of(name)
        pages = _pages_shown(address)
        used = memory_of(name)
    print(f"memory: {idle:.0f} MB idle, {used:.0f} MB after {pages} pages, reviews among them")
    packages = packages_in(tag, "satispy-app", "/opt/satispy")
    return {**about, "idle_mb": idle, "used_mb": used, "pages": pages, "packages": packages}


def _bucket(s3: str) -> dict[str, str]:
    """The settings of a bucket that holds a report and two reviews; this process takes them too."""
    settings = {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "check",
        "AWS_SECRET_ACCESS_KEY": "check",
        "AWS_REGION": "eu-west-3",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "SATISPY_BUCKET": BUCKET,
        "SATISPY_APP_SECRET": secrets.token_urlsafe(32),
    }
    os.environ |= settings
    where = {"LocationConstraint": settings["AWS_REGION"]}
    boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    store = Store.bucket(Settings())
    write_report(store, make_report(1))
    store.write("uploads/mars.csv", "Commentaire,star\nParfait,5\nColis jamais reçu,1\n".encode())
    merge_upload(store, "uploads/mars.csv")
    return settings


@contextmanager
def container(tag: str, settings: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Its address and its name, once it answers."""
    name, port = f"satispy-{secrets.token_hex(4)}", free_port()
    given = [part for key, value in settings.items() for part in ("-e", f"{key}={value}")]
    docker(
        *("run", "-d", "--name", name, "--network", "host", "--read-only", "--tmpfs", "/tmp"),  # noqa: S108
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *(*given, tag, "--address=127.0.0.1", f"--port={port}", "--liveness"),
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_well(name, f"{address}/liveness")
        yield address, name
    finally:
        docker("rm", "-f", name)


def _pages_shown(address: str) -> int:
    """How many. Raises AssertionError for what is not there, or not as it should be."""
    wrong: list[str] = []
    shown = 0
    with opened() as browser:
        if browser is None:
            raise RuntimeError("no Chromium starts here")
        page = browser.new_page(locale="fr-FR")
        page.on("request", lambda asked: _note(wrong, asked.url, address))
        page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 else 0)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        password = Accounts(Store.bucket(Settings())).create("check", "admin")
        page.goto(f"{address}/app")
        page.get_by_label("Nom").fill("check")
        page.get_by_label("Mot de passe").fill(password)
        page.get_by_role("button", name="Se connecter").click()
        for language in WORDS:
            page.goto(f"{address}/app?lang={language}")
            expect(page.get_by_role("row", name="v00001")).to_be_visible(timeout=120_000)
            expect(page.get_by_text(WORDS[language][0])).to_be_visible()
            for number, name in enumerate(PAGES):
                page.goto(f"{address}/app?lang={language}#{name}")
                chosen = page.get_by_role("tab").nth(number)
                expect(chosen).to_have_attribute("aria-selected", "true", timeout=30_000)
                head = page.get_by_role("heading", level=1).or_(page.locator(".notice"))
                expect(head.first).to_be_visible(timeout=30_000)
                shown += 1
            _browse(page, f"{address}/app?lang={language}#donnees", *WORDS[language][1:])
    assert wrong == [], "\n".join(wrong)
    return shown


def _note(wrong: list[str], asked: str, address: str) -> None:
    if not asked.startswith((address, f"blob:{address}", "data:")):
        wrong.append(f"asked of elsewhere: {asked}")


def _browse(page: Page, where: str, words: str, region: str, provenance: str) -> None:
    """Look for a review, and open it."""
    page.goto(where)
    found = page.get_by_role("region", name=region).get_by_role("link")
    expect(found).to_have_count(2, timeout=30_000)
    page.get_by_label(words, exact=True).fill("RECU colis")
    page.keyboard.press("Enter")
    expect(found).to_have_count(1)
    found.click()
    expect(page.get_by_role("dialog")).to_contain_text(provenance)
