"""`satispy models …` on two real retrains."""

from collections.abc import Callable
from pathlib import Path

import pytest
from test_whole_retrain import SMALL, Ran, made_up_reviews
from typer.testing import CliRunner

from satispy.aspects.taxonomy import shipped
from satispy.cli import models as commands
from satispy.errors import BrokenTaxonomy, NotFound, SatispyError
from satispy.promotion import aspects
from satispy.registry import pointer
from satispy.registry.store import ModelStore
from satispy.reports import insights
from satispy.retraining.whole import retrain
from satispy.reviews import merge_upload
from satispy.runs.prepared import key

Type = Callable[..., str]
#: An aspect of a shop's own; the reviews are « … commande du 12 ».
DATED = """
[[aspect]]
name = "dated"
fr = "Jour"
en = "Day"
topics = ["commande du"]
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    ran = Ran(tmp_path_factory.mktemp("models"))
    ran.store.write("uploads/second.csv", made_up_reviews(400))
    ran.store.write(aspects.TAXONOMY, (shipped().source + DATED).encode())
    version = merge_upload(ran.store, "uploads/second.csv").dataset_version
    assert version is not None
    run = f"v{version:05d}"
    retrain(ran.store, ran.models, run, version, primer=False, parameters=SMALL)
    return ran


@pytest.fixture
def type_in(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> Type:
    monkeypatch.setattr(commands, "bucket_and_models", lambda: (ran.store, ran.models))
    monkeypatch.setenv("COLUMNS", "80")

    def type_in(*words: str) -> str:
        answer = CliRunner().invoke(commands.app, words)
        if answer.exception and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        return answer.output

    return type_in


def serving(ran: Ran, family: str) -> str:
    return pointer.read(ran.store).families[family].tag


def test_a_list_is_of_the_newest_runs_and_of_what_serves(type_in: Type) -> None:
    listed = type_in("list", "--last", "1")
    shown = [line for line in listed.splitlines() if ":v0000" in line]
    assert sum("●" in line for line in shown) == 4
    older = 8 - len(shown)
    assert all("v00002" in line or "●" in line for line in shown)
    assert ("not shown: --last" in listed) == (older > 0)


def test_a_terminal_of_80_columns_shows_every_name_whole(type_in: Type, ran: Ran) -> None:
    listed = type_in("list")
    lines = listed.splitlines()
    assert max(map(len, lines)) <= 80
    for model in ran.report.models.values():
        assert model.tag.removeprefix("satispy-") in listed
    assert (
        sum("●" in line for line in lines) == 4 + 1
    )  # each family, aspects, and the line that explains
    assert sum("★" in line for line in lines) == 1 + 1
    runs = [line.split(":")[1][:6] for line in lines if "v0000" in line]
    assert runs == sorted(runs)


def test_a_model_is_found_by_the_beginning_of_its_version(type_in: Type, ran: Ran) -> None:
    tag = ran.report.models["gbc"].tag
    for name in (tag, tag.removeprefix("satispy-"), "gbc:v00001"):
        assert type_in("show", name).startswith(tag)


def test_what_a_model_recognises_of_known_remarks_is_a_line_for_each_kind(
    type_in: Type, ran: Ran
) -> None:
    gbc = ran.report.models["gbc"]
    assert gbc.decision is not None
    said = type_in("show", gbc.tag).partition("whose label is known:")[2].strip()
    assert len(said.splitlines()) == len(gbc.decision.behaviour)
    assert max(map(len, said.splitlines())) <= 80


def test_a_family_alone_means_what_serves(type_in: Type, ran: Ran) -> None:
    assert type_in("show", "svm").startswith(serving(ran, "svm"))


def test_a_name_that_may_be_two_is_not_guessed(type_in: Type) -> None:
    with pytest.raises(NotFound, match=r"gbc:v0000 may be .* or .*: which one\?"):
        type_in("show", "gbc:v0000")
    with pytest.raises(NotFound, match="no model gbc:v9"):
        type_in("show", "gbc:v9")
    with pytest.raises(NotFound, match="no lstm serves"):
        type_in("show", "lstm")


def test_a_model_compared_with_itself_is_within_noise(type_in: Type) -> None:
    said = type_in("compare", "ann:v00001", "ann:v00001")
    assert said.count("within noise") == 3


def test_models_are_compared_when_what_their_run_prepared_has_expired(
    type_in: Type, ran: Ran
) -> None:
    said = type_in("compare", "gbc:v00001", "gbc:v00002")
    kept = ran.store.read(key("v00002"))
    ran.store.delete(key("v00002"))
    assert type_in("compare", "gbc:v00001", "gbc:v00002") == said
    ran.store.write(key("v00002"), kept)


def test_promoted_by_hand_and_rolled_back(type_in: Type, ran: Ran) -> None:
    before = serving(ran, "gbc")
    first, second = (f"gbc:v0000{n}" for n in (1, 2))
    other = second if before.startswith(f"satispy-{first}") else first
    type_in("promote", other)
    assert serving(ran, "gbc").startswith(f"satispy-{other}")
    type_in("rollback", "gbc")
    assert serving(ran, "gbc") == before


def test_word_vectors_are_not_promoted(type_in: Type, ran: Ran) -> None:
    vectors = next(saved.tag for saved in ran.models.list("satispy-vectors"))
    with pytest.raises(SatispyError, match="only gbc, svm, ann and aspects"):
        type_in("promote", vectors)


def test_what_this_machine_has_not_got_comes_from_the_bucket(
    type_in: Type,
    ran: Ran,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    empty = ModelStore(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setattr(commands, "bucket_and_models", lambda: (ran.store, empty))
    assert "gbc:v00001" in type_in("list")
    assert type_in("show", "ann:v00002").startswith("satispy-ann:v00002")


def test_pruned_versions_can_still_be_promoted(type_in: Type, ran: Ran) -> None:
    type_in("prune", "--keep", "1")
    here = {saved.tag for saved in ran.models.list("satispy-gbc")}
    assert serving(ran, "gbc") in here
    before = serving(ran, "gbc")
    for number in (1, 2):
        type_in("promote", f"gbc:v0000{number}")
        assert serving(ran, "gbc").startswith(f"satispy-gbc:v0000{number}")
    type_in("promote", before)


def test_an_aspect_that_a_shop_added_is_told_by_the_next_retrain(ran: Ran, type_in: Type) -> None:
    found = insights.parse("v2", ran.store.read(insights.key("v00002")))
    assert found.titles["dated"].fr == "Jour"
    dated = next(each for each in found.causes if each.aspect == "dated")
    assert dated.mentions == found.reviews
    assert found.aspects_model.startswith("satispy-aspects:v00002-")
    shown = type_in("show", "aspects")
    assert shown.startswith(found.aspects_model)
    assert "website, dated" in shown


def test_the_aspects_of_before_are_brought_back_like_a_model(ran: Ran, type_in: Type) -> None:
    assert "satispy-aspects:v00001-" in type_in("rollback", "aspects")
    assert "dated" not in type_in("show", "aspects")
    assert "satispy-aspects:v00002-" in type_in("promote", "aspects:v00002")
    with pytest.raises(SatispyError, match="judges no review"):
        type_in("compare", "gbc", "aspects")


def test_a_taxonomy_is_printed_checked_and_put(ran: Ran, type_in: Type, tmp_path: Path) -> None:
    now = type_in("taxonomy")
    assert now.endswith(DATED)
    mine = tmp_path / "mine.toml"
    mine.write_text(now.replace('"Jour"', '"Date"'))
    assert "is good" in type_in("taxonomy", str(mine), "--check")
    assert type_in("taxonomy") == now
    type_in("taxonomy", str(mine))
    assert type_in("taxonomy") == mine.read_text()
    mine.write_text(now + "[[aspect]]")
    with pytest.raises(BrokenTaxonomy, match=r"mine.toml: aspect 11 `name` is missing"):
        type_in("taxonomy", str(mine))
