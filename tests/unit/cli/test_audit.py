"""`satispy audit show`, as a person reads it in 80 columns."""

from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from satispy import journal
from satispy.cli import audit as commands
from satispy.journal import Actor, Fact, What
from satispy.storage import Store

AT = datetime.fromisoformat("2026-11-20T10:15:00+00:00")


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    store = Store.folder(tmp_path)
    by = Actor(who="anne", via="app")
    journal.record(store, Fact(by=by, what=What.ACCOUNT_SET, on="bob", at=AT))
    why = "its short complaints are read better " * 4
    after = {"version": "gbc:v00003"}
    journal.record(
        store,
        Fact(
            by=by,
            what=What.MODEL_PROMOTED,
            on="gbc",
            why=why,
            at=AT,
            before={"version": "gbc:v00002"},
            after=after,
        ),
    )
    monkeypatch.setattr(commands, "bucket", lambda: store)
    monkeypatch.setattr(commands.console, "_width", 80)
    return CliRunner().invoke(commands.app, ["show"]).output.splitlines()


def test_an_entry_says_what_was_done_on_one_line_and_why_below_it(show: list[str]) -> None:
    moment = commands.moment(AT)
    assert show[0] == f"1  {moment}  account.set bob"
    assert show[1].rstrip() == "   anne (app)"
    assert show[2] == f"2  {moment}  model.promoted gbc"
    assert show[3].startswith("   anne (app): its short complaints are read better")


def test_a_long_reason_goes_on_below_its_beginning(show: list[str]) -> None:
    assert all(line.startswith("   ") and len(line) <= 80 for line in show[3:])
    assert "version gbc:v00002 → gbc:v00003" in " ".join(" ".join(show[3:]).split())
