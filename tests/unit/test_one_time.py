"""Codes that sign in once."""

import stat
import time
from pathlib import Path

from satispy import one_time


def test_a_code_is_good_once(tmp_path: Path) -> None:
    code = one_time.make(tmp_path, "anne")
    assert one_time.holds(tmp_path, code)
    assert one_time.take(tmp_path, code) == one_time.Ticket("anne")
    assert not one_time.holds(tmp_path, code)
    assert one_time.take(tmp_path, code) is None


def test_a_code_is_good_for_ten_minutes(tmp_path: Path) -> None:
    now = 1_000_000.0
    code = one_time.make(tmp_path, clock=lambda: now)
    later = now + one_time.LASTS_SECONDS + 1
    assert not one_time.holds(tmp_path, code, lambda: later)
    assert one_time.take(tmp_path, code, lambda: later) is None
    assert one_time.take(tmp_path, code, lambda: now) is None


def test_what_is_no_code_lets_nobody_in(tmp_path: Path) -> None:
    one_time.make(tmp_path)
    for guess in ("", "../app-key", "x" * 43, "\ud800"):
        assert one_time.take(tmp_path, guess) is None
    assert one_time.take(tmp_path / "nowhere", "x") is None


def test_the_file_is_its_users_alone_and_does_not_name_the_code(tmp_path: Path) -> None:
    code = one_time.make(tmp_path)
    folder = tmp_path / "sign-in"
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert code not in path.name + path.read_text()


def test_old_codes_are_removed_when_another_is_made(tmp_path: Path) -> None:
    for _ in range(3):
        one_time.make(tmp_path)
    one_time.make(tmp_path, clock=lambda: time.time() + 2 * one_time.LASTS_SECONDS)
    assert len(list((tmp_path / "sign-in").iterdir())) == 1


def test_the_link_keeps_the_code_from_servers_and_logs() -> None:
    assert one_time.link("http://127.0.0.1:5006", "abc") == "http://127.0.0.1:5006/login#code=abc"
