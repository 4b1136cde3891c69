"""The incident that the demo plants, on the real stack: told, and first wherever somebody looks."""

import json
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from playwright.sync_api import Browser, expect
from stacks import at_rest

from benchmarks import _told
from infra.stack import Stack
from satispy.accounts import Accounts
from satispy.dashboard.door.keeper import Keeper
from satispy.dashboard.door.key import signing_key
from satispy.demo.generate import DEMO_SCALE, INCIDENT, write_walk
from satispy.settings import Settings
from satispy.visits import Limits

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def test_the_incident_of_the_demo_is_told_and_stands_first_in_the_app_and_in_satispy_why(
    stack: Stack, tmp_path: Path, chromium: Browser
) -> None:
    settings, store = Settings(), stack.store()
    at_rest(stack)
    (path,) = (
        each for each in write_walk(tmp_path, scale=DEMO_SCALE) if each.name == INCIDENT.update
    )
    with _told.receivers(stack.home, settings) as told:
        boto3.client("s3").upload_file(str(path), "satispy", f"uploads/{path.name}")
        everywhere = {*_told.CHANNELS, "sns"}
        assert _told.until(lambda: everywhere <= told.heard(INCIDENT.company).keys(), 600)
        assert told.unsigned() == 0
        first = next(
            said
            for said in map(json.loads, told.web["ops"].bodies)
            if said["facts"].get("company") == INCIDENT.company
        )
    assert (first["code"], first["facts"]["aspect"]) == ("incident", "delivery")

    why = [sys.executable, "-m", "satispy.cli", "why", "--lang", "fr"]
    said = subprocess.run(why, capture_output=True, text=True, check=True).stdout
    assert "Livraison" in said.splitlines()[0]
    assert INCIDENT.company in said.splitlines()[0]

    Accounts(store).create("anne", "admin")
    door = Keeper(store, signing_key(settings), Limits(3600.0, 3600.0), stack.home)
    cookie = {"name": door.cookie, "value": door.signed(door.visits.begin("anne"))}
    page = chromium.new_context(locale="fr-FR").new_page()
    page.context.add_cookies([{**cookie, "url": stack.app.url}])
    page.goto(f"{stack.app.url}/app#accueil")
    attention = page.get_by_role("region", name="À regarder").get_by_role("listitem")
    expect(attention.first).to_contain_text(f"Livraison, {INCIDENT.company}", timeout=60_000)
    page.get_by_role("tab", name="Alertes").click()
    opened = page.get_by_role("navigation", name="Alertes ouvertes").get_by_role("link")
    expect(opened.first).to_contain_text(f"Livraison, {INCIDENT.company}", timeout=60_000)
    expect(page.get_by_role("article")).to_contain_text("✓ ops")
    page.context.close()
