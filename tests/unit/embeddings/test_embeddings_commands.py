from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from typer.testing import CliRunner

from satispy.cli.embeddings import app
from satispy.errors import BrokenArtefact, NotFound

TEXT = "".join(f"{word}\t{i}.5 1 0\n" for i, word in enumerate(["bien", "parfait", "nul"]))


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Types a command on a stack of its own; returns what it prints."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "SATISPY_HOME": str(tmp_path / "home"),
        "SATISPY_BENTOML_HOME": str(tmp_path / "home" / "bentoml"),
        "SATISPY_BUCKET": tmp_path.name.replace("_", "-"),  # moto keeps buckets between servers
        "COLUMNS": "120",
    }.items():
        monkeypatch.setenv(name, value)
    s3 = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1")
    s3.create_bucket(Bucket=tmp_path.name.replace("_", "-"))
    s3.create_bucket(Bucket="elsewhere")
    s3.put_object(Bucket="elsewhere", Key="vec.txt", Body=TEXT.encode())

    def typed(*words: str) -> str:
        return CliRunner().invoke(app, words, catch_exceptions=False).output

    yield typed
    server.stop()


def test_published_vectors_are_taken_shown_and_given_up(run, tmp_path):
    (tmp_path / "vec.txt").write_text(TEXT, encoding="utf-8")
    assert "trains its own" in run("show")
    assert "3 words of 3 numbers" in run("use", str(tmp_path / "vec.txt"), "--dim", "3")
    assert "Retrains use satispy-vectors:" in run("show")
    shown = run("show", "nul")
    assert shown.index("parfait") < shown.index("bien"), "nearest first"
    assert not list((tmp_path / "home" / "embeddings").iterdir()), "nothing is left to clean up"
    assert "trains its own" in run("reset")
    assert "trains its own" in run("show")


def test_vectors_are_taken_from_a_bucket(run):
    assert "3 words of 3 numbers" in run("use", "s3://elsewhere/vec.txt")


def test_what_cannot_be_used_changes_nothing(run, tmp_path: Path):
    with pytest.raises(NotFound):
        run("use", str(tmp_path / "none.txt"))
    with pytest.raises(BrokenArtefact, match="3 numbers a word, not 100"):
        run("use", "s3://elsewhere/vec.txt", "--dim", "100")
    assert "trains its own" in run("show")
