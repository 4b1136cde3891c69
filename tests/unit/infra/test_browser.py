"""Which command brings a Chromium where."""

import pytest

from infra import browser


@pytest.mark.parametrize(
    ("distribution", "command"),
    [
        ("debian", "as root: apt-get install --yes --no-install-recommends chromium libatomic1"),
        ("fedora", "as root: dnf install --assumeyes chromium libatomic"),
        (
            "ubuntu",
            "sudo apt-get install --yes --no-install-recommends libatomic1 && "
            '"/my venv/python" -m playwright install --with-deps chromium',
        ),
        ("", '"/my venv/python" -m playwright install --with-deps chromium'),
    ],
)
def test_the_command_that_helps_is_that_of_the_distribution(
    distribution: str, command: str
) -> None:
    assert browser.remedy(distribution, "/my venv/python") == command
