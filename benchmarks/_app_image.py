"""The image of the app: its size, and a page of it in a browser, from a read-only root."""

import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import httpx
from playwright.sync_api import expect

from benchmarks._docker import docker, megabytes, memory_of, said_by
from benchmarks._served import REPOSITORY, moto
from infra.browser import opened
from infra.image import bill
from satispy.settings import Settings
from satispy.storage import Store
from tests.dashboard.made_up_reports import make_report, write_report
from tests.ports import free_port

BUCKET = "satispy"
FOLDERS = {"/opt/satispy": "the app's packages", "/usr": "Debian and its Python"}


def check(tag: str) -> dict[str, object]:
    inspected = json.loads(docker("image", "inspect", tag))[0]
    size = inspected["Size"] / 1e6
    print(f"{tag}: {size:.0f} MB, user {inspected['Config']['User']}")
    fills = {}
    for folder, what in FOLDERS.items():
        fills[folder] = megabytes(tag, folder)
        print(f"  {fills[folder]:6.0f} MB  {folder}  {what}")
    there = ("run", "--rm", "--network", "none", "--entrypoint", "sh", tag, "-c")
    tools = docker(*there, "command -v gcc cc make pip uv; true").split()
    print(f"build tools inside: {', '.join(tools) or 'none'}")
    with moto() as (s3, _), container(tag, _bucket(s3)) as (address, name):
        idle = memory_of(name)
        shown = _a_report_is_shown(f"{address}/app")
    print(f"idle: {idle:.0f} MB; a browser shows the report: {shown}")
    sbom, licences = bill.write(tag, REPOSITORY / "dist", "satispy-app", "/opt/satispy")
    packages = len(licences.read_text().splitlines())
    print(f"{packages} packages in {sbom.name} and {licences.name} (dist/)")
    return {
        "image_mb": size,
        "fills_mb": fills,
        "build_tools": tools,
        "idle_mb": idle,
        "report_shown": shown,
        "packages": packages,
    }


def _bucket(s3: str) -> dict[str, str]:
    """The settings of a bucket that holds one report; this process takes them as well."""
    settings = {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "check",
        "AWS_SECRET_ACCESS_KEY": "check",
        "AWS_REGION": "eu-west-3",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "SATISPY_BUCKET": BUCKET,
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
        _wait_until_alive(address, name)
        yield address, name
    finally:
        docker("rm", "-f", name)


def _wait_until_alive(address: str, name: str) -> None:
    end = time.monotonic() + 120
    while docker("inspect", "-f", "{{.State.Running}}", name) == "true" and time.monotonic() < end:
        try:
            if httpx.get(f"{address}/liveness").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError(said_by(name))


def _a_report_is_shown(address: str) -> bool:
    with opened() as browser:
        if browser is None:
            raise RuntimeError("no Chromium starts here")
        page = browser.new_page()
        page.goto(address)
        expect(page.get_by_role("row", name="v00001")).to_be_visible(timeout=120_000)
    return True
