"""One real stack for all end-to-end tests: LocalStack, the Bento service, the Panel app."""

import signal
import sys
from collections.abc import Iterator

import pytest
from stacks import speak_to

from infra import environment
from infra.parts import LOCALSTACK_PYTHON
from infra.stack import Stack
from tests.own_stack import stack_in


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Up for all tests of this folder. This process reaches it: `Settings()`, boto3 and all."""
    if not LOCALSTACK_PYTHON.exists():
        pytest.skip("LocalStack is not installed in .venv-localstack: make test installs it")
    # `kill` ends the tests like Ctrl-C does: the stack goes with them.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stack = stack_in(tmp_path_factory.mktemp("satispy"))
    with pytest.MonkeyPatch.context() as patch:
        for name in environment.FOREIGN:
            patch.delenv(name, raising=False)
        try:
            stack.up()
            speak_to(stack, patch)
            yield stack
        finally:
            stack.down()
