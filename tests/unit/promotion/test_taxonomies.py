"""A shop's own taxonomy, from retrain to retrain."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from satispy.aspects.taxonomy import shipped
from satispy.errors import BrokenTaxonomy
from satispy.journal import Actor
from satispy.promotion import aspects
from satispy.registry import pointer
from satispy.registry.store import ModelStore
from satispy.runs.summaries import PrepareSummary
from satispy.storage import Store

ME = Actor(who="ada", via="cli")
PARKING = """
[[aspect]]
name = "parking"
fr = "Parking"
en = "Parking"
topics = ["parking", "se garer"]
examples = [["parking complet", "facile de se garer"]]
"""


class Shop:
    def __init__(self, folder: Path) -> None:
        self.store = Store.folder(folder / "bucket")
        self.models = ModelStore(folder / "models")
        self.retrains = 0

    def edit(self, added: str) -> None:
        self.store.write(aspects.TAXONOMY, (shipped().source + added).encode())

    def retrain(self) -> list[str]:
        """The aspects that are told from now on."""
        self.retrains += 1
        prepared = PrepareSummary.model_construct(
            run=f"v{self.retrains:05}", dataset_version=self.retrains
        )
        aspects.renew(self.store, self.models, prepared)
        return self.told

    @property
    def told(self) -> list[str]:
        serving = pointer.read(self.store).aspects
        assert serving is not None
        return self.models.aspects(serving.tag).taxonomy.names


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_an_edited_taxonomy_serves_from_the_next_retrain_on(shop: Shop) -> None:
    assert shop.retrain() == shipped().names
    shop.edit(PARKING)
    assert shop.told == shipped().names
    assert shop.retrain() == [*shipped().names, "parking"]


def test_a_taxonomy_that_did_not_change_makes_no_new_version(shop: Shop) -> None:
    shop.retrain()
    shop.retrain()
    assert len(shop.models.list()) == 1
    assert pointer.read(shop.store).changes == 1


def test_one_that_was_taken_back_comes_back_only_when_it_was_edited(shop: Shop) -> None:
    shop.retrain()
    shop.edit(PARKING)
    shop.retrain()
    pointer.rollback(shop.store, pointer.ASPECTS, datetime(2026, 1, 2, tzinfo=UTC), ME)
    assert shop.told == shipped().names
    assert shop.retrain() == shipped().names
    shop.edit(PARKING.replace("Parking", "Stationnement"))
    assert shop.retrain()[-1] == "parking"


@pytest.mark.parametrize(
    ("added", "says"),
    [
        ("[[aspect]]", "aspect 10 `name` is missing"),
        (PARKING.replace('"parking complet"', '"tout est plein"'), "'tout est plein'"),
        (PARKING.replace('"se garer"', '"<voiture> pleine"'), "no group 'voiture'"),
    ],
)
def test_one_that_is_wrong_changes_nothing_and_the_message_says_why(
    shop: Shop, added: str, says: str
) -> None:
    shop.retrain()
    shop.edit(added)
    with pytest.raises(BrokenTaxonomy, match=says):
        shop.retrain()
    assert shop.told == shipped().names
