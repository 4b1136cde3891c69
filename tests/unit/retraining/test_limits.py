"""`make bench NAME=limits`, made small: each step by itself, set beside its function."""

import json

import pytest

from benchmarks.limits import Has, Took, given, measured, told
from benchmarks.year import SMALL

LARGE = Has(mb=3008, seconds=900, disk_mb=4096)


def test_a_thread_takes_as_long_as_here_and_longer_on_less_than_a_processor() -> None:
    one = Took(seconds=100, processor_seconds=100, peak_mb=500, disk_mb=10)
    assert LARGE.seconds_of(one) == 100
    assert Has(885, 900, 512).seconds_of(one) == pytest.approx(200, rel=0.01)


def test_threads_that_were_busy_here_are_busy_there_on_what_comes_with_the_memory() -> None:
    two = Took(seconds=50, processor_seconds=100, peak_mb=500, disk_mb=10)
    assert LARGE.seconds_of(two) == pytest.approx(100 / (3008 / 1769))
    waited = Took(seconds=400, processor_seconds=100, peak_mb=500, disk_mb=10)
    assert LARGE.seconds_of(waited) == 100  # others had the machine


@pytest.mark.parametrize(
    "took",
    [Took(850, 850, 500, 10), Took(100, 100, 2_900, 10), Took(100, 100, 500, 4_000)],
    ids=["time", "memory", "disk"],
)
def test_a_step_needs_room_above_what_it_takes(took: Took) -> None:
    assert LARGE.fits(Took(800, 800, 2_700, 3_600))
    assert not LARGE.fits(took)


@pytest.mark.timeout(300)
def test_each_step_runs_in_a_process_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    small = json.dumps(SMALL)
    rows, found = measured(400, 300, parameters=small, steps=("prepare", "gbc"))
    figures = told(rows, found, 300)
    assert (figures["rows"], figures["rows_read"]) == (400, 300)
    assert set(figures["steps"]) == {"prepare", "gbc"}
    for name, step in figures["steps"].items():
        assert step["memory_mb"] == given()[name].mb
        assert 50 < step["peak_memory_mb"] < step["memory_mb"]
        assert step["disk_mb"] < 100
        assert step["fits"]
    assert "400 rows, of which 300 are read" in capsys.readouterr().out
