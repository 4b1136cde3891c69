from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from typer.testing import CliRunner

from benchmarks._served import moto
from satispy.cli.embeddings import app
from satispy.errors import BrokenArtefact, NotFound
from satispy.reviews import merge_upload
from satispy.settings import Settings
from satispy.storage import Store

TEXT = "".join(f"{word}\t{i}.5 1 0\n" for i, word in enumerate(["bien", "parfait", "nul"]))


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with moto() as (url, _):
        yield url


@pytest.fixture
def run(tmp_path, monkeypatch, s3):
    """Types a command on a bucket of its own; returns what it prints."""
    bucket = tmp_path.name.replace("_", "-")
    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "SATISPY_HOME": str(tmp_path / "home"),
        "SATISPY_BENTOML_HOME": str(tmp_path / "home" / "bentoml"),
        "SATISPY_BUCKET": bucket,
        "SATISPY_PRIMER": "0",
        "COLUMNS": "120",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1")
    for name in (bucket, "elsewhere"):
        client.create_bucket(Bucket=name)
    client.put_object(Bucket="elsewhere", Key="vec.txt", Body=TEXT.encode())

    def typed(*words: str) -> str:
        return CliRunner().invoke(app, words, catch_exceptions=False).output

    return typed


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


def test_vectors_trained_on_the_reviews_are_kept_for_later_retrains(run):
    with pytest.raises(NotFound, match="no reviews"):
        run("train")
    header = "inID,Commentaire,star,source,company,index_org,star_org,date\n"
    comments = [f"livraison rapide numéro {i}" for i in range(20)]
    rows = [f"{i},{text},5,Avis,Rive,{i},5,01/02/2023\n" for i, text in enumerate(comments)]
    store = Store.bucket(Settings())
    store.write("uploads/some.csv", (header + "".join(rows)).encode())
    merge_upload(store, "uploads/some.csv")
    assert "3 words of 100 numbers" in run("train")
    assert "dataset version" in " ".join(run("show").split())


def test_what_cannot_be_used_changes_nothing(run, tmp_path: Path):
    with pytest.raises(NotFound):
        run("use", str(tmp_path / "none.txt"))
    with pytest.raises(BrokenArtefact, match="3 numbers a word, not 100"):
        run("use", "s3://elsewhere/vec.txt", "--dim", "100")
    assert "trains its own" in run("show")
