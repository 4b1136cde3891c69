"""The Chromium of the page tests: found, or brought where that is possible without asking.

Set-up runs it (python -m infra.browser): a Chromium that is there; else Playwright's own; else, as
root, the distribution's package. Without any, the page tests are skipped and say what helps.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers give 64 MB, and a page that wants more crashes
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# Ubuntu's package is a stub that asks for snap, hence Playwright's own there and elsewhere.
PACKAGES = {
    "debian": "apt-get install --yes --no-install-recommends chromium libatomic1",
    "fedora": "dnf install --assumeyes chromium libatomic",
}
# Playwright's driver is a Node that needs it, and a system without a compiler may lack it.
ATOMIC = "apt-get install --yes --no-install-recommends libatomic1"
DOWNLOAD_SECONDS = 300


@contextmanager
def opened(*flags: str) -> Iterator[Browser | None]:
    """A Chromium without a window, with flags of its own; None if none can be started here."""
    if not _driver_starts():
        yield None
        return
    with sync_playwright() as playwright:
        browser = _launch(playwright, flags)
        yield browser
        if browser:
            browser.close()


def starts() -> bool:
    with opened() as browser:
        return browser is not None


def remedy(distribution: str, python: str = sys.executable) -> str:
    """The one command that brings a Chromium there."""
    if package := PACKAGES.get(distribution):
        return f"as root: {package}"
    download = f'"{python}" -m playwright install --with-deps chromium'
    return f"sudo {ATOMIC} && {download}" if distribution == "ubuntu" else download


def distribution() -> str:
    """debian, ubuntu, fedora or what is closest to this system; empty if nobody says."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    kin = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((name for name in kin if name in ("ubuntu", *PACKAGES)), kin[0])


def bring() -> None:
    """Download or install a Chromium; whether one starts then is for `starts` to say."""
    own = [sys.executable, "-m", "playwright"]
    root, apt = os.geteuid() == 0, shutil.which("apt-get") is not None
    if root and apt:
        _done(["apt-get", "update"])
        if not _driver_starts():
            _done(ATOMIC.split())
    downloaded = _done([*own, "install", "--only-shell", "chromium"])
    if (downloaded and starts()) or not root:
        return
    if downloaded and _done([*own, "install-deps", "chromium"]) and starts():
        return
    if package := PACKAGES.get(distribution()):
        _done(package.split())


def _driver_starts() -> bool:
    return _done([sys.executable, "-m", "playwright", "--version"])


def _launch(playwright: Playwright, flags: tuple[str, ...]) -> Browser | None:
    found = [path for program in PROGRAMS if (path := shutil.which(program))]
    for executable in (*found, None):  # None: Playwright's own
        try:
            return playwright.chromium.launch(executable_path=executable, args=[*FLAGS, *flags])
        except Error:  # not there, or a library that it needs is not
            continue
    return None


def _done(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(  # noqa: S603  # our own commands
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=DOWNLOAD_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    if not starts():
        sys.stderr.write("Fetching a Chromium for the page tests ...\n")
        bring()
        if not starts():
            help_ = remedy(distribution())
            sys.stderr.write(f"No Chromium: the page tests will be skipped. It helps: {help_}\n")
