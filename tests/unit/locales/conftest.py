"""Here nobody reads, unless a test says who."""

import pytest


@pytest.fixture(autouse=True)
def in_english() -> None: ...
