"""`satispy predict` and `satispy tokens`, as people type them, against the real server."""

import csv
import gzip
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from house import House
from test_server import serving

SATISPY = [sys.executable, "-m", "satispy.cli"]


def satispy(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SATISPY, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.e2e
def test_texts_and_files_are_judged_from_the_terminal(house: House, tmp_path: Path) -> None:
    house.train_and_promote_all()
    with serving(house, tmp_path / "log") as url:
        here = {"SATISPY_SERVICE_URL": url, "SATISPY_HOME": str(tmp_path / "nothing-is-up")}
        said = satispy("predict", "parfait, merci", "nul", "--model", "all", **here)
        assert said.returncode == 0, said.stderr
        assert "positive" in said.stdout
        assert "negative" in said.stdout

        said = satispy("predict", "--json", "parfait", "--model", "svm", **here)
        assert json.loads(said.stdout)["tag"] == "satispy-svm:v1"

        said = satispy("predict", "--explain", "parfait mais nul", **here)
        assert "Shapley values" in said.stdout

        reviews = tmp_path / "reviews.csv"
        reviews.write_text("id;Commentaire\n1;parfait\n2;cassé\nun;mot;de trop\n")
        said = satispy("predict", "--file", str(reviews), **here)
        assert said.returncode == 0, said.stderr
        with (tmp_path / "reviews.predicted.csv").open(newline="") as file:
            labels = [row["satispy_label"] for row in csv.DictReader(file, delimiter=";")]
        assert labels == ["positive", "negative", ""]
        assert said.stderr == "1 row could not be read: satispy_problem says why\n"

        for name, data in (
            ("windows.csv", "star;Commentaire\r\n1;cassé\r\n".encode("cp1252")),
            ("wide.csv", "star\tCommentaire\n1\tcassé\n".encode("utf-16")),
            ("packed.csv.gz", gzip.compress("star;Commentaire\n1;cassé\n".encode())),
            ("mac.csv", "star;Commentaire\r1;cassé\r".encode("mac-roman")),
        ):
            (tmp_path / name).write_bytes(data)
            said = satispy("predict", "--file", str(tmp_path / name), **here)
            assert said.returncode == 0, said.stderr
            judged = (tmp_path / f"{name.split('.')[0]}.predicted.csv").read_bytes()
            assert b"negative" in judged.replace(b"\0", b"")

        (tmp_path / "lines.txt").write_bytes("cassé\n".encode("cp1252"))
        said = satispy("predict", "--json", "--file", str(tmp_path / "lines.txt"), **here)
        assert json.loads(said.stdout)["label"] == "negative"

        said = satispy("predict", "--file", str(reviews), "--column", "absent", **here)
        assert said.returncode == 1
        assert "absent" in said.stderr


def test_a_service_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    nowhere = {"SATISPY_SERVICE_URL": "http://127.0.0.1:9", "SATISPY_HOME": str(tmp_path)}
    said = satispy("predict", "parfait", **nowhere)
    assert said.returncode == 1
    assert "does not answer" in said.stderr
    assert "Traceback" not in said.stderr


def test_tokens_are_shown_once_kept_as_hashes_and_revoked(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    here = {"SATISPY_TOKENS": str(file), "SATISPY_HOME": str(tmp_path)}
    token = satispy("tokens", "add", "caisse", **here).stdout.strip()
    assert file.read_text() == f"caisse {hashlib.sha256(token.encode()).hexdigest()}\n"
    assert file.stat().st_mode & 0o077 == 0
    assert satispy("tokens", "add", "caisse", **here).returncode == 1
    satispy("tokens", "add", "app", **here)
    assert satispy("tokens", "list", **here).stdout.split() == ["caisse", "app"]
    satispy("tokens", "revoke", "caisse", **here)
    assert satispy("tokens", "list", **here).stdout.split() == ["app"]
