"""Unit tests read English, in which most of what they look at is written."""

from collections.abc import Iterator

import pytest

from satispy.locales.reader import Reader, answering


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with answering(Reader("en")):
        yield
