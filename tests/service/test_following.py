"""The lineup follows what is promoted, and refuses what is broken."""

import shutil
from pathlib import Path

import pytest
from house import House

from bentos.follower import Follower
from satispy.errors import NoModel
from satispy.registry.store import ModelStore


def follower(house: House) -> Follower:
    following = Follower(house.bucket, house.models, seconds=60)
    following.look()
    return following


def test_a_promotion_is_swapped_in_and_a_rollback_back(house: House) -> None:
    house.train_and_promote_all()
    following = follower(house)
    first = following.lineup.one("gbc")
    house.promote(house.train("gbc", "v2", lean=1.0))
    following.look()
    assert following.lineup.one("gbc").tag == "satispy-gbc:v2"
    house.promote(house.made["satispy-gbc:v1"])
    following.look()
    again = following.lineup.one("gbc")
    assert again.tag == first.tag
    assert again.model.digest == first.model.digest


def test_the_other_families_keep_their_loaded_models(house: House) -> None:
    house.train_and_promote_all()
    following = follower(house)
    svm = following.lineup.one("svm")
    house.promote(house.train("gbc", "v2"))
    following.look()
    assert following.lineup.one("svm") is svm


def test_a_model_that_is_not_here_is_fetched_from_its_archive(house: House) -> None:
    house.train_and_promote_all()
    elsewhere = ModelStore(house.root / "another-machine")
    following = Follower(house.bucket, elsewhere, seconds=60)
    following.look()
    assert {serving.family for serving in following.lineup} == {"gbc", "svm", "ann"}


def altered(house: House, tag: str) -> None:
    array = next(Path(house.models.path(tag)).glob("value.npy"))
    array.write_bytes(array.read_bytes()[:-1] + b"\x7f")


def test_altered_bytes_are_refused_and_the_old_model_goes_on(house: House) -> None:
    house.train_and_promote_all()
    following = follower(house)
    bad = house.train("gbc", "v2")
    altered(house, bad.tag)
    house.bucket.delete(bad.archive)
    house.models.archive(bad.tag, house.bucket)
    house.promote(bad)
    following.look()
    assert following.lineup.one("gbc").tag == "satispy-gbc:v1"
    assert following.refused["gbc"].tag == "satispy-gbc:v2"
    assert "value.npy" in following.refused["gbc"].reason


def test_bytes_that_were_altered_on_this_machine_only_come_again_from_the_archive(
    house: House,
) -> None:
    house.train_and_promote_all()
    following = follower(house)
    damaged = house.train("gbc", "v2")
    altered(house, damaged.tag)
    house.promote(damaged)
    following.look()
    assert following.lineup.one("gbc").tag == "satispy-gbc:v2"


def test_where_nothing_promoted_can_be_loaded_a_retrain_is_what_helps(house: House) -> None:
    for family in ("gbc", "svm", "ann"):
        model = house.train(family, "v1")
        about = Path(house.models.path(model.tag)) / "model.json"
        about.write_text(about.read_text().replace('"format": 4', '"format": 1'))
        house.bucket.delete(model.archive)
        house.models.archive(model.tag, house.bucket)
        house.promote(model)
    following = follower(house)
    for family in ("champion", "gbc"):
        with pytest.raises(NoModel, match=r"cannot be loaded.*satispy retrain"):
            following.lineup.one(family)


def test_a_model_other_than_the_one_promoted_is_refused(house: House) -> None:
    house.train_and_promote_all()
    following = follower(house)
    other = house.train("gbc", "v2", lean=1.0)
    house.promote(other.model_copy(update={"digest": "0" * 64}))
    following.look()
    assert following.lineup.one("gbc").tag == "satispy-gbc:v1"
    assert "digest" in following.refused["gbc"].reason


def test_a_model_that_answers_nonsense_is_refused(house: House) -> None:
    house.train_and_promote_all()
    following = follower(house)
    house.promote(house.train("gbc", "v2", lean=float("nan")))
    following.look()
    assert following.lineup.one("gbc").tag == "satispy-gbc:v1"
    assert "probability" in following.refused["gbc"].reason


def test_a_model_that_cannot_be_read_is_refused_and_the_others_go_on(house: House) -> None:
    house.train_and_promote_all()
    following = follower(house)
    strange = house.train("gbc", "v2")
    about = Path(house.models.path(strange.tag)) / "model.json"
    about.write_text(about.read_text().replace("base_rate", "no_such_name"))
    house.promote(strange)
    house.promote(house.train("svm", "v2"))
    following.look()
    assert following.lineup.one("gbc").tag == "satispy-gbc:v1"
    assert following.lineup.one("svm").tag == "satispy-svm:v2"
    assert "base_rate" in following.refused["gbc"].reason


def test_a_refusal_is_forgotten_once_a_good_model_comes(house: House) -> None:
    house.train_and_promote_all()
    following = follower(house)
    house.promote(house.train("gbc", "v2", lean=float("nan")))
    following.look()
    house.promote(house.train("gbc", "v3"))
    following.look()
    assert following.lineup.one("gbc").tag == "satispy-gbc:v3"
    assert following.refused == {}


def test_a_missing_archive_is_tried_again_until_it_comes(house: House) -> None:
    house.train_and_promote_all()
    elsewhere = ModelStore(house.root / "another-machine")
    following = Follower(house.bucket, elsewhere, seconds=60)
    following.look()
    late = house.train("gbc", "v2")
    kept = house.bucket.read(late.archive)
    house.bucket.delete(late.archive)
    house.promote(late)
    following.look()
    assert following.lineup.one("gbc").tag == "satispy-gbc:v1"
    assert following.refused["gbc"].tag == late.tag
    house.bucket.write(late.archive, kept)
    following.look()
    assert following.lineup.one("gbc").tag == late.tag
    assert following.refused == {}


def test_a_removed_store_does_not_touch_what_is_loaded(house: House) -> None:
    house.train_and_promote_all()
    following = follower(house)
    shutil.rmtree(house.settings.bentoml_home)
    following.look()
    assert following.lineup.one("gbc").model.predict(["parfait"])[0].label == "positive"
