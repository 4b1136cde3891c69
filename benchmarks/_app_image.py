"""The image of the app: its size, and a page of it in a browser, from a read-only root."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from playwright.sync_api import expect

from benchmarks._docker import docker, looked_at, memory_of, packages_in, wait_until_well
from benchmarks._served import moto
from infra.browser import opened
from satispy.accounts import Accounts
from satispy.settings import Settings
from satispy.storage import Store
from tests.dashboard.made_up_reports import make_report, write_report
from tests.ports import free_port

BUCKET = "satispy"
FOLDERS = {"/opt/satispy": "the app's packages", "/usr": "Debian and its Python"}


def check(tag: str) -> dict[str, object]:
    about = looked_at(tag, FOLDERS)
    with moto() as (s3, _), container(tag, _bucket(s3)) as (address, name):
        idle = memory_of(name)
        shown = _a_report_is_shown(address)
    print(f"idle: {idle:.0f} MB; a browser shows the report: {shown}")
    packages = packages_in(tag, "satispy-app", "/opt/satispy")
    return {**about, "idle_mb": idle, "report_shown": shown, "packages": packages}


def _bucket(s3: str) -> dict[str, str]:
    """The settings of a bucket that holds one report; this process takes them as well."""
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
    write_report(Store.bucket(Settings()), make_report(1))
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


def _a_report_is_shown(address: str) -> bool:
    with opened() as browser:
        if browser is None:
            raise RuntimeError("no Chromium starts here")
        page = browser.new_page()
        password = Accounts(Store.bucket(Settings())).create("check", "admin")
        page.goto(f"{address}/app")
        page.get_by_label("Nom").fill("check")
        page.get_by_label("Mot de passe").fill(password)
        page.get_by_role("button", name="Se connecter").click()
        expect(page.get_by_role("row", name="v00001")).to_be_visible(timeout=120_000)
    return True
