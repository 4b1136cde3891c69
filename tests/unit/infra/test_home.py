"""What a stack keeps is for its user alone."""

import os
import sys
from pathlib import Path

import pytest

from infra import environment, home, processes


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_home_is_closed_to_others(tmp_path: Path) -> None:
    assert home.make(tmp_path / "a" / "home") is False
    assert mode(tmp_path / "a" / "home") == 0o700


def test_a_home_that_others_can_read_is_closed_with_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "s3").mkdir(mode=0o755)
    (tmp_path / "s3" / "hash.json").write_text("{}")
    (tmp_path / "s3" / "hash.json").chmod(0o644)
    outside = tmp_path.parent / "outside.txt"
    outside.write_text("not ours to change")
    outside.chmod(0o644)
    (tmp_path / "link").symlink_to(outside)
    tmp_path.chmod(0o755)

    assert home.is_open(tmp_path)
    assert home.make(tmp_path) is True

    assert [mode(each) for each in (tmp_path, tmp_path / "s3", tmp_path / "s3" / "hash.json")] == [
        0o700,
        0o700,
        0o600,
    ]
    assert mode(outside) == 0o644
    assert home.make(tmp_path) is False


def test_what_a_process_of_the_stack_writes_is_closed_to_others(tmp_path: Path) -> None:
    write = "import pathlib; pathlib.Path('made').mkdir(); pathlib.Path('made/file').write_text('')"
    started = processes.start(
        "writer",
        [sys.executable, "-c", write],
        home=tmp_path,
        port=1,
        environment=os.environ,
        cwd=tmp_path,
    )
    while started.process():
        pass
    assert mode(tmp_path / "made") == 0o700
    assert mode(tmp_path / "made" / "file") == 0o600


def test_each_home_has_a_key_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    first = environment.credentials(tmp_path)
    assert environment.credentials(tmp_path) == first
    assert mode(tmp_path / "key") == 0o600
    other = home_in(tmp_path / "other")
    assert environment.credentials(other)["AWS_SECRET_ACCESS_KEY"] not in first.values()
    environment.write(tmp_path, first)
    environment.drop(tmp_path)  # down
    assert environment.credentials(tmp_path) == first


def test_a_key_is_long_and_names_no_account(tmp_path: Path) -> None:
    key_id, secret = environment.credentials(tmp_path).values()
    assert len(secret) >= 40
    assert len(key_id) == 20
    # LocalStack and MiniStack would take such an id for the key of an account.
    assert not key_id.startswith(("AKIA", "ASIA", "LKIA", "LSIA"))
    assert not key_id[:12].isdigit()


def home_in(path: Path) -> Path:
    home.make(path)
    return path


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_home_of_somebody_else_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    with pytest.raises(home.StackError, match="SATISPY_HOME"):
        home.make(tmp_path)
