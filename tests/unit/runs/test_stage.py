"""A stage measures itself, and fails by its work alone."""

import json
from pathlib import Path

import pytest

from satispy.runs.stage import forget_peak_memory, stage
from satispy.storage import Store

PROGRESS = "runs/v00001/progress/gbc.json"


def test_a_sandbox_that_lets_nobody_reset_the_peak_fails_no_retrain(tmp_path: Path) -> None:
    forget_peak_memory(tmp_path / "no-proc" / "clear_refs")


def test_a_stage_says_that_it_is_done_and_what_it_took(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    with stage(store, "v00001", "gbc") as measured:
        assert json.loads(store.read(PROGRESS))["state"] == "running"
    assert measured.peak_memory_mb > 1
    assert json.loads(store.read(PROGRESS))["state"] == "done"


def test_a_stage_that_fails_says_so(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    with pytest.raises(ZeroDivisionError), stage(store, "v00001", "gbc"):
        raise ZeroDivisionError
    told = json.loads(store.read(PROGRESS))
    assert told["state"] == "failed"
    assert told["error"].endswith("ZeroDivisionError\n")


def test_what_a_stage_says_is_there_while_it_runs_and_the_oldest_lines_go(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    with stage(store, "v00001", "gbc") as measured:
        for number in range(50):
            measured.say(f"line {number}")
        said = json.loads(store.read(PROGRESS))["said"]
    assert len(said) == 40
    assert said[-1].endswith("line 49")
    assert json.loads(store.read(PROGRESS))["said"] == said
