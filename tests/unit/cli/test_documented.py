import re
from pathlib import Path

import pytest
from typer.main import get_command

import satispy.cli

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "commands.md").read_text()


def commands() -> list[str]:
    """Every command, as it is typed after `satispy`."""
    names = []
    for name, command in get_command(satispy.cli.assembled()).commands.items():
        names += [f"{name} {sub}" for sub in getattr(command, "commands", ())] or [name]
    return names


@pytest.mark.parametrize("command", commands())
def test_every_command_is_on_the_page_of_commands(command: str) -> None:
    rows = [line for line in PAGE.splitlines() if f"satispy {command.split()[0]}" in line]
    assert any(re.search(rf"\b{word}\b", row) for row in rows for word in command.split()[-1:])


def test_every_target_of_make_is_on_the_page_of_commands() -> None:
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    missing = [target for target in targets if target != "help" and f"make {target}" not in PAGE]
    assert not missing
