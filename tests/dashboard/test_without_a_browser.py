"""Where no Chromium starts the page tests are skipped, and the end of pytest says what helps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra import browser

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
PAGE_TEST = "def test_a_page(chromium): chromium.new_page()"


def page_tests(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """On a machine with neither a Chromium on the path nor one of Playwright's."""
    without = {"PATH": str(folder), "PLAYWRIGHT_BROWSERS_PATH": str(folder)}
    test = folder / "test_page.py"
    test.write_text(PAGE_TEST)
    options = ("-p", "no:cacheprovider", "-p", "tests.conftest", "--rootdir", str(folder))
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(test), *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **without, **more},
        capture_output=True,
        text=True,
    )


def test_without_a_browser_the_page_tests_are_skipped_and_one_command_is_named(
    tmp_path: Path,
) -> None:
    done = page_tests(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "page tests skipped: no Chromium starts here" in done.stdout
    assert done.stdout.count(browser.remedy(browser.distribution())) == 1


def test_continuous_integration_demands_the_browser(tmp_path: Path) -> None:
    done = page_tests(tmp_path, "--demand-browser")
    assert done.returncode == 1
    assert "no Chromium starts here" in done.stdout


def test_without_a_library_of_playwrights_driver_they_are_skipped_too(tmp_path: Path) -> None:
    done = page_tests(tmp_path, PLAYWRIGHT_NODEJS_PATH="/bin/false")
    assert done.returncode == 0, done.stdout
    assert "page tests skipped: no Chromium starts here" in done.stdout
