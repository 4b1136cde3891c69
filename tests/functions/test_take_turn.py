"""Bursts of uploads: few retrains, the newest wins, none is forgotten."""

import pytest

from functions.take_turn import Execution, order, turn
from satispy.errors import SatispyError


def running(*runs: str) -> list[Execution]:
    return [Execution(run, "RUNNING") for run in runs]


def test_a_run_alone_goes() -> None:
    assert turn("v00003", running("v00003")) == "go"


def test_a_run_waits_while_an_older_one_runs() -> None:
    assert turn("v00004", running("v00004", "v00003")) == "wait"


def test_an_older_run_is_superseded_by_a_newer_one_that_runs_or_has_succeeded() -> None:
    assert turn("v00003", running("v00004", "v00003")) == "superseded"
    assert turn("v00003", [Execution("v00004", "SUCCEEDED")]) == "superseded"


def test_a_newer_run_that_failed_supersedes_nothing() -> None:
    assert turn("v00003", [Execution("v00004", "FAILED")]) == "go"


def test_an_older_run_that_is_over_is_not_waited_for() -> None:
    over = [Execution("v00001", "SUCCEEDED"), Execution("v00002", "FAILED")]
    assert turn("v00003", over) == "go"


def test_of_a_burst_the_first_trains_the_newest_follows_and_the_rest_end() -> None:
    burst = running("v00009", "v00008", "v00007", "v00006")
    assert [turn(each.run, burst) for each in burst[:3]] == ["wait", "superseded", "superseded"]


def test_a_run_by_hand_is_newer_than_the_first_of_its_version() -> None:
    assert order("v00003") < order("v00003-2") < order("v00003-10") < order("v00004")


def test_something_that_is_no_run_is_named() -> None:
    with pytest.raises(SatispyError, match="tuesday"):
        order("tuesday")
