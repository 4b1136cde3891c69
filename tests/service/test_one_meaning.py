"""Each request has one meaning, before anything behind the gate reads it; on the real server."""

from pathlib import Path

import pytest
from house import House
from raw_requests import try_out
from test_server import serving

pytestmark = pytest.mark.e2e


def test_whatever_a_head_looks_like_nothing_hostile_passes_and_nothing_harmless_is_refused(
    house: House, tmp_path: Path
) -> None:
    house.train_and_promote_all()
    with serving(house, tmp_path / "log") as url:
        outcome = try_out(url, 600, seed=7)
    assert not outcome.faults, "\n".join(outcome.faults[:50])
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log
    assert len(log) < 10_000  # a line for each would fill the disk
