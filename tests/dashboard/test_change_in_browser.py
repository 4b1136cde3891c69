"""A review corrected by an admin who reads French, and one deleted by one who reads English."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from conftest import Visit, cookie_of, merge, running_app
from made_up_service import MadeUpService
from playwright.sync_api import Browser, Locator, Page, expect
from test_accessible import found

from satispy import journal
from satispy.journal import What
from satispy.settings import Settings
from satispy.storage import Store

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CHANGE = """
import sys
from satispy.reviews import changing
from satispy.settings import Settings
from satispy.storage import Store

asked = changing.Asked.model_validate_json(sys.argv[1])
changing.make(Store.bucket(Settings()), asked, masked=True)
"""

Worked = Callable[[], None]


@pytest.fixture
def queue(s3: Store) -> tuple[Any, str]:
    sqs = boto3.client("sqs", region_name=Settings().region)
    return sqs, sqs.create_queue(QueueName="uploads")["QueueUrl"]


@pytest.fixture
def function(queue: tuple[Any, str]) -> Worked:
    """What the function behind the queue does with the next message, in a process of its own: the
    bucket needs the lock of this one."""
    sqs, url = queue

    def work() -> None:
        (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
        change = json.dumps(json.loads(message["Body"])["change"])
        subprocess.run([sys.executable, "-c", CHANGE, change], check=True)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    return work


@pytest.fixture
def data(
    chromium: Browser, cloud: dict[str, str], service: MadeUpService, queue: tuple[Any, str]
) -> Iterator[Callable[[str], Page]]:
    """The page *Données* of an admin's browser in a language."""
    with running_app(
        **cloud, SATISPY_SERVICE_URL=service.url, SATISPY_UPLOAD_QUEUE_URL=queue[1]
    ) as app:
        # One visit for both: another one of the same account would end it.
        ((name, value),) = cookie_of().items()
        visits: list[Visit] = []

        def opened(locale: str) -> Page:
            context = chromium.new_context(locale=locale)
            context.add_cookies([{"name": name, "value": value, "url": app, "httpOnly": True}])
            visits.append(Visit(context))
            visits[-1].page.goto(f"{app}#donnees")
            return visits[-1].page

        yield opened
        for visit in visits:
            visit.page.context.close()
    assert [visit.elsewhere + visit.errors for visit in visits] == [[]] * len(visits)


def form_of(page: Page, comment: str, form: str) -> Locator:
    """The dialog of the review that says this, with its form open."""
    page.get_by_role("link", name=comment).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=form).click()
    return dialog


def test_a_review_is_corrected_in_french_and_another_deleted_in_english(
    data: Callable[[str], Page], s3: Store, function: Worked
) -> None:
    s3.write("uploads/mars.csv", b"Commentaire,star\nMerci Mme Martin,1\nParfait,5\n")
    merge("uploads/mars.csv")

    page = data("fr-FR")
    dialog = form_of(page, "Merci Mme Martin", "Corriger ou supprimer")
    dialog.get_by_label("Texte").fill("Merci [nom]")
    dialog.get_by_role("button", name="4 ★").click()
    correct = dialog.get_by_role("button", name="Corriger", exact=True)
    correct.click()
    expect(dialog).to_contain_text("dites en quelques mots pourquoi")
    dialog.get_by_label("Pourquoi (pour le journal)").fill("un nom oublié")
    assert found(page) == []
    correct.click()
    expect(dialog).to_contain_text("La base change…")
    function()
    expect(dialog).to_contain_text(re.compile("Corrigé par anne.*« un nom oublié »"))
    expect(dialog).to_contain_text("la note était 1 ★")
    expect(dialog.get_by_role("article")).to_contain_text("4 ★")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Merci [nom]")).to_be_visible()

    page = data("en-US")
    dialog = form_of(page, "Parfait", "Correct or delete")
    dialog.get_by_label("Why (for the journal)").fill("asked for by the customer")
    dialog.get_by_role("button", name="Delete this review").click()
    expect(dialog).to_contain_text("Delete this review from the dataset?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog.get_by_text("Delete this review from the dataset?")).to_be_hidden()
    dialog.get_by_role("button", name="Delete this review").click()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    function()
    expect(dialog).to_contain_text("This review was deleted from the dataset")
    expect(dialog).to_contain_text(re.compile("Deleted by anne.*“asked for by the customer”"))
    expect(dialog).not_to_contain_text("Parfait")
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Reviews found").get_by_role("link")).to_have_text(
        ["Merci [nom]"]
    )
    deleted, corrected = journal.last(s3, 2)
    assert (deleted.what, deleted.by.who) == (What.REVIEW_DELETED, "anne")
    assert (corrected.what, corrected.why) == (What.REVIEW_CORRECTED, "un nom oublié")
