"""`make bench NAME=year`, made small: nothing per event grows with what a bucket has seen."""

import pytest

from benchmarks.year import lived

DAYS = (2, 30)


@pytest.mark.timeout(300)
def test_an_upload_and_a_look_ask_the_same_of_s3_however_much_has_happened() -> None:
    # Long enough for whatever is read of the newest to be there at the first.
    young, old = (lived(day, rows=300, merges=3, retrains=0, polls=3).each() for day in DAYS)
    assert young["app_poll"] == old["app_poll"]
    assert old["app_poll"]["requests"] == 6 + 1  # and how far the run is that an upload started
    assert young["service_poll"]["requests"] == old["service_poll"]["requests"] == 1
    assert old["merge"]["requests"] <= young["merge"]["requests"] * 1.2
    assert old["merge"]["bytes"] <= young["merge"]["bytes"] * 1.5
    assert old["app_start"]["requests"] <= young["app_start"]["requests"] + 3
