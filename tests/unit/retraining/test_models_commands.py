"""`satispy models …` on two real retrains."""

from collections.abc import Callable

import pytest
from test_whole_retrain import SMALL, Ran, made_up_reviews
from typer.testing import CliRunner

from satispy.cli import models as commands
from satispy.errors import NotFound, SatispyError
from satispy.registry import pointer
from satispy.registry.store import ModelStore
from satispy.retraining.whole import retrain
from satispy.reviews import merge_upload
from satispy.runs.prepared import key

Type = Callable[..., str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    ran = Ran(tmp_path_factory.mktemp("models"))
    ran.store.write("uploads/second.csv", made_up_reviews(400))
    version = merge_upload(ran.store, "uploads/second.csv").dataset_version
    assert version is not None
    run = f"v{version:05d}"
    retrain(ran.store, ran.models, run, version, primer=False, parameters=SMALL)
    return ran


@pytest.fixture
def type_in(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> Type:
    monkeypatch.setattr(commands, "_places", lambda: (ran.store, ran.models))
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
    assert sum("●" in line for line in shown) == 3
    older = 6 - len(shown)
    assert all("v00002" in line or "●" in line for line in shown)
    assert (f"{older} older ones are not shown" in listed) == (older > 0)


def test_a_terminal_of_80_columns_shows_every_name_whole(type_in: Type, ran: Ran) -> None:
    listed = type_in("list")
    lines = listed.splitlines()
    assert max(map(len, lines)) <= 80
    for model in ran.report.models.values():
        assert model.tag.removeprefix("satispy-") in listed
    assert sum("●" in line for line in lines) == 3 + 1  # each family, and the line that explains
    assert sum("★" in line for line in lines) == 1 + 1
    runs = [line.split(":")[1][:6] for line in lines if "v0000" in line]
    assert runs == sorted(runs)


def test_a_model_is_found_by_the_beginning_of_its_version(type_in: Type, ran: Ran) -> None:
    tag = ran.report.models["gbc"].tag
    for name in (tag, tag.removeprefix("satispy-"), "gbc:v00001"):
        assert type_in("show", name).startswith(tag)


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
    with pytest.raises(SatispyError, match="only gbc, svm and ann"):
        type_in("promote", vectors)


def test_what_this_machine_has_not_got_comes_from_the_bucket(
    type_in: Type,
    ran: Ran,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    empty = ModelStore(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setattr(commands, "_places", lambda: (ran.store, empty))
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
