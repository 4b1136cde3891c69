"""What all tests share: a browser for the page tests, or one word at the end that none is there."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NO_BROWSER = "no Chromium starts here"


# What commands say is looked at in English, whatever this terminal speaks.
os.environ["SATISPY_LANG"] = "en"


# Not longer than a module: while it is open, a loop runs in this thread, and asyncio.run as well
# as a second Playwright would refuse in every test that comes after.
@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest) -> "Iterator[Browser]":
    from infra.browser import opened

    with opened() as browser:
        if browser is None:
            say = pytest.fail if request.config.getoption("demand_browser") else pytest.skip
            say(NO_BROWSER)
        yield browser


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--demand-browser", action="store_true", help="fail, not skip, where no Chromium starts"
    )


class StacksInTurn(LoadScopeScheduling):
    """Of two processes one runs what starts stacks and browsers, in turn; the other meanwhile
    all else, a file at a time."""

    STACKS: ClassVar = ("tests/dashboard/", "tests/e2e/")

    def _split_scope(self, nodeid: str) -> str:
        return "stacks" if nodeid.startswith(self.STACKS) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)  # of one process there is none
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> StacksInTurn:
    return StacksInTurn(config, log)


# Around all others: below the list of what was skipped, where it is read.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    if count := sum(NO_BROWSER in str(report.longrepr) for report in skipped):
        from infra.browser import distribution, remedy

        terminalreporter.section(f"{count} page tests skipped: {NO_BROWSER}", sep="!", yellow=True)
        terminalreporter.line(f"It helps, then make test again: {remedy(distribution())}")
