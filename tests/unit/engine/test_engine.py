"""Where partitions are worked on, and what is said when that place is gone."""

import signal
import subprocess
import sys
from typing import Any

import pytest

from satispy.engine import Here, chosen, connected
from satispy.engine.alone import alone
from satispy.engine.choice import FROM_ROWS
from satispy.errors import EngineLost, SatispyError
from satispy.settings import Settings


def _in_brackets(*pieces: str) -> str:
    return f"({''.join(pieces)})"


def _said(item: object) -> str:
    return str(item)


def test_a_reduction_joins_neighbours_in_their_order() -> None:
    joined = Here().reduce(_said, _in_brackets, range(6))
    assert joined == "((0123)(45))"


def test_who_watches_is_told_of_each_partition() -> None:
    told: list[tuple[int, int]] = []
    Here().map(_said, range(3), tell=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("engine", "rows", "at"),
    [
        ("auto", FROM_ROWS - 1, "here"),
        ("auto", FROM_ROWS, "dask"),
        ("here", 10**9, "here"),
        ("dask", 1, "dask"),
    ],
)
def test_the_engine_goes_by_rows_unless_it_was_chosen(engine: Any, rows: int, at: str) -> None:
    assert chosen(Settings(engine=engine), rows) == at


def test_nothing_of_dask_is_loaded_before_it_is_wanted() -> None:
    program = (
        "import sys, satispy.engine, satispy.retraining.at_scale.blocks;"
        "assert not {'dask', 'distributed'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="requirements/scale.txt is not installed")
    monkeypatch.setattr("satispy.engine.workers.ANSWERS_WITHIN", 0.2)
    settings = Settings(dask_scheduler="tcp://127.0.0.1:9")
    with (
        pytest.raises(EngineLost, match=r"no scheduler of Dask answers at tcp://127\.0\.0\.1:9"),
        connected(settings, "dask"),
    ):
        pass


def test_what_is_run_alone_gives_what_it_returns() -> None:
    assert alone(divmod, 7, 2) == (3, 1)


def test_what_fails_alone_says_why_in_one_line() -> None:
    with pytest.raises(SatispyError, match="divmod failed: ZeroDivisionError: "):
        alone(divmod, 7, 0)


def test_what_the_system_kills_was_out_of_memory() -> None:
    with pytest.raises(MemoryError):
        alone(signal.raise_signal, signal.SIGKILL)
