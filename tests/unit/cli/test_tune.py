"""`satispy tune` as it is typed, on a folder instead of a bucket."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from satispy.cli.tune import tune
from satispy.errors import NotFound, SatispyError
from satispy.reviews import merge_upload
from satispy.storage import Store

PRAISE = ("livraison rapide", "très contente", "parfait", "super produit")
BLAME = ("jamais reçu", "produit nul", "injoignable", "arnaque")


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = Store.folder(tmp_path / "bucket")
    monkeypatch.setattr(Store, "bucket", lambda settings: store)
    monkeypatch.setenv("SATISPY_BENTOML_HOME", str(tmp_path / "bentoml"))
    monkeypatch.setenv("SATISPY_PARAMETERS", '{"gbc": {"trees": 5, "min_df": 2, "min_rows": 2}}')
    monkeypatch.setenv("SATISPY_PRIMER", "0")
    app = typer.Typer()
    app.command()(tune)

    def run(*words: str) -> tuple[Store, str]:
        answer = CliRunner().invoke(app, words, catch_exceptions=False)
        return store, answer.output

    return run


def upload(store: Store) -> None:
    lines = ["inID,Commentaire,star,source,company,index_org,star_org,date"]
    for row in range(300):
        words, star = (PRAISE, 5) if row % 3 else (BLAME, 1)
        text = f"{words[row % 4]} et {words[row // 4 % 4]} du {row % 40}"
        lines.append(f"{row},{text},{star},TrustPilot,ShowRoom,{row},{star},02/03/2021")
    store.write("uploads/some.csv", "\n".join(lines).encode())
    merge_upload(store, "uploads/some.csv")


def test_a_search_shows_each_trial_keeps_them_and_says_how_it_ended(typed, tmp_path: Path) -> None:
    upload(Store.folder(tmp_path / "bucket"))
    store, output = typed("gbc", "--trials", "2")
    assert "253 training rows" in output
    assert "set now" in output
    (entry,) = store.list("tuning/gbc")
    assert entry.key in output
    kept = json.loads(store.read(entry.key))
    assert [trial["number"] for trial in kept["trials"]] == [1, 2]
    assert kept["trials"][0]["values"]["trees"] == 5


def test_a_model_or_a_dataset_that_is_not_there_is_said_in_words(typed) -> None:
    with pytest.raises(SatispyError, match="not one of gbc, svm, ann"):
        typed("lstm")
    with pytest.raises(NotFound, match="no reviews yet"):
        typed("gbc")
